package io.runbook4j.rest;

import io.runbook4j.spi.transfer.TransferBudget;
import io.runbook4j.spi.transfer.TransferBudget.Grant;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Decides how the body of one answer is read, and remembers the answer's head.
 *
 * <p>A body that is held in memory takes the bytes of its length, or all that it may have if that
 * is not known, from the budget, before the first of them is asked for. If they are not free, it is
 * streamed; if it cannot be, {@link #lacking} tells, and it is not read until it is
 * {@link #admit}ted.
 */
final class BodyReader implements BodyHandler<Body>, AutoCloseable {
  private final Exchange exchange;
  private final boolean mayStream;
  private final Outgoing sent;
  private final CompletableFuture<Long> lacking = new CompletableFuture<>();
  private volatile @Nullable ResponseInfo head;
  private volatile @Nullable AnswerBody body;
  private volatile boolean closed;
  private long wanted; // for the thread of apply alone

  /**
   * Makes a reader.
   *
   * @param sent the body of the request, which is let go of when the service answers: nobody waits
   *     for memory and holds some
   */
  BodyReader(Exchange exchange, boolean mayStream, Outgoing sent) {
    this.exchange = exchange;
    this.mayStream = mayStream;
    this.sent = sent;
  }

  @Override
  public BodySubscriber<Body> apply(ResponseInfo info) {
    sent.close();
    AnswerBody own = bodyOf(info);
    body = own;
    head = info;
    if (closed) {
      own.close();
    }
    if (wanted > 0) {
      lacking.complete(wanted); // last: whoever hears of it admits the body
    }
    return own;
  }

  private AnswerBody bodyOf(ResponseInfo info) {
    Bounds bounds = exchange.bounds();
    OptionalLong length = length(info);
    boolean isStreamable = mayStream && info.statusCode() == 200;
    if (isStreamable && bounds.streams(length)) {
      return new PulledBody(bounds.timeout());
    }
    BoundedBody whole = new BoundedBody(bounds.maxBody(), length);
    long most = length.orElse(bounds.maxBody());
    if (most > bounds.maxBody()) {
      return whole; // it gives up by itself
    }
    Optional<Grant> room = budget(most).tryAcquire(most);
    if (room.isEmpty() && isStreamable) {
      return new PulledBody(bounds.timeout());
    }
    room.ifPresentOrElse(whole::admit, () -> wanted = most);
    return whole;
  }

  private TransferBudget budget(long bytes) {
    return bytes == 0 ? TransferBudget.unlimited() : exchange.bounds().budget();
  }

  /** {@return the body of the request} */
  Departure sent() {
    return sent.publisher();
  }

  /** {@return the head of the answer; null if none has come} */
  @Nullable ResponseInfo head() {
    return head;
  }

  /** {@return how many bytes the body waits for; not done while it waits for none} */
  CompletableFuture<Long> lacking() {
    return lacking;
  }

  /** Lets the body that waits come in. */
  void admit(Grant room) {
    if (body instanceof BoundedBody whole) {
      whole.admit(room);
    } else {
      room.close();
    }
  }

  /** {@return what there is of the body of the answer of which the head has come} */
  Body cutOff(IOException cause) {
    return Objects.requireNonNull(body, "no head has come").cutOff(cause);
  }

  /** Gives back what the answer took, be it that it comes only now. */
  @Override
  public void close() {
    closed = true;
    AnswerBody own = body;
    if (own != null) {
      own.close();
    }
  }

  private OptionalLong length(ResponseInfo info) {
    int status = info.statusCode();
    if (status == 204 || status == 304 || exchange.request().method().equals("HEAD")) {
      return OptionalLong.of(0);
    }
    if (info.headers().firstValue("Transfer-Encoding").isPresent()) {
      return OptionalLong.empty(); // it counts, RFC 9112 section 6.3
    }
    String value = info.headers().firstValue("Content-Length").orElse("");
    return value.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(value))
        : OptionalLong.empty();
  }
}
