package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Where one rule of one job stands. The arithmetic of {@code for} and {@code keep_firing_for} is
 * Prometheus' (rules/alerting.go); a share below which it clears, and readings that say nothing,
 * are ours. Not safe for many threads.
 */
final class RuleLine {
  private static final long NEVER = Long.MIN_VALUE;

  private final Rule rule;
  private State state = State.INACTIVE;
  private long activeAt = NEVER;
  private long firedAt = NEVER;
  private long keepSince = NEVER;
  private Reading reading = Reading.quiet();

  RuleLine(Rule rule) {
    this.rule = rule;
  }

  Rule rule() {
    return rule;
  }

  State state() {
    return state;
  }

  Reading reading() {
    return reading;
  }

  boolean isFiring() {
    return state == State.FIRING;
  }

  /** {@return since when it fires; only while it does} */
  long firedAt() {
    return firedAt;
  }

  /** {@return what changed} */
  Change update(long now, Reading newest) {
    reading = newest;
    Verdict verdict = newest.verdict();
    if (verdict == Verdict.BREACH) {
      return breach(now);
    }
    if (state != State.FIRING) {
      state = State.INACTIVE;
      return Change.NONE;
    }
    return recover(now, rule.clearShare() < 1 ? verdict : Verdict.CLEAR);
  }

  private Change breach(long now) {
    keepSince = NEVER;
    if (state == State.INACTIVE) {
      state = State.PENDING;
      activeAt = now;
    }
    if (state == State.PENDING && now - activeAt >= rule.pendingMillis()) {
      state = State.FIRING;
      firedAt = now;
      return Change.FIRED;
    }
    return Change.NONE;
  }

  private Change recover(long now, Verdict verdict) {
    if (verdict == Verdict.HOLD) {
      keepSince = NEVER;
      return Change.NONE;
    }
    if (keepSince == NEVER) {
      keepSince = now;
    }
    long quietMillis = rule.condition().quietAfter().toMillis();
    long keep =
        verdict == Verdict.QUIET ? Math.max(rule.keepMillis(), quietMillis) : rule.keepMillis();
    if (now - keepSince < keep) {
      return Change.NONE;
    }
    state = State.INACTIVE;
    keepSince = NEVER;
    return Change.RESOLVED;
  }

  void save(DataOutput out, long offset) throws IOException {
    out.writeUTF(rule.name());
    out.writeUTF(state.name());
    out.writeLong(shifted(activeAt, offset));
    out.writeLong(shifted(firedAt, offset));
    out.writeLong(shifted(keepSince, offset));
  }

  /**
   * Reads what follows the name; {@code down} is how long nobody looked, which counts for nothing.
   */
  void load(DataInput in, long offset, long down) throws IOException {
    state = State.valueOf(in.readUTF());
    activeAt = shifted(in.readLong(), offset + down);
    firedAt = shifted(in.readLong(), offset);
    keepSince = shifted(in.readLong(), offset + down);
  }

  private static long shifted(long at, long offset) {
    return at == NEVER ? NEVER : at + offset;
  }

  /** Where it stands. */
  enum State {
    INACTIVE,
    PENDING,
    FIRING
  }

  /** What an update made of it. */
  enum Change {
    NONE,
    FIRED,
    RESOLVED
  }
}
