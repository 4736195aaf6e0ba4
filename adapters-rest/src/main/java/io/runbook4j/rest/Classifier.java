package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import java.util.Optional;

/**
 * An adapter's own reading of an answer, asked before the rules by status: Salesforce says
 * {@code REQUEST_LIMIT_EXCEEDED} with a 403, Slack says {@code ok:false} with a 200. Safe for many
 * threads.
 *
 * <p>The rules by status are: 2xx and 304 are no failure; 300 to 399 (no redirect is followed), 400
 * and 422 are INVALID; 401 AUTHENTICATION; 403 PERMISSION; 404, 410 NOT_FOUND; 408 TIMEOUT; 409,
 * 412, 423 CONFLICT; 413 TOO_LARGE; 429 RATE_LIMITED; every other 4xx INVALID; 5xx SERVER_ERROR.
 * The status becomes the failure's code. {@code retryAfter} is filled in from the headers.
 */
@FunctionalInterface
public interface Classifier {
  /**
   * {@return what this answer means if it is a failure that the status alone does not tell; empty
   * to go by the status} AUTHENTICATION makes the client refresh its credential and send once more.
   *
   * @param response an answer of any status; the body of a streamed one is empty
   */
  Optional<Failure> failure(RestResponse response);

  /**
   * {@return whether the service may have done what it was asked to, or a part of it, although it
   * answered with a failure} By default so for a 300 to 303 (a form that was taken, and leads on to
   * its result), a 408 and every 5xx (a handler that died half-way, a gateway that lost the answer)
   * but those that refuse before any work: 501, 503, 505, 507, 511. Never for a GET, HEAD or
   * OPTIONS. An idempotency key changes nothing: it helps only when the same chunk is sent again,
   * and that is done with what is in doubt; what was refused goes out in a new chunk with a new
   * key.
   */
  default boolean isInDoubt(RestResponse response) {
    return StatusRules.isInDoubt(response.status());
  }

  /** {@return a classifier that goes by the status alone} */
  static Classifier byStatus() {
    return response -> Optional.empty();
  }
}
