package io.runbook4j.spi.sync;

import java.util.Objects;

/**
 * Carries a {@link Failure} out of a source, a mapping function or a target.
 *
 * <p>From {@link Target#apply} it means that nothing of the chunk was applied. A target that cannot
 * say so returns {@link ChunkResult#unanswered} instead.
 */
public class FailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  /** Makes an exception whose message is the failure's text. */
  public FailureException(Failure failure) {
    super(failure.toString());
    this.failure = Objects.requireNonNull(failure, "failure");
  }

  /** Makes an exception whose message is the failure's text, and keeps what caused it. */
  public FailureException(Failure failure, Throwable cause) {
    super(failure.toString(), cause);
    this.failure = Objects.requireNonNull(failure, "failure");
  }

  /** {@return the failure} */
  public Failure failure() {
    return failure;
  }
}
