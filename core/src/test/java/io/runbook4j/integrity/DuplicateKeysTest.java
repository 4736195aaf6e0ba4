package io.runbook4j.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.ChildJvm;
import io.runbook4j.spi.ledger.Finding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuplicateKeysTest {
  @TempDir
  Path folder;

  private DuplicateKeys keys() {
    return DuplicateKeys.in(new Workspace(folder, 1 << 20));
  }

  @Test
  void finding_someKeysComeAgain_countsKeysAndHowOftenTheyCame() {
    try (DuplicateKeys keys = keys()) {
      List.of("a", "b", "c", "a", "b", "a", "").forEach(keys::add);

      Finding finding = keys.finding("users").orElseThrow();

      assertThat(finding.check()).isEqualTo("duplicate-keys");
      assertThat(finding.subject()).isEqualTo("users");
      assertThat(finding.corruption()).isTrue();
      assertThat(finding.total()).isEqualTo(2);
      assertThat(finding.samples()).containsExactlyInAnyOrder("a (3 times)", "b (2 times)");
    }
  }

  @Test
  void finding_noKeysOrDifferentOnes_isEmpty() {
    try (DuplicateKeys none = keys();
        DuplicateKeys different = keys()) {
      List.of("a", "b", "A", "").forEach(different::add);

      assertThat(none.finding("users")).isEmpty();
      assertThat(different.finding("users")).isEmpty();
    }
  }

  @Test
  void finding_differentKeysOfOneHash_areNoDuplicates() {
    byte[][] twins = SpillTest.twins();
    try (DuplicateKeys keys = keys()) {
      keys.add(new String(twins[0], StandardCharsets.US_ASCII));
      keys.add(new String(twins[1], StandardCharsets.US_ASCII));

      assertThat(keys.finding("users")).isEmpty();
    }
  }

  @Test
  void finding_moreDuplicatesThanSamples_countsThemAll() {
    try (DuplicateKeys keys = keys()) {
      for (int i = 0; i < 100_000; i++) {
        keys.add("k" + i % 30_000);
      }

      Finding finding = keys.finding("users").orElseThrow();

      assertThat(finding.total()).isEqualTo(30_000);
      assertThat(finding.samples())
          .hasSize(20)
          .allMatch(text -> text.matches("k\\d+ \\([34] times\\)"));
    }
  }

  @Test
  void add_keyOfMoreThan64KiB_isRefusedAndTheOthersStay() {
    try (DuplicateKeys keys = keys()) {
      keys.add("a");
      keys.add("x".repeat(65_536));

      assertThatThrownBy(() -> keys.add("ü".repeat(32_769)))
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessage("key must be at most 65536 bytes, was 65538");
      keys.add("a");
      assertThat(keys.finding("users").orElseThrow().samples()).containsExactly("a (2 times)");
    }
  }

  @Test
  void add_afterTheFinding_isRefused() {
    try (DuplicateKeys keys = keys()) {
      for (int i = 0; i < 50_000; i++) {
        keys.add("k" + i);
      }
      keys.finding("users");

      assertThatThrownBy(() -> keys.add("a")).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void finding_twoMillionKeysInAHeapOf12MiB_isExact() throws Exception {
    List<String> options = List.of("-Xmx12m", "-XX:+ExitOnOutOfMemoryError");
    try (ChildJvm child =
        ChildJvm.start(DuplicateKeysMain.class, options, "2000000", folder.toString(), "1")) {
      String output = child.rest();

      assertThat(child.exitValue()).as(output).isZero();
      assertThat(output).contains("found all that were planted");
    }
  }
}
