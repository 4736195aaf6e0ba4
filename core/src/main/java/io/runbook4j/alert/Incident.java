package io.runbook4j.alert;

import io.runbook4j.spi.alert.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What an operator works on until it is resolved, as it was when it was asked for. Immutable. */
public final class Incident {
  private final String key;
  private final Case.Facts facts;
  private final Optional<Instant> resolved;
  private final Map<Severity, Instant> reached;
  private final List<Entry> timeline;
  private final long leftOut;
  private final List<String> jobIds;

  Incident(Case of, Case.Facts facts) {
    this.key = of.key();
    this.facts = facts;
    this.resolved = of.resolved();
    this.reached = Collections.unmodifiableMap(new TreeMap<>(of.reached()));
    this.timeline = of.timeline().entries();
    this.leftOut = of.timeline().leftOut();
    this.jobIds = List.copyOf(of.jobIds());
  }

  /** {@return its number, which no other incident of the install has} */
  public long number() {
    return facts.number();
  }

  /** {@return the job's name} */
  public String job() {
    return facts.job();
  }

  /** {@return what all its messages share: {@code <install>/<job>/<number>}} */
  public String dedupKey() {
    return key;
  }

  /** {@return the highest severity that it has had} */
  public Severity severity() {
    return Collections.max(reached.keySet());
  }

  /** {@return where it stands} */
  public State state() {
    if (resolved.isPresent()) {
      return State.RESOLVED;
    }
    return facts.acknowledged().isPresent() ? State.ACKNOWLEDGED : State.OPEN;
  }

  /** {@return when it was opened first} */
  public Instant opened() {
    return facts.opened();
  }

  /** {@return how often it was opened again} */
  public int reopenings() {
    return facts.reopenings();
  }

  /** {@return when somebody took it on, if anybody did since it was opened last} */
  public Optional<Instant> acknowledged() {
    return facts.acknowledged();
  }

  /** {@return when it was resolved} */
  public Optional<Instant> resolved() {
    return resolved;
  }

  /** {@return when each severity that it has had was reached first} */
  public Map<Severity, Instant> reached() {
    return reached;
  }

  /** {@return who of the chain was told last} */
  public String toldTo() {
    return facts.toldTo();
  }

  /**
   * {@return what happened, oldest first: the first 50 entries and the last 150; what lies between
   * is counted by {@link #leftOut}}
   */
  public List<Entry> timeline() {
    return timeline;
  }

  /** {@return how many entries of the timeline there was no room for} */
  public long leftOut() {
    return leftOut;
  }

  /** {@return the ids of jobs that were replayed or looked at, the first 500} */
  public List<String> jobIds() {
    return jobIds;
  }

  /** {@return what is still owed after it was resolved, and by when} */
  public Map<Duty, Instant> owed() {
    return facts.owed();
  }

  /** {@return what its runs suffered, line by line} */
  List<String> impact() {
    return facts.impact();
  }

  /** {@return how long it took until somebody took it on} */
  Optional<Duration> acknowledgedAfter() {
    return facts.acknowledged().map(at -> Duration.between(facts.begun(), at));
  }

  @Override
  public String toString() {
    return "Incident[" + key + " " + severity() + " " + state() + "]";
  }

  /** Where an incident stands. */
  public enum State {
    /** Nobody has taken it on. */
    OPEN,
    /** Somebody works on it. */
    ACKNOWLEDGED,
    /** It is over. */
    RESOLVED
  }

  /** What is owed after an incident. */
  public enum Duty {
    /** The post-mortem. */
    POST_MORTEM,
    /** The note on the root cause. */
    ROOT_CAUSE
  }

  /** What came of an action. */
  public enum Effect {
    /** It helped. */
    WORKED,
    /** It did not help. */
    FAILED,
    /** It is not known yet, or was no remedy. */
    OPEN
  }

  /**
   * One thing that happened.
   *
   * @param at when
   * @param kind what kind of thing
   * @param who who did it; empty if nobody did
   * @param text what it was, at most 500 characters
   */
  public record Entry(Instant at, Kind kind, String who, String text) {
    /** What kind of thing happened. */
    public enum Kind {
      /** An alert came. */
      ALERT,
      /** What the triage table says. */
      ADVICE,
      /** Somebody took it on. */
      ACKNOWLEDGED,
      /** Somebody further up was told. */
      ESCALATED,
      /** Somebody was reminded. */
      REMINDED,
      /** The channel got the numbers of the moment, or somebody's words. */
      UPDATE,
      /** A run ended. */
      RUN,
      /** Somebody did something. */
      ACTION,
      /** Somebody wrote something down. */
      NOTE,
      /** It was resolved. */
      RESOLVED
    }
  }
}
