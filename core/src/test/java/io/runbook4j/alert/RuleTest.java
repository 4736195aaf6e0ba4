package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RuleTest {
  private static Counts failed(long failed) {
    return new Counts(100, 100 - failed, failed, 0, 0, 0);
  }

  @Test
  void check_atTheThreshold_isSilent() {
    assertThat(Rule.failuresInRunOver(5).check("photos", failed(5))).isEmpty();
  }

  @Test
  void check_overTheThreshold_saysHowManyAndWhatToDo() {
    var alert = Rule.failuresInRunOver(5).check("photos", failed(6)).orElseThrow();

    assertThat(alert.severity()).isEqualTo(Severity.WARNING);
    assertThat(alert.job()).isEqualTo("photos");
    assertThat(alert.text()).contains("6 items of job photos", "more than 5", "rerun");
  }

  @Test
  void severity_changed_isTheAlerts() {
    assertThat(Rule.failuresInRunOver(0)
            .severity(Severity.SEV3)
            .check("photos", failed(1))
            .orElseThrow()
            .severity())
        .isEqualTo(Severity.SEV3);
  }

  @Test
  void failuresInRunOver_negative_namesTheValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rule.failuresInRunOver(-1))
        .withMessage("most must be at least 0, was -1");
  }

  @Test
  void factories_badValues_nameThem() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rule.failureRate(0, Duration.ofMinutes(30)))
        .withMessage("share must be above 0 and at most 1, was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rule.failureRate(0.1, Duration.ofSeconds(15)))
        .withMessage("window must be a positive multiple of PT10S, at most PT744H, was PT15S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rule.failureRate(0.1, Duration.ofHours(1)).alsoOver(Duration.ofHours(1)))
        .withMessage("alsoOver must be shorter than the window (PT1H), was PT1H");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rule.corruption().minimum(1, 1))
        .withMessage("minimum must be set on a rule over a rate, was set on corruption");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rule.corruption().pendingFor(Duration.ofSeconds(-1)))
        .withMessage("pendingFor must be at least 0, was PT-1S");
  }

  @Test
  void name_ofAChangedCondition_followsUnlessItWasSet() {
    Rule rule = Rule.failureRate(0.05, Duration.ofHours(24));

    assertThat(rule.name()).isEqualTo("failure-rate-5pct-24h");
    assertThat(rule.alsoOver(Duration.ofHours(2)).name()).isEqualTo("failure-rate-5pct-24h-and-2h");
    assertThat(rule.name("day").alsoOver(Duration.ofHours(2)).name()).isEqualTo("day");
  }
}
