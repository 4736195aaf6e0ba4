package io.runbook4j.alert;

import io.runbook4j.alert.RuleLine.State;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that fires of one job, as one trouble: it opens with the first rule, rises with each that is
 * worse, and is resolved with the last. A lower rule that fires beside a higher one says nothing of
 * its own. Once the worst has been over for {@link #CALM}, what fires then is what a rise is
 * measured by: a rule over a day may fire for 23 hours after an outage, and the next outage must be
 * told like the first. Not safe for many threads.
 */
final class Group {
  /** As long as incidents take for one and the same, by default. */
  static final Duration CALM = Duration.ofMinutes(30);

  /** From which format on it is kept what a rise is measured by. */
  static final int LEVEL_FORMAT = 3;

  private static final int LONGEST_JOB = 230;

  /** Of an epoch, from 1973 on: a shorter number is one that somebody else counts. */
  private static final Pattern MILLIS = Pattern.compile("\\d{12,}");

  private static final long NEVER = Long.MIN_VALUE;

  private final String job;
  private @Nullable Instant since;

  /** The highest that was told of this trouble: who heard of it is told of the end. */
  private @Nullable Severity announced;

  /** What a rise is measured by. */
  private @Nullable Severity level;

  private long lowerSince = NEVER;
  private @Nullable RuleLine urgent;
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
    calmDown(worst.get().rule().severity(), moment.at());
    if (moment.isSilenced()) {
      return Optional.empty();
    }
    RuleLine told = urgent != null && urgent.isFiring() ? urgent : worst.get();
    return phase(told, moment, repeatMillis).map(phase -> tell(phase, told, lines, moment));
  }

  /** Tells of this rule once more if it fires, whatever else does. */
  void urge(RuleLine line) {
    urgent = line;
  }

  private void calmDown(Severity worst, long at) {
    if (level == null || worst.compareTo(level) >= 0) {
      lowerSince = NEVER;
    } else if (lowerSince == NEVER) {
      lowerSince = at;
    } else if (at - lowerSince >= CALM.toMillis()) {
      level = worst;
      lowerSince = NEVER;
    }
  }

  private Optional<Phase> phase(RuleLine line, Moment moment, long repeatMillis) {
    if (level == null) {
      return Optional.of(Phase.OPENED);
    }
    if (line.rule().severity().compareTo(level) > 0 || line == urgent) {
      return Optional.of(Phase.RAISED);
    }
    return moment.at() - sentAt >= repeatMillis ? Optional.of(Phase.REPEATED) : Optional.empty();
  }

  private Alert tell(Phase phase, RuleLine worst, List<RuleLine> lines, Moment moment) {
    Severity severity = higher(level, worst.rule().severity());
    level = severity;
    announced = higher(announced, severity);
    urgent = null;
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

  private static Severity higher(@Nullable Severity one, Severity other) {
    return one == null || one.compareTo(other) < 0 ? other : one;
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
    level = null;
    lowerSince = NEVER;
    urgent = null;
    rule = "";
    return alert;
  }

  private Occurrence occurrence(Phase phase, Moment moment, Map<String, String> details) {
    Instant begun = since == null ? moment.wall() : since;
    Optional<Instant> ended =
        phase == Phase.RESOLVED ? Optional.of(moment.wall()) : Optional.empty();
    return new Occurrence(idBegin(job) + begun.toEpochMilli(), phase, begun, ended, details);
  }

  private static String idBegin(String job) {
    return (job.length() > LONGEST_JOB ? job.substring(0, LONGEST_JOB) : job) + "/";
  }

  /** {@return whether an occurrence's id is one that a watch gives to trouble of the job} */
  static boolean isIdOf(String job, String id) {
    String begin = idBegin(job);
    return id.startsWith(begin) && MILLIS.matcher(id.substring(begin.length())).matches();
  }

  void save(DataOutput out, long offset) throws IOException {
    out.writeLong(since == null ? Long.MIN_VALUE : since.toEpochMilli());
    severity(out, announced);
    out.writeUTF(rule);
    out.writeLong(sentAt + offset);
    severity(out, level);
    out.writeLong(lowerSince == NEVER ? NEVER : lowerSince + offset);
  }

  private static void severity(DataOutput out, @Nullable Severity severity) throws IOException {
    out.writeUTF(severity == null ? "" : severity.name());
  }

  /** Reads what {@link #save} wrote; {@code down} is how long nobody looked, which is no calm. */
  void load(DataInput in, int format, long offset, long down) throws IOException {
    long begun = in.readLong();
    since = begun == Long.MIN_VALUE ? null : Instant.ofEpochMilli(begun);
    announced = severity(in);
    level = announced;
    rule = in.readUTF();
    sentAt = in.readLong() + offset;
    if (format >= LEVEL_FORMAT) {
      level = severity(in);
      long lower = in.readLong();
      lowerSince = lower == NEVER ? NEVER : lower + offset + down;
    }
  }

  private static @Nullable Severity severity(DataInput in) throws IOException {
    String name = in.readUTF();
    return name.isEmpty() ? null : Severity.valueOf(name);
  }

  /** Measures a rise by what fires, where it was told: older formats do not say by what. */
  void measureBy(List<RuleLine> lines) {
    Severity told = announced;
    if (told != null) {
      level = lines.stream()
          .filter(RuleLine::isFiring)
          .map(line -> line.rule().severity())
          .max(Comparator.naturalOrder())
          .filter(worst -> worst.compareTo(told) < 0)
          .orElse(told);
    }
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
