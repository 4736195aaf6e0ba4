package io.runbook4j.alert;

import io.runbook4j.alert.Incident.Duty;
import io.runbook4j.alert.Incident.Effect;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns alerts into incidents, and minds their clocks. Stands between what raises alerts (a
 * {@link Watch}'s router, a runner) and the router that tells people. Safe for many threads.
 *
 * <p><b>Life.</b> An alert of SEV3 or above opens an incident; others are passed on with the triage
 * table's advice. A job has one at a time, whose severity only rises; all its messages have the key
 * {@code <install>/<job>/<number>}. Not acknowledged within 5 minutes, the next of the chain is
 * told, and so on every 5 minutes, 5 times round the chain in all. Every 15 minutes the channel
 * gets the numbers of the moment and a reminder. Two failed remedies, two failed runs in a row, or
 * 2 hours escalate; 30 minutes remind of the status page. It is resolved with its last alert, or by
 * hand: alerts of a run, which nobody resolves, need a hand. Within a cool-down of 30 minutes an
 * alert opens the same incident again. Then a post-mortem is due in 24 hours and a root-cause note
 * in 48, each with a reminder before; {@link #postMortem} is its draft.
 *
 * <p><b>Restarts.</b> With a {@linkplain Builder#state state file} nothing of this is lost: what
 * became due meanwhile comes at once, each thing once, in order, and says by how much it is late. A
 * wall clock that is set while the process runs moves no deadline. After a crash a message may come
 * twice, with the same key.
 *
 * <p><b>Memory.</b> 500 incidents, open and resolved, each with 200 entries of 500 characters, 500
 * job ids and 100 alerts at most: 400 kB for a full one, some kB for an ordinary one. If 500 are
 * open, a further alert is passed on as it is.
 */
public final class Incidents implements AlertChannel, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);

  private final IncidentDesk desk;
  private final Severity opensFrom;
  private final Advisor advisor;
  private final UnaryOperator<String> redaction;

  private Incidents(Builder builder) {
    opensFrom = builder.opensFrom;
    List<String> chain = new ArrayList<>(List.of(builder.onCall));
    List<AlertRouter> routers = new ArrayList<>(List.of(builder.router));
    builder.chain.forEach(step -> {
      chain.add(step.who());
      routers.add(step.router());
    });
    advisor = new Advisor(builder.triage, builder.services);
    redaction = builder.redaction;
    Terms terms =
        new Terms(builder.install, List.copyOf(chain), builder.rounds, builder.periods(), advisor);
    desk = new IncidentDesk(
        builder.time,
        terms,
        List.copyOf(routers),
        new IncidentDesk.Places(
            Optional.ofNullable(builder.state),
            Optional.ofNullable(builder.drafts),
            builder.executor));
  }

  /**
   * {@return a builder}
   *
   * @param router tells the incident channel and whoever is on call; not the one that this is a
   *     channel of
   */
  public static Builder builder(Time time, AlertRouter router) {
    return new Builder(time, router);
  }

  /** Takes an alert: opens an incident, adds to it, resolves it, or passes the alert on. */
  @Override
  public void send(Alert alert) {
    Alert safe = safe(advisor.plain(alert));
    desk.change((book, now) -> take(book, now, safe));
  }

  private Alert safe(Alert alert) {
    return new Alert(
        alert.rule(),
        alert.severity(),
        alert.job(),
        redaction.apply(alert.text()),
        alert.occurrence().map(this::safe));
  }

  private Occurrence safe(Occurrence it) {
    Map<String, String> details = new HashMap<>(it.details());
    details.replaceAll((name, value) -> redaction.apply(value));
    return new Occurrence(it.id(), it.phase(), it.since(), it.ended(), details);
  }

  private void take(CaseBook book, Beat now, Alert alert) {
    Optional<Case> open = book.open(alert.job());
    if (alert.isResolved()) {
      if (open.isEmpty() || open.get().over(now, alert)) {
        now.say(Set.of(0), alert);
      }
    } else if (open.isPresent()) {
      open.get().alert(now, alert);
    } else if (alert.severity().compareTo(opensFrom) < 0 || isResolvedByHand(book, alert)) {
      now.say(Set.of(0), advisor.advised(alert));
    } else {
      book.openable(alert.job(), now.wall())
          .ifPresentOrElse(it -> it.open(now, alert), () -> passOn(now, advisor.advised(alert)));
    }
  }

  /**
   * Trouble that somebody has called resolved, and that goes on no worse, is not a new incident.
   */
  private static boolean isResolvedByHand(CaseBook book, Alert alert) {
    Optional<Instant> since = alert
        .occurrence()
        .filter(it -> it.phase() == Occurrence.Phase.REPEATED)
        .map(Occurrence::since);
    return since.isPresent()
        && book.newest(alert.job())
            .flatMap(Case::resolved)
            .filter(end -> !end.isBefore(since.get()))
            .isPresent();
  }

  private static void passOn(Beat now, Alert alert) {
    LOG.warn(
        "{} incidents are open; an alert is passed on and opens no other. rule={} job={}",
        CaseBook.MOST,
        Words.oneLine(alert.rule()),
        Words.oneLine(alert.job()));
    now.say(Set.of(0), alert);
  }

  @Override
  public String name() {
    return "incidents";
  }

  /**
   * Takes the numbers of each update from this watch, instead of from the newest alert. What it
   * told is over, too, once no rule of the job has fired for as long as an update takes: a watch
   * that was restarted without its state tells no end. What is not its own needs another id than
   * the watch's: those are the job, a slash and a number of 12 digits or more.
   */
  public void follow(Watch watch) {
    desk.follow(Objects.requireNonNull(watch, "watch"));
  }

  /**
   * Says which service a job's target is, for the triage table, unless the builder was told. A
   * runner says it of its jobs.
   */
  public void service(String job, String service) {
    advisor.services().putIfAbsent(named("job", job), named("service", service));
  }

  /**
   * Notes that somebody has taken the job's incident on; nobody further up is called any more.
   *
   * @throws IllegalArgumentException if the job has no open incident
   */
  public void acknowledge(String job, String who) {
    onOpen(job, who, (it, now) -> it.acknowledge(now, redaction.apply(who)));
  }

  /**
   * Takes somebody's words to the channel; the next reminder comes a whole interval later.
   *
   * @throws IllegalArgumentException if the job has no open incident
   */
  public void update(String job, String who, String text) {
    onOpen(job, who, (it, now) -> it.update(now, redaction.apply(who), redaction.apply(text)));
  }

  /**
   * Ends the job's incident by hand. Trouble that goes on is passed on each time it is told again,
   * and opens an incident only if it gets worse.
   *
   * @param text what it was
   * @throws IllegalArgumentException if the job has no open incident
   */
  public void resolve(String job, String who, String text) {
    onOpen(job, who, (it, now) -> it.resolve(now, redaction.apply(who), redaction.apply(text)));
  }

  /**
   * Notes in the timeline of the job's newest incident what somebody did. The second failure in a
   * row escalates.
   *
   * @throws IllegalArgumentException if the job has had no incident
   */
  public void act(String job, String who, String action, Effect effect) {
    Objects.requireNonNull(effect, "effect");
    onNewest(
        job, who, (it, now) -> it.act(now, redaction.apply(who), redaction.apply(action), effect));
  }

  /**
   * Notes in the timeline of the job's newest incident which jobs of a queue somebody replayed.
   *
   * @throws IllegalArgumentException if the job has had no incident
   */
  public void replayed(String job, String who, Collection<String> jobIds) {
    List<String> ids = jobIds.stream().map(redaction).toList();
    onNewest(job, who, (it, now) -> it.replayed(now, redaction.apply(who), ids));
  }

  /**
   * Notes in the timeline of the job's open incident, if there is one, that a run ended. The second
   * failed run in a row escalates: one that FAILED, that DIED, or that a failure
   * {@linkplain #stopped stopped}. One that is STOPPED here was stopped by a person, a window, a
   * deadline or a gate, and neither counts nor ends the row.
   */
  public void run(String job, RunId run, RunState state, Counts counts) {
    if (state == RunState.RUNNING) {
      throw new IllegalArgumentException("state must be one of an ended run, was " + state);
    }
    desk.change((book, now) ->
        book.open(job).ifPresent(it -> it.run(now, new Runs.End(run, state, counts))));
  }

  /**
   * Notes in the timeline of the job's open incident, if there is one, that a failure of its source
   * or target stopped a run: a credential that is not accepted, say. Counts as a failed run.
   *
   * @param cause the failure's kind
   */
  public void stopped(String job, RunId run, FailureKind cause, Counts counts) {
    Objects.requireNonNull(cause, "cause");
    desk.change((book, now) ->
        book.open(job).ifPresent(it -> it.run(now, Runs.End.stopped(run, cause, counts))));
  }

  /**
   * Notes that the post-mortem or the root-cause note is there, and reminds of it no more.
   *
   * @param text where it is, or what it says
   * @throws IllegalArgumentException if there is no incident of this number
   */
  public void done(long number, Duty duty, String who, String text) {
    named("who", who);
    Objects.requireNonNull(duty, "duty");
    desk.change((book, now) ->
        of(book, number).done(now, duty, redaction.apply(who), redaction.apply(text)));
  }

  private void onOpen(String job, String who, BiConsumer<Case, Beat> action) {
    named("who", who);
    desk.change((book, now) -> action.accept(
        book.open(job)
            .orElseThrow(() -> new IllegalArgumentException(
                "job must have an open incident, as " + book.openJobs() + " have, was " + job)),
        now));
  }

  private void onNewest(String job, String who, BiConsumer<Case, Beat> action) {
    named("who", who);
    desk.change((book, now) -> action.accept(
        book.newest(job)
            .orElseThrow(
                () -> new IllegalArgumentException("job must have had an incident, was " + job)),
        now));
  }

  private static Case of(CaseBook book, long number) {
    return book.number(number)
        .orElseThrow(() -> new IllegalArgumentException(
            "number must be that of an incident that is kept, was " + number));
  }

  private static String named(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " must be non-empty, was \"" + value + "\"");
    }
    return value;
  }

  /** {@return the job's open incident, if there is one} */
  public Optional<Incident> open(String job) {
    return desk.read(book -> book.open(job).map(it -> it.snapshot(desk.offset())));
  }

  /** {@return every incident that is kept, by number; 500 at most} */
  public List<Incident> all() {
    return desk.read(
        book -> book.all().stream().map(it -> it.snapshot(desk.offset())).toList());
  }

  /**
   * {@return the draft of an incident's post-mortem, in Markdown: all that is known is filled in,
   * what only people know is marked TODO}
   *
   * @throws IllegalArgumentException if there is no incident of this number
   */
  public String postMortem(long number) {
    return PostMortem.of(desk.read(book -> of(book, number).snapshot(desk.offset())));
  }

  /**
   * Keeps the state, and minds no deadline any more; what comes in after this is refused with an
   * {@link IllegalStateException}. Leaves the routers open.
   */
  @Override
  public void close() {
    desk.close();
  }

  private record Step(String who, AlertRouter router) {}

  /** Collects by what incidents go. Not safe for many threads. */
  public static final class Builder {
    private static final int MOST_ROUNDS = 100;

    private final Time time;
    private final AlertRouter router;
    private final List<Step> chain = new ArrayList<>();
    private final Map<String, String> services = new HashMap<>();
    private String install = "runbook4j";
    private String onCall = "on-call engineer";
    private int rounds = 5;
    private Severity opensFrom = Severity.SEV3;
    private Triage triage = Triage.defaults();
    private Duration acknowledgeWithin = Duration.ofMinutes(5);
    private Duration updateEvery = Duration.ofMinutes(15);
    private Duration statusPageAfter = Duration.ofMinutes(30);
    private Duration escalateAfter = Duration.ofHours(2);
    private Duration coolDown = Duration.ofMinutes(30);
    private Duration postMortemWithin = Duration.ofHours(24);
    private Duration rootCauseWithin = Duration.ofDays(2);
    private UnaryOperator<String> redaction = UnaryOperator.identity();
    private @Nullable Path state;
    private @Nullable Path drafts;
    private Executor executor = task -> {
      Thread thread = new Thread(task, "runbook4j-incidents");
      thread.setDaemon(true);
      thread.start();
    };

    private Builder(Time time, AlertRouter router) {
      this.time = Objects.requireNonNull(time, "time");
      this.router = Objects.requireNonNull(router, "router");
    }

    /**
     * Sets the first part of every key: 1 to 40 letters, digits, dots, dashes and underscores.
     * Installs that share a pager need different ones. Default {@code runbook4j}.
     */
    public Builder install(String name) {
      if (!name.matches("[A-Za-z0-9._-]{1,40}")) {
        throw new IllegalArgumentException(
            "install must be 1 to 40 letters, digits, dots, dashes and underscores, was \"" + name
                + "\"");
      }
      this.install = name;
      return this;
    }

    /** Sets from which severity on an alert opens an incident. Default SEV3. */
    public Builder opensFrom(Severity severity) {
      this.opensFrom = Objects.requireNonNull(severity, "severity");
      return this;
    }

    /** Sets what the first of the chain is called. Default {@code on-call engineer}. */
    public Builder onCall(String who) {
      this.onCall = named("who", who);
      return this;
    }

    /** Adds the next of the chain, who is told through the same router. */
    public Builder escalateTo(String who) {
      return escalateTo(who, router);
    }

    /** Adds the next of the chain, with the router that tells them. */
    public Builder escalateTo(String who, AlertRouter router) {
      chain.add(new Step(named("who", who), Objects.requireNonNull(router, "router")));
      return this;
    }

    /** Sets how often the chain is gone through in all, 1 to 100. Default 5. */
    public Builder rounds(int rounds) {
      if (rounds > MOST_ROUNDS) {
        throw new IllegalArgumentException(
            "rounds must be at most " + MOST_ROUNDS + ", was " + rounds);
      }
      this.rounds = (int) Words.atLeast("rounds", 1, rounds);
      return this;
    }

    /** Sets how long each of the chain has to acknowledge. Default 5 min. */
    public Builder acknowledgeWithin(Duration time) {
      this.acknowledgeWithin = Words.positive("acknowledgeWithin", time);
      return this;
    }

    /** Sets how often the channel is updated. Default 15 min. */
    public Builder updateEvery(Duration interval) {
      this.updateEvery = Words.positive("updateEvery", interval);
      return this;
    }

    /** Sets how long an outage lasts before the status page is due. Default 30 min. */
    public Builder statusPageAfter(Duration time) {
      this.statusPageAfter = Words.positive("statusPageAfter", time);
      return this;
    }

    /** Sets how long an incident may be open before it escalates. Default 2 h. */
    public Builder escalateAfter(Duration time) {
      this.escalateAfter = Words.positive("escalateAfter", time);
      return this;
    }

    /** Sets how long after its end an incident may be opened again. Default 30 min. */
    public Builder coolDown(Duration time) {
      this.coolDown = Words.positive("coolDown", time);
      return this;
    }

    /** Sets within what time the post-mortem is due. Default 24 h. */
    public Builder postMortemWithin(Duration time) {
      this.postMortemWithin = Words.positive("postMortemWithin", time);
      return this;
    }

    /** Sets within what time the root-cause note is due. Default 48 h. */
    public Builder rootCauseWithin(Duration time) {
      this.rootCauseWithin = Words.positive("rootCauseWithin", time);
      return this;
    }

    /** Sets the table of what to do about what. Default the runbooks'. */
    public Builder triage(Triage triage) {
      this.triage = Objects.requireNonNull(triage, "triage");
      return this;
    }

    /** Says which service a job's target is, for the triage table. Default the job's name. */
    public Builder service(String job, String service) {
      services.put(named("job", job), named("service", service));
      return this;
    }

    /**
     * Sets what keeps secrets out of all that is kept, written and told, such as
     * {@code redactor::redact}. Default none.
     */
    public Builder redaction(UnaryOperator<String> redaction) {
      this.redaction = Objects.requireNonNull(redaction, "redaction");
      return this;
    }

    /** Sets the file that keeps incidents over a restart, for one process. Default none. */
    public Builder state(Path file) {
      this.state = Objects.requireNonNull(file, "file");
      return this;
    }

    /**
     * Sets the folder into which the draft of a post-mortem is written when an incident is
     * resolved, as {@code incident-7-<when it was opened>.md}; a file that is there is left alone.
     * Default none.
     */
    public Builder drafts(Path folder) {
      this.drafts = Objects.requireNonNull(folder, "folder");
      return this;
    }

    /** Sets what runs the loop that minds deadlines. Default a daemon thread. */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    private Terms.Periods periods() {
      return new Terms.Periods(
          acknowledgeWithin,
          updateEvery,
          statusPageAfter,
          escalateAfter,
          coolDown,
          postMortemWithin,
          rootCauseWithin);
    }

    /**
     * {@return the incidents, at work}
     *
     * @throws IllegalStateException if the state file is of a newer format
     */
    public Incidents start() {
      Incidents incidents = new Incidents(this);
      incidents.desk.start();
      return incidents;
    }
  }
}
