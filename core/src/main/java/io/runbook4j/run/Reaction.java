package io.runbook4j.run;

import io.runbook4j.spi.sync.FailureKind;
import java.util.EnumMap;
import java.util.Map;

/** How a run reacts to one kind of failure. Immutable. */
public final class Reaction {
  private static final Reaction FAIL = new Reaction(Kind.FAIL, 0);
  private static final Reaction STOP = new Reaction(Kind.STOP, 0);
  private static final Reaction SLOW_DOWN = new Reaction(Kind.SLOW_DOWN, 0);

  private final Kind kind;
  private final int retries;

  private Reaction(Kind kind, int retries) {
    this.kind = kind;
    this.retries = retries;
  }

  /** {@return give the item up and go on; it can be rerun} */
  public static Reaction fail() {
    return FAIL;
  }

  /**
   * {@return try the item again, at most {@code times} more times, with back-off; then fail it}
   * {@code times} at least 1.
   */
  public static Reaction retry(int times) {
    if (times < 1) {
      throw new IllegalArgumentException("times must be at least 1, was " + times);
    }
    return new Reaction(Kind.RETRY, times);
  }

  /**
   * {@return stop the run; what is left can be resumed} For AUTHENTICATION, a new credential is
   * tried once first, if the target can get one.
   */
  public static Reaction stop() {
    return STOP;
  }

  /**
   * {@return shrink the chunk, close the service's limiter, wait, and try again without counting it
   * as an attempt}
   */
  public static Reaction slowDown() {
    return SLOW_DOWN;
  }

  Kind kind() {
    return kind;
  }

  int retries() {
    return retries;
  }

  static Map<FailureKind, Reaction> defaults() {
    Map<FailureKind, Reaction> reactions = new EnumMap<>(FailureKind.class);
    for (FailureKind kind : FailureKind.values()) {
      reactions.put(
          kind,
          switch (kind) {
            case RATE_LIMITED -> SLOW_DOWN;
            case AUTHENTICATION -> STOP;
            case CONFLICT -> retry(1);
            case SERVER_ERROR, NETWORK, TIMEOUT -> retry(3);
            case PERMISSION,
                MAPPING_MISSING,
                NOT_FOUND,
                INVALID,
                TOO_LARGE,
                INTEGRITY,
                CANCELLED,
                UNKNOWN -> FAIL;
          });
    }
    return reactions;
  }

  @Override
  public String toString() {
    return kind == Kind.RETRY ? "retry(" + retries + ")" : kind.name();
  }

  enum Kind {
    FAIL,
    RETRY,
    STOP,
    SLOW_DOWN
  }
}
