package io.runbook4j.alert;

import io.runbook4j.alert.RuleLine.State;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that fires of one job, as one trouble: it opens with the first rule, its severity only rises,
 * and it is resolved with the last. A lower rule that fires beside a higher one says nothing of its
 * own. Not safe for many threads.
 */
final class Group {
  private static final int LONGEST_JOB = 230;

  private final String job;
  private @Nullable Instant since;
  private @Nullable Severity announced;
  private String rule = "";
  private long sentAt;

  Group(String job) {
    this.job = job;
  }

  /**
   * Looks at where the rules stand.
   *
   * @param repeatMillis after how long to say again what has not changed
   * @return what to tell, if anything
   */
  Optional<Alert> update(Moment moment, List<RuleLine> lines, long repeatMillis) {
    Optional<RuleLine> worst = lines.stream()
        .filter(line -> line.state() == State.FIRING)
        .max(Comparator.comparing((RuleLine line) -> line.rule().severity())
            .thenComparing(RuleLine::firedAt, Comparator.reverseOrder()));
    if (worst.isEmpty()) {
      return close(moment);
    }
    if (since == null) {
      since = moment.wall();
    }
    return moment.isSilenced()
        ? Optional.empty()
        : phase(worst.get(), moment, repeatMillis)
            .map(phase -> tell(phase, worst.get(), lines, moment));
  }

  private Optional<Phase> phase(RuleLine worst, Moment moment, long repeatMillis) {
    Severity told = announced;
    if (told == null) {
      return Optional.of(Phase.OPENED);
    }
    if (worst.rule().severity().compareTo(told) > 0) {
      return Optional.of(Phase.RAISED);
    }
    return moment.at() - sentAt >= repeatMillis ? Optional.of(Phase.REPEATED) : Optional.empty();
  }

  private Alert tell(Phase phase, RuleLine worst, List<RuleLine> lines, Moment moment) {
    Severity severity = worst.rule().severity();
    Severity told = announced;
    if (phase == Phase.REPEATED && told != null) {
      severity = told; // it only rises, also when the worst rule has been resolved meanwhile
    }
    announced = severity;
    rule = worst.rule().name();
    sentAt = moment.at();
    Map<String, String> details = new TreeMap<>(worst.rule().condition().details());
    details.put("value", Words.number(worst.reading().value(), 6));
    details.put("rules", firing(lines));
    details.putAll(moment.details());
    String text =
        "job " + job + ": " + worst.rule().condition().text(worst.reading()) + moment.remark();
    return new Alert(rule, severity, job, text, Optional.of(occurrence(phase, moment, details)));
  }

  private static String firing(List<RuleLine> lines) {
    return lines.stream()
        .filter(RuleLine::isFiring)
        .map(line -> line.rule().name())
        .collect(Collectors.joining(", "));
  }

  private Optional<Alert> close(Moment moment) {
    Severity told = announced;
    Optional<Alert> alert = Optional.empty();
    if (told != null) { // what was opened is closed also while it is silenced
      String text = "job " + job + ": resolved; no rule fires any more";
      alert = Optional.of(new Alert(
          rule, told, job, text, Optional.of(occurrence(Phase.RESOLVED, moment, Map.of()))));
    }
    since = null;
    announced = null;
    rule = "";
    return alert;
  }

  private Occurrence occurrence(Phase phase, Moment moment, Map<String, String> details) {
    Instant begun = since == null ? moment.wall() : since;
    String name = job.length() > LONGEST_JOB ? job.substring(0, LONGEST_JOB) : job;
    Optional<Instant> ended =
        phase == Phase.RESOLVED ? Optional.of(moment.wall()) : Optional.empty();
    return new Occurrence(name + "/" + begun.toEpochMilli(), phase, begun, ended, details);
  }

  void save(DataOutput out, long offset) throws IOException {
    out.writeLong(since == null ? Long.MIN_VALUE : since.toEpochMilli());
    out.writeUTF(announced == null ? "" : announced.name());
    out.writeUTF(rule);
    out.writeLong(sentAt + offset);
  }

  void load(DataInput in, long offset) throws IOException {
    long begun = in.readLong();
    since = begun == Long.MIN_VALUE ? null : Instant.ofEpochMilli(begun);
    String severity = in.readUTF();
    announced = severity.isEmpty() ? null : Severity.valueOf(severity);
    rule = in.readUTF();
    sentAt = in.readLong() + offset;
  }

  /**
   * When it looks, and what is known besides.
   *
   * @param at on the watch's time line
   * @param wall the same on the wall clock
   * @param isSilenced whether to say nothing new
   * @param details for the alert
   * @param remark is put behind the alert's text
   */
  record Moment(
      long at, Instant wall, boolean isSilenced, Map<String, String> details, String remark) {}
}
