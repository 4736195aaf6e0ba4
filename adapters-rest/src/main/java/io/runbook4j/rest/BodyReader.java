package io.runbook4j.rest;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Decides how the body of one answer is read, and remembers the answer's head. */
final class BodyReader implements BodyHandler<Body> {
  private final Bounds bounds;
  private final boolean mayStream;
  private volatile @Nullable ResponseInfo head;
  private volatile @Nullable AnswerBody body;

  BodyReader(Bounds bounds, boolean mayStream) {
    this.bounds = bounds;
    this.mayStream = mayStream;
  }

  @Override
  public BodySubscriber<Body> apply(ResponseInfo info) {
    AnswerBody own = bodyOf(info);
    body = own;
    head = info;
    return own;
  }

  private AnswerBody bodyOf(ResponseInfo info) {
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

  /** {@return what there is of the body of the answer of which the head has come} */
  Body cutOff(IOException cause) {
    return Objects.requireNonNull(body, "no head has come").cutOff(cause);
  }

  private static OptionalLong length(ResponseInfo info) {
    String value = info.headers().firstValue("Content-Length").orElse("");
    return value.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(value))
        : OptionalLong.empty();
  }
}
