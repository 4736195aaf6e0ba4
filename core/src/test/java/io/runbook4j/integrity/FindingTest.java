package io.runbook4j.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.ledger.Finding;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingTest {
  @Test
  void samples_tooManyOrTooLong_areBoundedAndOnOneLine() {
    Finding finding =
        new Finding("c", "s", false, 500, Collections.nCopies(300, "a\nb\u0007" + "x".repeat(500)));

    assertThat(finding.samples()).hasSize(100);
    assertThat(finding.samples().get(0)).hasSize(200).startsWith("a b x");
  }

  @Test
  void samples_cutInTheMiddleOfACharacter_leaveItOut() {
    Finding finding = new Finding("c", "s", false, 1, List.of("x".repeat(199) + "👍"));

    assertThat(finding.samples()).containsExactly("x".repeat(199));
  }

  @Test
  void text_someOrNoSamples_saysHowManyMore() {
    assertThat(new Finding("orphans", "child", true, 5, List.of("a", "b")).text())
        .isEqualTo("orphans in child: 5 (corruption): a; b; and 3 more");
    assertThat(new Finding("utc", "t", false, 1, List.of("a")).text()).isEqualTo("utc in t: 1: a");
    assertThat(new Finding("utc", "t", false, 7, List.of()).text()).isEqualTo("utc in t: 7");
  }

  @Test
  void total_belowOneOrTheSamples_isRefused() {
    assertThatThrownBy(() -> new Finding("c", "s", false, 0, List.of()))
        .hasMessage("total must be at least 1 and the number of samples (0), was 0");
    assertThatThrownBy(() -> new Finding("c", "s", false, 1, List.of("a", "b")))
        .hasMessageContaining("was 1");
  }
}
