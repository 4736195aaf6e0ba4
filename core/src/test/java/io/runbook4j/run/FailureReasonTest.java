package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.FailureKind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailureReasonTest {
  @Test
  void isOthers_failureThatSaysTheSame_isNot() {
    FailureReason others = FailureReason.others(3, List.of("a"));
    FailureReason failure = new FailureReason(
        Optional.of(FailureKind.INVALID), Optional.empty(), others.text(), 1, List.of("b"));

    assertThat(others.isOthers()).isTrue();
    assertThat(failure.isOthers()).isFalse();
    assertThat(failure.word()).isEqualTo("INVALID");
  }
}
