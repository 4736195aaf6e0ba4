package io.runbook4j.rest;

import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A request that had no good answer. Its text names the method, the host and the path that the
 * adapter gave, never a query, a header or a secret.
 *
 * <p>It is no {@link FailureException} on purpose: out of a target that would mean that nothing was
 * applied. A target returns {@link #toChunkResult}, a source throws {@link #toFailureException}; if
 * a target lets it pass, the items are in doubt, which is the safe reading.
 */
public final class RestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;
  private final boolean inDoubt;
  private final int status;

  RestException(Failure failure, boolean inDoubt, int status, @Nullable Throwable cause) {
    super(failure.toString(), cause);
    this.failure = Objects.requireNonNull(failure, "failure");
    this.inDoubt = inDoubt;
    this.status = status;
  }

  static RestException refused(Failure failure) {
    return new RestException(failure, false, 0, null);
  }

  /** {@return what went wrong} */
  public Failure failure() {
    return failure;
  }

  /**
   * {@return whether the service may have done what it was asked to: the request was sent, and its
   * answer was lost, made no sense, led on to another place, or said that it broke down over it}
   * False if nothing was sent, if the service refused, and for requests that only read.
   */
  public boolean isInDoubt() {
    return inDoubt;
  }

  /** {@return the status of the answer; empty if there was none} */
  public OptionalInt status() {
    return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
  }

  /** {@return the whole chunk refused, or unanswered if it is in doubt} */
  public ChunkResult toChunkResult() {
    return inDoubt ? ChunkResult.unanswered(failure) : ChunkResult.refused(failure);
  }

  /** {@return the same for a source, which changes nothing and so is never in doubt} */
  public FailureException toFailureException() {
    return new FailureException(failure, this);
  }
}
