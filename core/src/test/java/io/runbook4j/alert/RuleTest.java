package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
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
}
