package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import io.runbook4j.spi.transfer.TransferBudget.Grant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request on the wire, until its answer is there, or as much of it as will ever be. */
final class Call {
  private final HttpClient http;
  private final Exchange exchange;
  private final BodyReader reader;
  private final Time time;

  Call(HttpClient http, Exchange exchange, BodyReader reader, Time time) {
    this.http = http;
    this.exchange = exchange;
    this.reader = reader;
    this.time = time;
  }

  /** An answer, perhaps with a part of its body, or with none. */
  record Answer(int status, HttpHeaders headers, Body body) {}

  /**
   * {@return the answer}
   *
   * @throws RestException if not even its head came
   */
  Answer send(HttpRequest wire) throws InterruptedException {
    long end = time.nanoTime() + exchange.bounds().timeout().toNanos();
    CompletableFuture<HttpResponse<Body>> call = http.sendAsync(wire, reader);
    try {
      within(CompletableFuture.anyOf(call, reader.lacking()), end);
      if (!call.isDone() && !isAdmitted(end)) {
        return givenUp(
            call,
            "the body found no room in the memory budget of "
                + exchange.bounds().budget().total() + " bytes within "
                + exchange.bounds().timeout());
      }
      HttpResponse<Body> answer = within(call, end);
      return new Answer(answer.statusCode(), answer.headers(), answer.body());
    } catch (TimeoutException e) {
      return givenUp(call, "the body was not whole within " + exchange.bounds().timeout());
    } catch (ExecutionException e) {
      return cutOff(e.getCause());
    } catch (InterruptedException e) {
      call.cancel(true);
      reader.close();
      throw e;
    }
  }

  private <T> T within(CompletableFuture<T> future, long end)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(end - time.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /** Waits for the memory for a body that can only be read as a whole. */
  private boolean isAdmitted(long end) throws InterruptedException {
    Optional<Grant> room = exchange
        .bounds()
        .budget()
        .acquire(reader.lacking().join(), Duration.ofNanos(end - time.nanoTime()));
    room.ifPresent(reader::admit);
    return room.isPresent();
  }

  private Answer givenUp(CompletableFuture<?> call, String problem) {
    call.cancel(true);
    reader.close();
    ResponseInfo head = reader.head();
    if (head == null) {
      throw exchange.lost(new HttpTimeoutException("no whole answer in time"), reader.sent());
    }
    Failure late = Failure.of(FailureKind.TIMEOUT, problem);
    return new Answer(head.statusCode(), head.headers(), Body.missing(late));
  }

  private Answer cutOff(@Nullable Throwable cause) {
    IOException why = io(cause);
    ResponseInfo head = reader.head();
    if (head == null) {
      throw exchange.lost(why, reader.sent());
    }
    return new Answer(head.statusCode(), head.headers(), reader.cutOff(why));
  }

  private static IOException io(@Nullable Throwable cause) {
    if (cause instanceof VirtualMachineError e) {
      throw e;
    }
    if (cause instanceof IOException e) {
      return e;
    }
    return cause instanceof UncheckedIOException e
        ? Objects.requireNonNull(e.getCause())
        : new IOException("the HTTP client failed by " + cause, cause);
  }
}
