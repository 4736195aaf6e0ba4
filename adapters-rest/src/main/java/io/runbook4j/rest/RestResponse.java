package io.runbook4j.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An answer whose body has been read. Immutable. Its {@code toString} shows no body. Close it when
 * its body is not needed any more: until then it keeps its bytes of the client's
 * {@link RestClient.Builder#budget}.
 */
public final class RestResponse implements AutoCloseable {
  private final Exchange exchange;
  private final int status;
  private final HttpHeaders headers;
  private final Body body;
  private final List<LimitSignal> limits;

  RestResponse(Exchange exchange, Call.Answer answer, List<LimitSignal> limits) {
    this.exchange = exchange;
    this.status = answer.status();
    this.headers = answer.headers();
    this.body = answer.body();
    this.limits = limits;
  }

  /** {@return the status} */
  public int status() {
    return status;
  }

  /** {@return the first value of a header, whatever its case} */
  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** {@return all values of a header, whatever its case} */
  public List<String> headers(String name) {
    return headers.allValues(name);
  }

  /** {@return a copy of the body} */
  public byte[] bytes() {
    return body.bytes().clone();
  }

  /** {@return the body as UTF-8 text} */
  public String text() {
    return new String(body.bytes(), StandardCharsets.UTF_8);
  }

  /**
   * {@return the body as JSON}
   *
   * @throws RestException if it is none by its Content-Type or by itself; it quotes the beginning
   */
  public JsonNode json() {
    String type = header("Content-Type").orElse("");
    if (!Json.isJson(type)) {
      throw nonsense("Content-Type must be JSON, was " + exchange.redactor().quote(type));
    }
    try {
      JsonNode node = Json.only(body.bytes());
      if (node.isMissingNode()) {
        throw nonsense("body must be JSON, was empty");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw nonsense("body must be JSON, was not (" + exchange.place(e) + ")");
    } catch (IOException e) { // bytes of no encoding that JSON may have
      throw nonsense("body must be JSON, was not (" + e.getClass().getSimpleName() + ")");
    }
  }

  /** {@return the body as JSON; empty if it is none} For answers that are failures anyway. */
  public Optional<JsonNode> jsonIfAny() {
    try {
      return body.problem() == null ? Optional.of(json()) : Optional.empty();
    } catch (RestException noJson) {
      return Optional.empty();
    }
  }

  /**
   * {@return the body as JSON in the form of this type; properties that it does not know are
   * ignored} Times are read as {@link Json} writes them.
   *
   * @throws RestException as {@link #json}, and if it has another form; names the field
   * @throws IllegalArgumentException if nothing can be read into that type, or that of a field
   */
  public <T> T as(Class<T> type) {
    try {
      T value = Json.MAPPER.treeToValue(json(), type);
      if (value == null) {
        throw nonsense("body must have the form of " + type.getSimpleName() + ", was null");
      }
      return value;
    } catch (InvalidDefinitionException e) {
      throw new IllegalArgumentException(
          "type must be one that JSON can be read into, was " + type.getName() + ", which fails"
              + Json.place(e) + ": " + e.getOriginalMessage(),
          e);
    } catch (JsonProcessingException e) {
      throw nonsense("body must have the form of " + type.getSimpleName() + ", had not"
          + Json.place(e) + ", " + exchange.redactor().quote(e.getOriginalMessage()));
    }
  }

  /**
   * {@return the exception that says that this answer makes no sense: in doubt, unless the request
   * only read}
   *
   * @param problem what must be and what was; redacted here
   */
  public RestException nonsense(String problem) {
    Failure failure = Failure.of(
        FailureKind.SERVER_ERROR,
        exchange.label() + ": HTTP " + status + ", " + exchange.redactor().redact(problem)
            + quotedBody());
    return new RestException(failure, !exchange.request().isSafe(), status, null);
  }

  /** {@return a text of the service without the tokens and secrets that are known} */
  public String redact(String text) {
    return exchange.redactor().redact(text);
  }

  /** {@return the exception that says that the service refused, by the rules for the status} */
  public RestException refusal() {
    return refusal(byStatus(), StatusRules.isInDoubt(status));
  }

  RestException refusal(Failure failure, boolean inDoubt) {
    Failure complete = failure.retryAfter().isPresent()
        ? failure
        : retryAfter(failure.kind()).map(failure::withRetryAfter).orElse(failure);
    return new RestException(complete, inDoubt && !exchange.request().isSafe(), status, null);
  }

  Failure byStatus() {
    String redirect = status >= 300 && status < 400
        ? ", a redirect, which is not followed; the base URL must be where the service is"
        : "";
    return Failure.of(
            StatusRules.kind(status),
            exchange.label() + ": HTTP " + status + redirect + quotedBody())
        .withCode(Integer.toString(status));
  }

  Body body() {
    return body;
  }

  Exchange exchange() {
    return exchange;
  }

  private String quotedBody() {
    return body.bytes().length == 0 ? "" : ", body " + exchange.redactor().quote(text());
  }

  private Optional<Duration> retryAfter(FailureKind kind) {
    Optional<Duration> closed = limits.stream()
        .filter(LimitSignal.Closed.class::isInstance)
        .map(s -> ((LimitSignal.Closed) s).delay())
        .filter(d -> !d.isZero())
        .findFirst();
    if (closed.isPresent() || kind != FailureKind.RATE_LIMITED) {
      return closed;
    }
    // a service without Retry-After: wait until what is used up comes back
    return limits.stream()
        .filter(s -> s instanceof LimitSignal.Remaining left && left.remaining() == 0)
        .map(s -> ((LimitSignal.Remaining) s).reset())
        .max(Comparator.naturalOrder());
  }

  /** Gives back the memory that was taken for its body. Does no I/O. */
  @Override
  public void close() {
    body.close();
  }

  @Override
  public String toString() {
    return exchange.label() + ": HTTP " + status + ", " + body.bytes().length + " bytes";
  }
}
