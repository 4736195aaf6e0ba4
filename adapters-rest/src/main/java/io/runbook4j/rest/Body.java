package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What came of an answer's body: all of it, a stream of it, or a part and why no more. */
final class Body {
  private static final byte[] NOTHING = {};

  private final byte[] bytes;
  private final @Nullable InputStream stream;
  private final @Nullable Failure problem;

  private Body(byte[] bytes, @Nullable InputStream stream, @Nullable Failure problem) {
    this.bytes = bytes;
    this.stream = stream;
    this.problem = problem;
  }

  static Body whole(byte[] bytes) {
    return new Body(bytes, null, null);
  }

  static Body streamed(InputStream stream) {
    return new Body(NOTHING, stream, null);
  }

  static Body broken(byte[] bytes, Failure problem) {
    return new Body(bytes, null, problem);
  }

  static Body missing(Failure problem) {
    return broken(NOTHING, problem);
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
}
