package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.util.Objects;
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

  Call(HttpClient http, Exchange exchange, BodyReader reader) {
    this.http = http;
    this.exchange = exchange;
    this.reader = reader;
  }

  /** An answer, perhaps with a part of its body, or with none. */
  record Answer(int status, HttpHeaders headers, Body body) {}

  /**
   * {@return the answer}
   *
   * @throws RestException if not even its head came
   */
  Answer send(HttpRequest wire) throws InterruptedException {
    CompletableFuture<HttpResponse<Body>> call = http.sendAsync(wire, reader);
    try {
      HttpResponse<Body> answer =
          call.get(exchange.bounds().timeout().toNanos(), TimeUnit.NANOSECONDS);
      return new Answer(answer.statusCode(), answer.headers(), answer.body());
    } catch (TimeoutException e) {
      call.cancel(true);
      return late();
    } catch (ExecutionException e) {
      return cutOff(e.getCause());
    } catch (InterruptedException e) {
      call.cancel(true);
      throw e;
    }
  }

  private Answer late() {
    ResponseInfo head = reader.head();
    if (head == null) {
      throw exchange.lost(new HttpTimeoutException("no whole answer in time"));
    }
    String problem = "the body was not whole within " + exchange.bounds().timeout();
    return new Answer(
        head.statusCode(), head.headers(), Body.missing(Failure.of(FailureKind.TIMEOUT, problem)));
  }

  private Answer cutOff(@Nullable Throwable cause) {
    IOException why = io(cause);
    ResponseInfo head = reader.head();
    if (head == null) {
      throw exchange.lost(why);
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
        : new IOException("the HTTP client failed", cause);
  }
}
