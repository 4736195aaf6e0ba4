package io.runbook4j.alert;

import io.runbook4j.alert.Incident.Duty;
import io.runbook4j.alert.Incident.Effect;
import io.runbook4j.alert.Incident.Entry.Kind;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One incident at work: what it knows, what is due, what it has said. Not safe for many threads.
 */
final class Case {
  static final int MOST_JOB_IDS = 500;
  static final int MOST_OCCURRENCES = 100;
  private static final int LONGEST_JOB = 190;
  private static final int FAILURES_TO_ESCALATE = 2;

  /** Stands among the occurrences for alerts that nobody ends: no alert has an empty id. */
  private static final String WITHOUT_END = "";

  final Timeline timeline = new Timeline();
  final Map<Severity, Instant> reached = new EnumMap<>(Severity.class);
  final Map<Deadline, Long> due = new EnumMap<>(Deadline.class);
  final Map<String, Boolean> occurrences = new TreeMap<>(); // id to whether others know of it
  final SortedSet<Integer> told = new TreeSet<>(); // levels of the chain
  final Set<String> jobIds = new LinkedHashSet<>();
  final Runs runs = new Runs();

  private final long number;
  private final String job;
  private final Terms terms;

  Instant opened = Instant.EPOCH;
  Instant begun = Instant.EPOCH;

  @Nullable Instant acknowledged;

  @Nullable Instant resolved;

  @Nullable Alert last;

  String acknowledgedBy = "";
  int level;
  int pages;
  int failedRemedies;
  int reopenings;

  /** Whether some of its trouble has ended, and none as bad as its worst was said since. */
  boolean hasEased;

  private boolean needsDraft;

  Case(long number, String job, Terms terms) {
    this.number = number;
    this.job = job;
    this.terms = terms;
  }

  long number() {
    return number;
  }

  String job() {
    return job;
  }

  String key() {
    String name = job.length() > LONGEST_JOB ? job.substring(0, LONGEST_JOB) : job;
    return terms.install() + "/" + name + "/" + number;
  }

  Timeline timeline() {
    return timeline;
  }

  Map<Severity, Instant> reached() {
    return reached;
  }

  Set<String> jobIds() {
    return jobIds;
  }

  Optional<Instant> resolved() {
    return Optional.ofNullable(resolved);
  }

  boolean isOpen() {
    return resolved == null;
  }

  Severity severity() {
    return Collections.max(reached.keySet());
  }

  /** {@return whether it was resolved since this was asked last} */
  boolean takeDraft() {
    boolean needed = needsDraft;
    needsDraft = false;
    return needed;
  }

  // --- what comes in

  void open(Beat now, Alert alert) {
    boolean isAgain = !reached.isEmpty();
    if (isAgain) {
      reopenings++;
    } else {
      opened = now.wall();
    }
    begun = now.wall();
    resolved = null;
    acknowledged = null;
    acknowledgedBy = "";
    level = 0;
    pages = 1;
    failedRemedies = 0;
    hasEased = false;
    runs.failedInARow = 0;
    due.clear();
    now.set(due, Deadline.ACKNOWLEDGE, terms.periods().acknowledge());
    now.set(due, Deadline.UPDATE, terms.periods().update());
    now.set(due, Deadline.STATUS_PAGE, terms.periods().statusPage());
    now.set(due, Deadline.TOO_LONG, terms.periods().tooLong());
    take(alert);
    if (!isAgain || alert.severity().compareTo(severity()) > 0) {
      reached.put(alert.severity(), now.wall());
    }
    timeline.add(now.wall(), Kind.ALERT, "", alert.text());
    say(
        now,
        Phase.OPENED,
        (isAgain ? "opened again" : "opened") + ": " + alert.text()
            + advise(now, alert) + "; acknowledge within "
            + Words.shortly(terms.periods().acknowledge()));
  }

