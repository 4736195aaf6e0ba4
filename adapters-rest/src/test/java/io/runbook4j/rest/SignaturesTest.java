package io.runbook4j.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {
  private static final byte[] BODY = "{\"a\":1}".getBytes(UTF_8);
  private static final Instant SIGNED = Instant.ofEpochSecond(1_531_420_618);

  @Test
  void verify_requestWithoutTheHeaders_isFalse() {
    Signatures signatures = Signatures.of("s3cret");

    assertThat(signatures.verify(BODY, null)).isFalse();
    assertThat(signatures.within(Duration.ofMinutes(5)).verify(BODY, "x", null, SIGNED))
        .isFalse();
    assertThat(signatures.within(Duration.ofMinutes(5)).verify(BODY, null, "1531420618", SIGNED))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({ // RFC 4231, sections 4.2 to 4.5
    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b, 4869205468657265,"
        + "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    "4a656665, 7768617420646f2079612077616e7420666f72206e6f7468696e673f,"
        + "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "0102030405060708090a0b0c0d0e0f10111213141516171819,"
        + "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd,"
        + "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
  })
  void hmac_rfc4231_isTheDigestThere(String key, String data, String expected) {
    HexFormat hex = HexFormat.of();

    byte[] digest =
        Signatures.hmac(new SecretKeySpec(hex.parseHex(key), "HmacSHA256"), hex.parseHex(data));

    assertThat(hex.formatHex(digest)).isEqualTo(expected);
  }

  @Test
  void sign_rfc4231Text_isPrefixAndLowerCaseHex() {
    byte[] body = "what do ya want for nothing?".getBytes(UTF_8);

    assertThat(Signatures.of("Jefe").sign(body))
        .isEqualTo("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  @Test
  void verify_anotherByteOrAnotherSecret_isFalse() {
    Signatures mine = Signatures.of("one");
    String signature = mine.sign(BODY);

    assertThat(mine.verify(BODY, signature)).isTrue();
    assertThat(mine.verify("{\"a\":1}\n".getBytes(UTF_8), signature)).isFalse();
    assertThat(Signatures.of("two").verify(BODY, signature)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256=", "sha256=zz", "sha1=", "sha256"})
  void verify_noSignature_isFalse(String text) {
    assertThat(Signatures.of("one").verify(BODY, text)).isFalse();
  }

  @Test
  void verify_cutOrMislabelled_isFalse() {
    String signature = Signatures.of("one").sign(BODY);
    String digest = signature.substring("sha256=".length());

    assertThat(Signatures.of("one").verify(BODY, signature.substring(0, 39))).isFalse();
    assertThat(Signatures.of("one").verify(BODY, signature + "00")).isFalse();
    assertThat(Signatures.of("one").verify(BODY, "sha1=" + digest)).isFalse();
    assertThat(Signatures.of("one").verify(BODY, digest)).isFalse();
    assertThat(Signatures.of("one").verify(BODY, "sha256=" + "g".repeat(64))).isFalse();
  }

  @Test
  void rotating_twoSecrets_signsWithTheCurrentAndTakesEither() {
    Signatures both = Signatures.rotating("new", "old");

    assertThat(both.sign(BODY)).isEqualTo(Signatures.of("new").sign(BODY));
    assertThat(both.verify(BODY, Signatures.of("old").sign(BODY))).isTrue();
    assertThat(both.verify(BODY, Signatures.of("new").sign(BODY))).isTrue();
    assertThat(both.verify(BODY, Signatures.of("older").sign(BODY))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0, true", "300, true", "-300, true", "301, false", "-301, false"})
  void within_window_refusesWhatIsOlderOrAhead(long secondsLater, boolean good) {
    Signatures signatures = Signatures.of("one");
    Signatures.Window window = signatures.within(Duration.ofMinutes(5));

    boolean verified = window.verify(
        BODY, signatures.sign(BODY, SIGNED), "1531420618", SIGNED.plusSeconds(secondsLater));

    assertThat(verified).isEqualTo(good);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1531420619", "", "x", "-1", "99999999999999999999"})
  void within_otherTimestamp_isFalse(String timestamp) {
    Signatures signatures = Signatures.of("one");

    assertThat(signatures
            .within(Duration.ofMinutes(5))
            .verify(BODY, signatures.sign(BODY, SIGNED), timestamp, SIGNED))
        .isFalse();
  }

  @Test
  void of_emptySecret_isRefused() {
    assertThatThrownBy(() -> Signatures.of("")).hasMessageContaining("must be non-blank");
    assertThat(Signatures.of("hush").toString()).doesNotContain("hush");
  }

  @Test
  void sign_publishedVectors_fitEach() throws IOException {
    Path vectors =
        Path.of("..", "..", "shared", "vectors", "webhook_vectors.json").normalize();
    assumeTrue(Files.exists(vectors), "looked for " + vectors + " from the module, found none");

    int checked = 0;
    for (JsonNode vector : new ObjectMapper().readTree(vectors.toFile()).get("vectors")) {
      checked += check(vector) ? 1 : 0;
    }

    assertThat(checked).isEqualTo(8);
  }

  private static boolean check(JsonNode vector) {
    String id = vector.path("id").asText();
    byte[] body = vector.path("body").asText().getBytes(UTF_8);
    switch (vector.path("scheme").asText()) {
      case "github" ->
        assertThat(Signatures.of(vector.get("secret_utf8").asText())
                .verify(body, vector.get("header").get("X-Hub-Signature-256").asText()))
            .as(id)
            .isTrue();
      case "slack-v0" -> {
        String signed =
            "v0:" + vector.get("timestamp").asText() + ":" + vector.get("body").asText();
        assertThat(Signatures.of(vector.get("secret_utf8").asText())
                .prefixed("v0=")
                .sign(signed.getBytes(UTF_8)))
            .as(id)
            .isEqualTo(vector.get("header").get("X-Slack-Signature").asText());
      }
      case "raw-hex" -> {
        JsonNode repeat = vector.path("key_hex_repeat");
        String key = repeat.isMissingNode()
            ? vector.get("key_hex").asText()
            : repeat.get(0).asText().repeat(repeat.get(1).asInt());
        byte[] digest = Signatures.hmac(
            new SecretKeySpec(HexFormat.of().parseHex(key), "HmacSHA256"),
            HexFormat.of().parseHex(vector.get("data_hex").asText()));
        assertThat(HexFormat.of().formatHex(digest))
            .as(id)
            .isEqualTo(vector.get("expect_hex").asText().toLowerCase(Locale.ROOT));
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
