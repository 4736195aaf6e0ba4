package io.runbook4j.alert;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The incidents of an install by number, 500 at most: for a new one the oldest that is resolved is
 * forgotten, those first that nothing is owed for. Not safe for many threads.
 */
final class CaseBook {
  static final int MOST = 500;

  private final Terms terms;
  private final Map<Long, Case> cases = new TreeMap<>();
  private long lastNumber;

  CaseBook(Terms terms) {
    this.terms = terms;
  }

  Collection<Case> all() {
    return cases.values();
  }

  Optional<Case> open(String job) {
    return newest(job).filter(Case::isOpen);
  }

  Optional<Case> newest(String job) {
    return cases.values().stream()
        .filter(it -> it.job().equals(job))
        .max(Comparator.comparingLong(Case::number));
  }

  Optional<Case> number(long number) {
    return Optional.ofNullable(cases.get(number));
  }

  /**
   * {@return the job's last one if it was resolved a short time ago, else a new one; empty if there
   * are too many open}
   */
  Optional<Case> openable(String job, Instant now) {
    Optional<Case> recent = newest(job)
        .filter(it -> it.resolved()
            .filter(end -> now.isBefore(end.plus(terms.periods().coolDown())))
            .isPresent());
    return recent.isPresent() || !hasRoom() ? recent : Optional.of(begin(job));
  }

  private boolean hasRoom() {
    if (cases.size() < MOST) {
      return true;
    }
    Optional<Case> oldest = cases.values().stream()
        .filter(it -> !it.isOpen())
        .min(Comparator.comparing((Case it) -> !it.due.isEmpty()).thenComparingLong(Case::number));
    oldest.ifPresent(it -> cases.remove(it.number()));
    return oldest.isPresent();
  }

  private Case begin(String job) {
    Case fresh = new Case(++lastNumber, job, terms);
    cases.put(fresh.number(), fresh);
    return fresh;
  }

  /** {@return the job of each occurrence of an open incident that a watch may have told, by id} */
  Map<String, String> watched() {
    Map<String, String> jobs = new TreeMap<>();
    cases.values().stream()
        .filter(Case::isOpen)
        .forEach(it -> it.occurrences.keySet().stream()
            .filter(id -> Group.isIdOf(it.job(), id))
            .forEach(id -> jobs.put(id, it.job())));
    return jobs;
  }

  void save(DataOutput out, long offset) throws IOException {
    out.writeLong(lastNumber);
    out.writeInt(cases.size());
    for (Case it : cases.values()) {
      CaseCodec.write(out, it, offset);
    }
  }

  void load(DataInput in, int format, long offset) throws IOException {
    lastNumber = in.readLong();
    for (int i = in.readInt(); i > 0; i--) {
      Case it = CaseCodec.read(in, format, terms, offset);
      cases.put(it.number(), it);
    }
  }

  List<String> openJobs() {
    return cases.values().stream().filter(Case::isOpen).map(Case::job).sorted().toList();
  }
}
