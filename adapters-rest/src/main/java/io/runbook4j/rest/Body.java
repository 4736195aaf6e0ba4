package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What came of an answer's body: all of it, a stream of it, or a part and why no more. */
final class Body implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final byte[] bytes;
  private final @Nullable InputStream stream;
  private final @Nullable Failure problem;
  private final Runnable release;

  private Body(
      byte[] bytes, @Nullable InputStream stream, @Nullable Failure problem, Runnable release) {
    this.bytes = bytes;
    this.stream = stream;
    this.problem = problem;
    this.release = release;
  }

  static Body whole(byte[] bytes, Runnable release) {
    return new Body(bytes, null, null, release);
  }

  static Body streamed(InputStream stream, Runnable release) {
    return new Body(NOTHING, stream, null, release);
  }

  static Body broken(byte[] bytes, Failure problem, Runnable release) {
    return new Body(bytes, null, problem, release);
  }

  static Body missing(Failure problem) {
    return broken(NOTHING, problem, () -> {});
  }

  byte[] bytes() {
    return bytes;
  }

  @Nullable InputStream stream() {
    return stream;
  }

  @Nullable Failure problem() {
    return problem;
  }

  /** Gives back the memory that was taken for it, and ends its stream. */
  @Override
  public void close() {
    release.run();
  }
}
