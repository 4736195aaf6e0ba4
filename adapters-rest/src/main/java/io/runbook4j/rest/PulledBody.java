package io.runbook4j.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body that is read piece by piece: the next piece is asked for when the last one is used up, so
 * at most one waits here, and a piece that does not come in time ends the reading.
 */
final class PulledBody implements AnswerBody {
  private final Duration timeout;
  private final Pieces pieces = new Pieces();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Body> body =
      CompletableFuture.completedFuture(Body.streamed(pieces, pieces::close));
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean closed;

  PulledBody(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public void close() {
    closed = true; // first: onSubscribe looks at it when the subscription is there
    Flow.Subscription source = subscription;
    if (source != null) {
      source.cancel();
    }
  }

  /** Buffers, or the end, with its cause if it is none. */
  private record Event(
      List<ByteBuffer> buffers, boolean isEnd, @Nullable Throwable cause) {}

  @Override
  public CompletionStage<Body> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (closed) {
      subscription.cancel();
      return;
    }
    subscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    events.add(new Event(buffers, false, null));
  }

  @Override
  public void onError(Throwable cause) {
    events.add(new Event(List.of(), true, cause));
  }

  @Override
  public void onComplete() {
    events.add(new Event(List.of(), true, null));
  }

  /** The reader's side. For one thread. */
  private final class Pieces extends InputStream {
    private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      while (!ended || !buffers.isEmpty()) {
        ByteBuffer buffer = buffers.peek();
        if (buffer == null) {
          take();
        } else if (!buffer.hasRemaining()) {
          buffers.remove();
          askForMore();
        } else {
          int count = Math.min(length, buffer.remaining());
          buffer.get(into, offset, count);
          return count;
        }
      }
      return -1;
    }

    private void take() throws IOException {
      Event event = next();
      if (event == null) {
        close();
        throw new HttpTimeoutException("no more of the body came within " + timeout);
      }
      if (event.cause() != null) {
        ended = true;
        throw new IOException("the body broke off", event.cause());
      }
      ended = event.isEnd();
      buffers.addAll(event.buffers());
      if (!ended && buffers.isEmpty()) {
        askForMore();
      }
    }

    private @Nullable Event next() throws InterruptedIOException {
      try {
        return events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        close();
        throw new InterruptedIOException("interrupted while reading a body");
      }
    }

    private void askForMore() {
      Flow.Subscription source = subscription;
      if (source != null && buffers.isEmpty()) {
        source.request(1);
      }
    }

    @Override
    public void close() {
      ended = true;
      buffers.clear();
      PulledBody.this.close();
    }
  }
}
