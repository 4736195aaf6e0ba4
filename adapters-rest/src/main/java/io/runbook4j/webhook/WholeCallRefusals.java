package io.runbook4j.webhook;

import io.runbook4j.rest.Classifier;
import io.runbook4j.rest.RestResponse;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.util.Optional;

/**
 * Tells refusals of every call, whatever its items, from those of the data: no item stands in a
 * webhook's URL, so that a 404 is no word about one. Bisecting such a chunk finds nothing.
 */
final class WholeCallRefusals implements Classifier {
  @Override
  public Optional<Failure> failure(RestResponse response) {
    int status = response.status();
    // the kind of what a person puts right for all items at once
    return remedy(status)
        .map(remedy -> Failure.of(
                FailureKind.PERMISSION,
                remedy + "; " + response.refusal().failure().message())
            .withCode(Integer.toString(status)));
  }

  private static Optional<String> remedy(int status) {
    return switch (status) {
      case 404, 410 -> Optional.of("setting url must be that of a receiver, none is there");
      case 405 -> Optional.of("setting url must be one that takes POST, does not");
      case 407 -> Optional.of("the proxy must let the call through, wants a login");
      case 415 -> Optional.of("setting url must be one that takes application/json, does not");
      default ->
        status >= 300 && status < 400 && status != 304
            ? Optional.of("setting url must be that of the receiver, leads to another")
            : Optional.empty();
    };
  }
}
