package io.runbook4j.run;

import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.time.Time;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came back from sending a batch. */
final class Answer<T> {
  private final Batch<T> batch;
  private final long sentNanos;
  private final long tookNanos;
  private final @Nullable ChunkResult result;
  private final @Nullable Throwable error;

  Answer(
      Batch<T> batch,
      long sentNanos,
      long tookNanos,
      @Nullable ChunkResult result,
      @Nullable Throwable error) {
    this.batch = batch;
    this.sentNanos = sentNanos;
    this.tookNanos = tookNanos;
    this.result = result;
    this.error = error;
  }

  /** {@return what stands for the answer to a call that was not made} */
  static <T> Answer<T> none(Batch<T> batch, Time time) {
    return new Answer<>(batch, time.nanoTime(), 0, null, null);
  }

  /** {@return whether no call was made: the service has said nothing} */
  boolean isNone() {
    return result == null && error == null;
  }

  Batch<T> batch() {
    return batch;
  }

  long sentNanos() {
    return sentNanos;
  }

  long tookNanos() {
    return tookNanos;
  }

  ChunkResult result() {
    return Objects.requireNonNull(result);
  }

  /** {@return what the target threw that no run can go on after} */
  Optional<Throwable> error() {
    return Optional.ofNullable(error);
  }
}