  /**
   * Takes another alert of the job. What is worse than anything before is said, what has become as
   * bad as the worst once more, and each SEV1 that a run raised: it found data corrupt, say.
   */
  void alert(Beat now, Alert alert) {
    int worse = alert.severity().compareTo(severity());
    boolean isNew = take(alert);
    boolean isRaised =
        alert.occurrence().filter(it -> it.phase() == Phase.RAISED).isPresent();
    boolean rises = isRaised || (isNew && hasEased);
    if (worse > 0) {
      reached.put(alert.severity(), now.wall());
    }
    if (worse > 0 || isNew || rises) {
      timeline.add(now.wall(), Kind.ALERT, "", alert.text());
    }
    boolean isOnce = alert.occurrence().isEmpty() && alert.severity() == Severity.SEV1;
    if (worse > 0 || (worse == 0 && (rises || isOnce))) {
      hasEased = false;
      say(now, Phase.RAISED, "raised: " + alert.text() + advise(now, alert));
    }
    if (worse > 0 && acknowledged == null) {
      pages = 1; // what has become worse calls anew, though nobody took the last call
      if (!due.containsKey(Deadline.ACKNOWLEDGE)) {
        now.set(due, Deadline.ACKNOWLEDGE, terms.periods().acknowledge());
      }
    }
  }

  /** {@return whether it was not seen before} */
  private boolean take(Alert alert) {
    last = alert;
    if (alert.occurrence().isEmpty()) {
      occurrences.put(WITHOUT_END, true);
      return true;
    }
    Occurrence occurrence = alert.occurrence().get();
    boolean isNew = !occurrences.containsKey(occurrence.id());
    if (isNew && occurrences.size() < MOST_OCCURRENCES) {
      occurrences.put(occurrence.id(), occurrence.phase() != Phase.OPENED);
    }
    return isNew;
  }

  /** {@return the row for what the alert is about, to go behind its text} */
  private String advise(Beat now, Alert alert) {
    terms
        .advisor()
        .advice(alert)
        .ifPresent(it -> timeline.add(now.wall(), Kind.ADVICE, "", it.toString()));
    return terms.advisor().behind(alert);
  }

  /**
   * Takes the end of an alert, and is resolved with the last.
   *
   * @return whether others know of it and want to hear of its end
   */
  boolean over(Beat now, Alert alert) {
    Boolean known = occurrences.remove(alert.dedupKey());
    if (known != null && occurrences.isEmpty()) {
      resolve(now, "", "no rule fires any more");
    }
    hasEased |= known != null;
    return known == null || known;
  }

  /** Drops an occurrence of whose end nobody will tell, and is resolved with the last. */
  void forget(Beat now, String occurrence) {
    if (occurrences.remove(occurrence) != null) {
      hasEased = true;
      if (occurrences.isEmpty()) {
        resolve(now, "", "the watch knows of it no more, and no rule fires");
      }
    }
  }

  void resolve(Beat now, String who, String text) {
    timeline.add(now.wall(), Kind.RESOLVED, who, text);
    resolved = now.wall();
    needsDraft = true;
    occurrences.clear();
    due.clear();
    owe(now, Deadline.POST_MORTEM_SOON, Deadline.POST_MORTEM, terms.periods().postMortem());
    owe(now, Deadline.ROOT_CAUSE_SOON, Deadline.ROOT_CAUSE, terms.periods().rootCause());
    Duration took = Duration.between(begun, now.wall());
    say(
        now,
        Phase.RESOLVED,
        "resolved after " + Words.roughly(took) + by(who) + ": " + text
            + "; post-mortem due by " + now.after(terms.periods().postMortem())
            + ", root-cause note by " + now.after(terms.periods().rootCause()));
  }

  private void owe(Beat now, Deadline soon, Deadline end, Duration within) {
    now.set(due, soon, within.multipliedBy(5).dividedBy(6)); // 4 h before the end of 24 h
    now.set(due, end, within);
  }

  void acknowledge(Beat now, String who) {
    due.remove(Deadline.ACKNOWLEDGE);
    timeline.add(now.wall(), Kind.ACKNOWLEDGED, who, "acknowledged");
    if (acknowledged == null) {
      acknowledged = now.wall();
      acknowledgedBy = Timeline.cut(who);
      say(
          now,
          Phase.ACKNOWLEDGED,
          "acknowledged by " + who + " after "
              + Words.roughly(Duration.between(begun, now.wall())));
    }
  }

