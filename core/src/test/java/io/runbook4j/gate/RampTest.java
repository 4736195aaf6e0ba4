package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.gate.Guard.Step;
import io.runbook4j.gate.Guard.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RampTest {
  private static Step step(long operations, long failures) {
    return new Step(10, Duration.ofMinutes(10), operations, failures);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 4, PASS", // too few failures to say anything
    "19, 19, STAY", // too few operations
    "20, 5, BREACH",
    "100, 7, BREACH", // exactly 7 %
    "100, 6, STAY",
    "250, 5, STAY", // exactly 2 %
    "251, 5, PASS",
    "0, 0, PASS"
  })
  void failureRate_counts_judgeAtTheThresholds(long operations, long failures, Verdict.Kind kind) {
    assertThat(Guard.failureRate(0.02, 0.07).judge(step(operations, failures)).kind())
        .isEqualTo(kind);
  }

  @Test
  void failureRate_breach_saysCountsAndThreshold() {
    assertThat(Guard.failureRate(0.02, 0.07).judge(step(100, 8)).reason())
        .isEqualTo("8 of 100 operations failed at 10 % (8.0 %, threshold 7.0 %)");
  }

  @Test
  void and_twoGuards_theWorseVerdictCounts() {
    Guard stays = step -> Verdict.stay("wait");
    Guard breaches = Guard.breachWhen(() -> Optional.of("corruption"));
    Guard passes = Guard.breachWhen(Optional::empty);

    assertThat(stays.and(breaches).judge(step(0, 0))).isEqualTo(Verdict.breach("corruption"));
    assertThat(breaches.and(stays).judge(step(0, 0))).isEqualTo(Verdict.breach("corruption"));
    assertThat(stays.and(passes).judge(step(0, 0))).isEqualTo(Verdict.stay("wait"));
    assertThat(passes.and(passes).judge(step(0, 0))).isEqualTo(Verdict.pass());
  }

  @Test
  void failureRate_thresholdsOutOfRange_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guard.failureRate(0, 0.5))
        .withMessage("stayFrom must be above 0 and at most 1, was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guard.failureRate(Double.NaN, 0.5))
        .withMessageContaining("was NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guard.failureRate(0.5, 0.4))
        .withMessage("breachFrom must be at least stayFrom (0.5) and at most 1, was 0.4");
  }

  @Test
  void steps_notRisingTo100_areRefused() {
    Ramp ramp = Ramp.defaults();

    assertThat(ramp.steps(1, 100).steps()).containsExactly(1, 100);
    for (int[] bad : new int[][] {{}, {50}, {50, 50, 100}, {100, 50}, {0, 100}, {50, 101}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ramp.steps(bad))
          .withMessageContaining("steps must be at least 1, rise, and end with 100, was [");
    }
  }

  @Test
  void settings_outOfRange_areRefused() {
    Ramp ramp = Ramp.defaults();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ramp.minOperations(0))
        .withMessage("operations must be at least 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ramp.hold(Duration.ZERO))
        .withMessage("hold must be positive and at most PT720H, was PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ramp.breaches(11))
        .withMessage("breaches must be 1 to 10, was 11");
  }

  @Test
  void order_blankOrLong_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Order.of(" ", "reason"))
        .withMessageContaining("who must be 1 to 500 characters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Order.of("ann", "x".repeat(501)))
        .withMessageContaining("(501)");
  }

  @Test
  void order_text_namesAll() {
    Order order = Order.of("ann", "service answers 500").ticket("OPS-1");

    assertThat(order).hasToString("ann: service answers 500 (OPS-1)");
    assertThat(order.until(Instant.EPOCH))
        .hasToString("ann: service answers 500 (OPS-1, until 1970-01-01T00:00:00Z)");
  }
}
