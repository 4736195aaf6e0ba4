package io.runbook4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SafeTextTest {
  private final SafeText safe = Plain.text();

  @Test
  void text_whatATerminalObeys_isSpelledOut() {
    assertThat(safe.text(
            "a\u001b[2Jb\u009b\u202ec\u200bd\ufeff\ud800\n e\u2028f\u00e9\ud83d\ude00", 200))
        .isEqualTo("a\\u001b[2Jb\\u009b\\u202ec\\u200bd\\ufeff\\ud800  e f\u00e9\ud83d\ude00");
  }

  @Test
  void text_longerThanAllowed_isCutBetweenCharacters() {
    assertThat(safe.text("abc\ud83d\ude00def", 4)).isEqualTo("abc\u2026");
    assertThat(safe.text("abcd", 4)).isEqualTo("abcd");
  }

  @Test
  void text_secretAcrossTheCut_isBlottedFirst() {
    String token = "ghp" + "_" + "Ab3".repeat(12);

    assertThat(safe.text("0123456789 " + token, 18)).isEqualTo("0123456789 [redact\u2026");
  }

  @Test
  void value_ofASecretsName_isBlottedOut() {
    assertThat(safe.value("Slack bot-token", "x y", 99)).isEqualTo("[redacted]");
    assertThat(safe.value("DB_PASSWORD", "x", 99)).isEqualTo("[redacted]");
    assertThat(safe.value("chunk.size", "50", 99)).isEqualTo("50");
  }

  @Test
  void reason_tokensWithoutTheirNumbers_areBlottedOut() {
    String skeletons = Texts.secrets().keySet().stream()
        .filter(secret -> !secret.contains(" "))
        .map(secret -> secret.replaceAll("[0-9]+", "#"))
        .collect(Collectors.joining(" "));

    String reason = safe.reason("refused " + skeletons, 9_999);

    assertThat(reason).contains("refused [redacted]");
    assertThat(reason.replaceAll("\\S{0,40}\\[redacted\\]\\S*", "")).doesNotContain("#");
  }

  @Test
  void reason_proseAndDates_stay() {
    String prose =
        "row # of #: got # x #, since #-#-#T#:#:#Z, see https://photos.example.test/v#/u#";

    assertThat(safe.reason(prose, 999)).isEqualTo(prose);
  }

  @Test
  void reason_numbersThatStay_areNoSecret() {
    String prose = "gate g1 ramps up at 10 % since 2026-11-26T20:00:05Z; # of 200 failed (OPS-70)";

    assertThat(safe.reason(prose, 999)).isEqualTo(prose);
  }

  @Test
  void reason_tokensOfWhichSomeNumbersStay_areBlottedOut() {
    assertThat(safe.reason("refused xoxb-123456789012-#-abc10def", 999))
        .isEqualTo("refused [redacted]");
    assertThat(safe.reason("refused xoxb-123456789012-345678-abc10def", 999))
        .isEqualTo("refused [redacted]");
  }

  @Test
  void reason_longHostileText_takesLittleTime() {
    String text = "a#".repeat(50_000) + " " + "a".repeat(100_000) + "=".repeat(100_000);

    assertThat(safe.reason(text, 20)).hasSizeLessThan(30);
  }
}