  void update(Beat now, String who, String text) {
    timeline.add(now.wall(), Kind.UPDATE, who, text);
    now.set(due, Deadline.UPDATE, terms.periods().update());
    say(now, Phase.REPEATED, "update by " + who + ": " + text);
  }

  void act(Beat now, String who, String action, Effect effect) {
    timeline.add(
        now.wall(),
        Kind.ACTION,
        who,
        action
            + switch (effect) {
              case WORKED -> " (it helped)";
              case FAILED -> " (it did not help)";
              case OPEN -> "";
            });
    if (effect == Effect.WORKED) {
      failedRemedies = 0;
    } else if (effect == Effect.FAILED && isOpen() && ++failedRemedies >= FAILURES_TO_ESCALATE) {
      String why = failedRemedies + " remedies failed";
      failedRemedies = 0;
      escalate(now, why, "");
    }
  }

  void replayed(Beat now, String who, Collection<String> ids) {
    int before = jobIds.size();
    ids.stream().limit(MOST_JOB_IDS - before).map(Timeline::cut).forEach(jobIds::add);
    timeline.add(
        now.wall(),
        Kind.ACTION,
        who,
        "replayed " + ids.size() + " jobs: " + String.join(", ", ids));
  }

  void run(Beat now, Runs.End end) {
    timeline.add(now.wall(), Kind.RUN, "", end.text());
    runs.add(end);
    if (isOpen() && runs.failedInARow >= FAILURES_TO_ESCALATE) {
      String why = runs.failedInARow + " runs failed in a row";
      runs.failedInARow = 0;
      escalate(now, why, "");
    }
  }

  // --- what becomes due

  /**
   * Does what is due.
   *
   * @param since when it became due
   * @param numbers how the job's rules stand
   */
  void fire(Beat now, Deadline deadline, long since, String numbers) {
    due.remove(deadline);
    String late = now.lateBy(since);
    switch (deadline) {
      case ACKNOWLEDGE -> nobodyAcknowledged(now, since, late, numbers);
      case UPDATE -> {
        now.again(due, Deadline.UPDATE, since, terms.periods().update());
        String text = numbers(now, numbers);
        timeline.add(now.wall(), Kind.UPDATE, "", text + late);
        say(now, Phase.REPEATED, text + "; update the incident channel" + late);
      }
      case STATUS_PAGE ->
        remind(
            now,
            "outage for more than "
                + Words.shortly(terms.periods().statusPage()) + ": post status page update; notify "
                + terms.advisor().service(job) + " partner contact if available" + late);
      case TOO_LONG ->
        escalate(now, "open for " + Words.shortly(terms.periods().tooLong()) + late, numbers);
      case POST_MORTEM_SOON ->
        owed(now, "post-mortem is due by " + now.wallOf(due, Deadline.POST_MORTEM) + late);
      case ROOT_CAUSE_SOON ->
        owed(now, "root-cause note is due by " + now.wallOf(due, Deadline.ROOT_CAUSE) + late);
      case POST_MORTEM -> owed(now, "post-mortem is due now" + late);
      case ROOT_CAUSE -> owed(now, "root-cause note is due now" + late);
    }
  }

  private void nobodyAcknowledged(Beat now, long since, String late, String numbers) {
    String why = "not acknowledged within " + Words.shortly(terms.periods().acknowledge()) + late;
    level = (level + 1) % terms.chain().size();
    pages++;
    if (pages < terms.mostPages()) {
      now.again(due, Deadline.ACKNOWLEDGE, since, terms.periods().acknowledge());
    } else {
      why += "; the last call";
    }
    tellLevel(now, "incident-not-acknowledged", why, numbers);
  }

  private void escalate(Beat now, String why, String numbers) {
    level = Math.min(level + 1, terms.chain().size() - 1);
    tellLevel(now, "incident-escalated", why, numbers);
  }

  /** Says what it is about in the words of the last alert, which may be old, and how it stands. */
  private void tellLevel(Beat now, String rule, String why, String numbers) {
    String text = why + "; escalated to " + terms.chain().get(level);
    timeline.add(now.wall(), Kind.ESCALATED, "", text);
    told.add(level);
    Alert known = last;
    String about = (known == null ? "" : "; told last: " + known.text())
        + (numbers.isEmpty() ? "" : "; now: " + numbers);
    now.say(Set.of(level), message(now, rule, Phase.REPEATED, text + about));
  }

