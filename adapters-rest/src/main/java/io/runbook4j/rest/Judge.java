package io.runbook4j.rest;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Says which answers are none, and tells of limits that only the adapter's classifier can see. As
 * safe for many threads as the two.
 */
final class Judge {
  private final Classifier classifier;
  private final Consumer<LimitSignal> learner;

  Judge(Classifier classifier, Consumer<LimitSignal> learner) {
    this.classifier = classifier;
    this.learner = learner;
  }

  /** {@return why the answer, which is closed then, is none} */
  Optional<RestException> refusal(RestRequest request, RestResponse response) {
    boolean isGood = false;
    try {
      Optional<RestException> refusal = reason(request, response);
      isGood = refusal.isEmpty();
      return refusal;
    } finally {
      if (!isGood) {
        response.close();
      }
    }
  }

  private Optional<RestException> reason(RestRequest request, RestResponse response) {
    int status = response.status();
    boolean isAnswer = StatusRules.isSuccess(status) || request.accepts(status);
    Failure problem = response.body().problem();
    if (isAnswer && problem != null) {
      return Optional.of(response.exchange().broken(status, problem));
    }
    if (request.accepts(status)) {
      return Optional.empty();
    }
    Optional<Failure> failure = classifier.failure(response);
    if (failure.isEmpty() && isAnswer) {
      return Optional.empty();
    }
    RestException refusal =
        response.refusal(failure.orElseGet(response::byStatus), classifier.isInDoubt(response));
    if (refusal.failure().kind() == FailureKind.RATE_LIMITED && status != 429) {
      learner.accept(new LimitSignal.Closed(refusal.failure().retryAfter().orElse(Duration.ZERO)));
    }
    return Optional.of(refusal);
  }
}
