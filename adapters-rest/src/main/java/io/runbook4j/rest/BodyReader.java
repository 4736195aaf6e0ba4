package io.runbook4j.rest;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Decides how the body of one answer is read, and remembers the answer's head. */
final class BodyReader implements BodyHandler<Body> {
  private final Bounds bounds;
  private final boolean mayStream;
  private volatile @Nullable ResponseInfo head;

  BodyReader(Bounds bounds, boolean mayStream) {
    this.bounds = bounds;
    this.mayStream = mayStream;
  }

  @Override
  public BodySubscriber<Body> apply(ResponseInfo info) {
    head = info;
    OptionalLong length = length(info);
    if (mayStream && info.statusCode() == 200 && bounds.streams(length)) {
      return new PulledBody(bounds.timeout());
    }
    return new BoundedBody(bounds.maxBody(), length);
  }

  /** {@return the head of the answer; null if none has come} */
  @Nullable ResponseInfo head() {
    return head;
  }

  private static OptionalLong length(ResponseInfo info) {
    String value = info.headers().firstValue("Content-Length").orElse("");
    return value.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(value))
        : OptionalLong.empty();
  }
}