  private void remind(Beat now, String text) {
    timeline.add(now.wall(), Kind.REMINDED, "", text);
    told.add(0);
    now.say(Set.of(0), message(now, "incident-status-page", Phase.REPEATED, text));
  }

  private String numbers(Beat now, String numbers) {
    Alert known = last;
    String state = acknowledged == null ? "not acknowledged" : "acknowledged by " + acknowledgedBy;
    return "open for " + Words.roughly(Duration.between(begun, now.wall())) + ", " + state
        + runs.text()
        + "; now: " + (numbers.isEmpty() && known != null ? known.text() : numbers);
  }

  void done(Beat now, Duty duty, String who, String text) {
    boolean isPostMortem = duty == Duty.POST_MORTEM;
    due.remove(isPostMortem ? Deadline.POST_MORTEM_SOON : Deadline.ROOT_CAUSE_SOON);
    due.remove(isPostMortem ? Deadline.POST_MORTEM : Deadline.ROOT_CAUSE);
    timeline.add(
        now.wall(), Kind.NOTE, who, (isPostMortem ? "post-mortem: " : "root cause: ") + text);
  }

  // --- what goes out

  private void say(Beat now, Phase phase, String text) {
    told.add(0);
    now.say(
        phase == Phase.OPENED || phase == Phase.REPEATED ? Set.of(0) : Set.copyOf(told),
        message(now, phase == Phase.REPEATED ? "incident-update" : "incident", phase, text));
  }

  private Alert message(Beat now, String rule, Phase phase, String text) {
    Map<String, String> details = new TreeMap<>();
    Alert known = last;
    if (known != null) {
      known.occurrence().ifPresent(it -> details.putAll(it.details()));
      details.put("rule", known.rule());
    }
    details.put("incident", Long.toString(number));
    details.put("told", terms.chain().get(level));
    details.put(
        "response",
        severity().priority() + " within " + Words.shortly(severity().priority().responseTime()));
    if (acknowledged != null) {
      details.put("acknowledgedBy", acknowledgedBy);
    }
    Optional<Instant> end = phase == Phase.RESOLVED ? Optional.of(now.wall()) : Optional.empty();
    return new Alert(
        rule,
        severity(),
        job,
        head() + text,
        Optional.of(new Occurrence(key(), phase, opened, end, details)));
  }

  /** Says what is owed, as an alert of its own: the incident is over, and stays so. */
  private void owed(Beat now, String text) {
    timeline.add(now.wall(), Kind.REMINDED, "", text);
    now.say(
        Set.of(0),
        new Alert("incident-" + number + "-follow-up", Severity.WARNING, job, head() + text));
  }

  private String head() {
    return "incident " + number + ", job " + job + ", " + severity() + ": ";
  }

  private static String by(String who) {
    return who.isEmpty() ? "" : " by " + who;
  }

  Incident snapshot(long offset) {
    Map<Duty, Instant> owed = new EnumMap<>(Duty.class);
    if (!isOpen()) {
      until(Deadline.POST_MORTEM, offset).ifPresent(at -> owed.put(Duty.POST_MORTEM, at));
      until(Deadline.ROOT_CAUSE, offset).ifPresent(at -> owed.put(Duty.ROOT_CAUSE, at));
    }
    return new Incident(
        this,
        new Facts(
            number,
            job,
            opened,
            begun,
            reopenings,
            Optional.ofNullable(acknowledged),
            terms.chain().get(level),
            runs.impact(),
            Collections.unmodifiableMap(owed)));
  }

  private Optional<Instant> until(Deadline deadline, long offset) {
    return Optional.ofNullable(due.get(deadline)).map(at -> Instant.ofEpochMilli(at + offset));
  }

  /** What is read off an incident as it stands. */
  record Facts(
      long number,
      String job,
      Instant opened,
      Instant begun,
      int reopenings,
      Optional<Instant> acknowledged,
      String toldTo,
      List<String> impact,
      Map<Duty, Instant> owed) {}
}
