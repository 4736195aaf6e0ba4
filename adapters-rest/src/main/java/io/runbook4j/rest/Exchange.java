package io.runbook4j.rest;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLHandshakeException;

/**
 * One request under way, and how its failures are put into words.
 *
 * @param host host and port, for messages
 * @param client what blots out what the client knows
 */
record Exchange(RestRequest request, String host, Redactor client, Bounds bounds) {
  /** {@return what also blots out the query and the headers of this request} */
  Redactor redactor() {
    return client.knowing(SentValues.of(request));
  }

  /** {@return method, host and path, without a secret} */
  String label() {
    return client.redact(request.method() + " " + host
        + request.toString().substring(request.method().length()));
  }

  /**
   * {@return the body}
   *
   * @throws RestException if it cannot be written; nothing was sent
   */
  Outgoing outgoing() {
    try {
      return request.outgoing(bounds);
    } catch (FailureException e) {
      throw new RestException(e.failure(), false, 0, e);
    } catch (RuntimeException e) {
      Failure failure = Failure.of(
          FailureKind.INVALID,
          label() + " was not sent: its records threw " + redactor().text(e));
      throw new RestException(failure, false, 0, redactor().safe(e));
    }
  }

  /** {@return the exception for an answer that never came} */
  RestException lost(IOException cause, Departure body) {
    boolean isSent = body.isOfSomething() ? !body.holdBack() : !isBeforeSending(cause);
    boolean isLate = cause instanceof HttpTimeoutException
        && !(cause instanceof HttpConnectTimeoutException); // which has a time-out of its own
    String what =
        isSent ? "was sent and had no answer" : "was not sent: no connection could be made";
    String why = isLate ? " within " + bounds.timeout() : " (" + redactor().text(cause) + ")";
    Failure failure = Failure.of(
        isLate && isSent ? FailureKind.TIMEOUT : FailureKind.NETWORK, label() + " " + what + why);
    return new RestException(failure, isSent && !request.isSafe(), 0, redactor().safe(cause));
  }

  /** {@return the exception for an answer of which the body is not there, or not whole} */
  RestException broken(int status, Failure problem) {
    return new RestException(
        Failure.of(problem.kind(), label() + ": HTTP " + status + ", " + problem.message()),
        !request.isSafe(),
        status,
        null);
  }

  /** {@return where a body stops being JSON; what stands there is not repeated} */
  String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String where = at == null ? "" : ", line " + at.getLineNr() + " column " + at.getColumnNr();
    return e instanceof StreamConstraintsException
        ? redactor().redact(e.getOriginalMessage()) + where
        : e.getClass().getSimpleName() + where;
  }

  /** {@return whether it says that nothing was sent} All there is to tell by without a body. */
  private static boolean isBeforeSending(Throwable cause) {
    int depth = 0;
    for (Throwable t = cause; t != null && depth++ < 10; t = t.getCause()) {
      if (t instanceof ConnectException
          || t instanceof HttpConnectTimeoutException
          || t instanceof UnknownHostException
          || t instanceof UnresolvedAddressException
          || t instanceof SSLHandshakeException) {
        return true;
      }
    }
    return false;
  }
}
