package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.testkit.ServiceCall;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a service's own record of its calls has to show of those who called it. */
final class ServiceRules {
  private static final Set<FailureKind> ATTEMPTS = EnumSet.of(
      FailureKind.SERVER_ERROR, FailureKind.NETWORK, FailureKind.TIMEOUT, FailureKind.CONFLICT);
  private static final Set<FailureKind> NOT_TAKEN =
      EnumSet.of(FailureKind.RATE_LIMITED, FailureKind.AUTHENTICATION);

  private final List<ServiceCall> calls;

  ServiceRules(List<ServiceCall> calls) {
    this.calls = calls;
  }

  /**
   * Once the service has said when it opens again, no call comes before.
   *
   * @param from the first call of the process
   * @param lag how long a call may have been on its way when the service said so
   */
  void checkReopening(int from, Duration lag) {
    for (int i = from; i < calls.size(); i++) {
      ServiceCall limited = calls.get(i);
      Duration asked = limited.answer().flatMap(ServiceRules::asked).orElse(Duration.ZERO);
      Instant opens = limited.at().plus(asked);
      for (int j = i + 1; j < calls.size() && calls.get(j).at().isBefore(opens); j++) {
        assertThat(calls.get(j).at())
            .as("a call before %s, when the service opens again after %s", opens, limited)
            .isBeforeOrEqualTo(limited.at().plus(lag));
      }
    }
  }

  private static Optional<Duration> asked(ChunkResult answer) {
    return answer.isWholeCall()
        ? failure(answer.others().orElseThrow())
            .filter(failure -> failure.kind() == FailureKind.RATE_LIMITED)
            .flatMap(Failure::retryAfter)
        : Optional.empty();
  }

  private static Optional<Failure> failure(Outcome outcome) {
    return outcome instanceof Outcome.Failed failed
        ? Optional.of(failed.failure())
        : Optional.empty();
  }

  /** A chunk whose answer was lost is sent again a few times, as it was. */
  void checkReapplications(int from, int most) {
    Map<String, Integer> times = new HashMap<>();
    for (ServiceCall call : calls.subList(from, calls.size())) {
      boolean taken = call.answer()
          .filter(ChunkResult::isWholeCall)
          .flatMap(answer -> failure(answer.others().orElseThrow()))
          .filter(failure -> NOT_TAKEN.contains(failure.kind()))
          .isEmpty();
      int so = times.merge(call.idempotencyKey(), taken ? 1 : 0, Integer::sum);
      assertThat(so).as("times that a chunk was sent, last %s", call).isLessThanOrEqualTo(most);
    }
  }

  /**
   * {@return in how many chunks, each sent the first time, the answer was a failure of the item}
   */
  Map<String, Integer> attempts() {
    Set<String> chunks = new HashSet<>();
    Map<String, Integer> attempts = new HashMap<>();
    for (ServiceCall call : calls) {
      if (chunks.add(call.idempotencyKey()) && call.answer().isPresent()) {
        ChunkResult answer = call.answer().get();
        for (String key : call.keys()) {
          if (answer
              .outcome(key)
              .flatMap(ServiceRules::failure)
              .filter(this::counts)
              .isPresent()) {
            attempts.merge(key, 1, Integer::sum);
          }
        }
      }
    }
    return attempts;
  }

  private boolean counts(Failure failure) {
    return ATTEMPTS.contains(failure.kind());
  }
}
