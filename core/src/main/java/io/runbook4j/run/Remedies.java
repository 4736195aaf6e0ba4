package io.runbook4j.run;

import io.runbook4j.alert.Triage;
import io.runbook4j.alert.Triage.Advice;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.FailureKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the triage table says about what went wrong in a run; the most frequent first. */
final class Remedies {
  private final Map<FailureKind, Long> items = new EnumMap<>(FailureKind.class);
  private final Map<FailureKind, String> causes = new EnumMap<>(FailureKind.class);

  private Remedies() {}

  /** {@return a sentence for each row; those of kinds that share a row are one} */
  static List<String> of(RunTally tally, Triage triage, String service) {
    Remedies remedies = new Remedies();
    tally.stoppedBy().ifPresent(kind -> remedies.causes.put(kind, "the run stopped"));
    if (tally.findings().stream().anyMatch(Finding::corruption)) {
      remedies.causes.put(FailureKind.INTEGRITY, "findings");
    }
    tally.reasons().forEach(remedies::count);
    return remedies.sentences(triage, service);
  }

  /** Of an item that the source no longer has, no service has said anything. */
  private void count(FailureReason reason) {
    if (reason.code().equals(Optional.of(RerunSource.NOT_IN_SOURCE))) {
      return;
    }
    reason.kind().ifPresent(kind -> items.merge(kind, reason.count(), Long::sum));
  }

  private List<String> sentences(Triage triage, String service) {
    List<FailureKind> kinds = new ArrayList<>(causes.keySet());
    items.entrySet().stream()
        .sorted(Map.Entry.<FailureKind, Long>comparingByValue().reversed())
        .map(Map.Entry::getKey)
        .filter(kind -> !causes.containsKey(kind))
        .forEach(kinds::add);
    Map<Advice, List<FailureKind>> rows = new LinkedHashMap<>();
    for (FailureKind kind : kinds) {
      triage
          .advice(kind, service)
          .ifPresent(row -> rows.computeIfAbsent(row, it -> new ArrayList<>()).add(kind));
    }
    return rows.entrySet().stream()
        .map(row -> row.getValue().stream().map(this::named).collect(Collectors.joining(", "))
            + ": " + row.getKey())
        .toList();
  }

  private String named(FailureKind kind) {
    long count = items.getOrDefault(kind, 0L);
    String cause = causes.getOrDefault(kind, "");
    String both = cause.isEmpty() || count == 0 ? "" : ", ";
    return kind + " (" + cause + both + (count == 0 ? "" : count + " items") + ")";
  }
}
