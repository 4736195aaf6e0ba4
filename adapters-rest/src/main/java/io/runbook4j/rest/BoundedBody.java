package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Collects a body up to a bound; then it cancels the body, which closes the connection. It never
 * fails, so that the status of the answer is not lost with its body.
 */
final class BoundedBody implements AnswerBody {
  private final long maxBytes;
  private final OptionalLong announced;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CompletableFuture<Body> body = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  BoundedBody(long maxBytes, OptionalLong announced) {
    this.maxBytes = maxBytes;
    this.announced = announced;
  }

  @Override
  public CompletionStage<Body> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (announced.orElse(0) > maxBytes) {
      giveUp(announced.getAsLong() + " bytes were announced");
    } else {
      subscription.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (body.isDone()) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      if (bytes.size() + (long) buffer.remaining() > maxBytes) {
        giveUp((bytes.size() + (long) buffer.remaining()) + " bytes and perhaps more came");
        return;
      }
      byte[] piece = new byte[buffer.remaining()];
      buffer.get(piece);
      bytes.writeBytes(piece);
    }
    if (subscription != null) {
      subscription.request(1);
    }
  }

  @Override
  public void onError(Throwable cause) {
    byte[] came = bytes.toByteArray();
    String problem = "the body broke off after " + came.length + " bytes ("
        + cause.getClass().getSimpleName() + ")";
    body.complete(Body.broken(came, Failure.of(FailureKind.NETWORK, problem)));
  }

  @Override
  public void onComplete() {
    body.complete(Body.whole(bytes.toByteArray()));
  }

  private void giveUp(String seen) {
    body.complete(Body.broken(
        bytes.toByteArray(),
        Failure.of(
            FailureKind.TOO_LARGE, "the body must have at most " + maxBytes + " bytes, " + seen)));
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
