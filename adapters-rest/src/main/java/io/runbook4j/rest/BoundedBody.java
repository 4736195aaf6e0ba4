package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.transfer.TransferBudget.Grant;
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
 * fails, so that the status of the answer is not lost with its body. It asks for nothing before it
 * is admitted.
 */
final class BoundedBody implements AnswerBody {
  private final long maxBytes;
  private final OptionalLong announced;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CompletableFuture<Body> body = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;
  private @Nullable Grant room;
  private boolean closed;

  BoundedBody(long maxBytes, OptionalLong announced) {
    this.maxBytes = maxBytes;
    this.announced = announced;
  }

  @Override
  public CompletionStage<Body> getBody() {
    return body;
  }

  /** Hands over the memory for the body, which is read from now on. */
  void admit(Grant grant) {
    Flow.Subscription ready;
    synchronized (this) {
      if (closed) {
        grant.close();
        return;
      }
      room = grant;
      ready = subscription;
    }
    if (ready != null) {
      ready.request(1);
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    boolean isAdmitted;
    synchronized (this) {
      this.subscription = subscription;
      isAdmitted = room != null;
    }
    if (announced.orElse(0) > maxBytes) {
      giveUp(subscription, announced.getAsLong() + " bytes were announced");
    } else if (isAdmitted) {
      subscription.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    Flow.Subscription source = subscription();
    if (body.isDone() || source == null) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      if (bytes.size() + (long) buffer.remaining() > maxBytes) {
        long seen = bytes.size() + (long) buffer.remaining();
        giveUp(source, seen + " bytes and perhaps more came");
        return;
      }
      byte[] piece = new byte[buffer.remaining()];
      buffer.get(piece);
      bytes.writeBytes(piece);
    }
    source.request(1);
  }

  private synchronized Flow.@Nullable Subscription subscription() {
    return subscription;
  }

  @Override
  public void onError(Throwable cause) {
    byte[] came = taken();
    String problem = "the body broke off after " + came.length + " bytes ("
        + cause.getClass().getSimpleName() + ")";
    body.complete(Body.broken(came, Failure.of(FailureKind.NETWORK, problem), this::close));
  }

  @Override
  public void onComplete() {
    body.complete(Body.whole(taken(), this::close));
  }

  private void giveUp(Flow.Subscription source, String seen) {
    String problem = "the body must have at most " + maxBytes + " bytes, " + seen;
    body.complete(Body.broken(taken(), Failure.of(FailureKind.TOO_LARGE, problem), this::close));
    source.cancel();
  }

  /** {@return what came, for which alone memory is kept} */
  private synchronized byte[] taken() {
    byte[] came = bytes.toByteArray();
    if (room != null) {
      room.shrinkTo(came.length);
    }
    return came;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (room != null) {
      room.close();
    }
  }
}
