package io.runbook4j.file.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScanTest {
  private static final long SEED = 20261126;

  @Test
  void text_everyCharacter_isReadBack() {
    for (int c = 0; c < 0x10000; c++) {
      String text = "a" + (char) c + "b";
      assertThat(scan(line -> line.text("t", text)).text("t")).as("%x", c).isEqualTo(text);
    }
  }

  @Test
  void texts_random_areReadBack() {
    Random random = new Random(SEED);
    for (int round = 0; round < 2_000; round++) {
      List<String> texts = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        texts.add(random
            .ints(random.nextInt(40), 0, Character.MAX_CODE_POINT + 1)
            .map(point -> random.nextInt(3) == 0 ? point : point % 0x180)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString());
      }
      JsonScan scan = scan(line -> line.texts("t", texts).number("n", 7));
      assertThat(scan.texts("t")).as("seed %s", SEED).isEqualTo(texts);
      assertThat(scan.number("n")).isEqualTo(7);
    }
  }

  @Test
  void number_random_isReadBack() {
    Random random = new Random(SEED);
    for (int round = 0; round < 2_000; round++) {
      long value = random.nextLong() >> random.nextInt(64);
      assertThat(scan(line -> line.number("n", value)).number("n"))
          .as("seed %s", SEED)
          .isEqualTo(value);
    }
    assertThat(scan(line -> line.number("n", Long.MIN_VALUE)).number("n"))
        .isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void members_ofEveryKind_areReadInOrder() {
    Instant at = Instant.parse("2026-11-26T22:20:31.935384433Z");
    JsonScan scan = scan(line -> {
      line.time("at", at).object("o").isTrue("yes").object("inner").text("t", "x");
      line.end('}').end('}').array("pairs").pair(1, -2).pair(3, 4).end(']');
      line.array("none").end(']').array("objects");
      line.element().number("n", 1).end('}').element().number("n", 2).end('}').end(']');
      line.text("took", "PT1.5S").texts("keys", List.of("a", "b"));
    });

    assertThat(scan.instant("at")).isEqualTo(at);
    scan.object("o");
    assertThat(scan.isTrue("no")).isFalse();
    assertThat(scan.isTrue("yes")).isTrue();
    scan.object("inner");
    assertThat(scan.text("t")).isEqualTo("x");
    scan.end();
    scan.end();
    scan.array("pairs");
    assertThat(scan.more()).isTrue();
    assertThat(scan.pair()).containsExactly(1, -2);
    assertThat(scan.more()).isTrue();
    assertThat(scan.pair()).containsExactly(3, 4);
    assertThat(scan.more()).isFalse();
    scan.array("none");
    assertThat(scan.more()).isFalse();
    scan.array("objects");
    for (int n = 1; n <= 2; n++) {
      assertThat(scan.more()).isTrue();
      assertThat(scan.number("n")).isEqualTo(n);
      scan.end();
    }
    assertThat(scan.more()).isFalse();
    assertThat(scan.duration("took")).isEqualTo(Duration.ofMillis(1_500));
    assertThat(scan.has("key")).isFalse();
    assertThat(scan.has("keys")).isTrue();
    byte[] rest = scan.rest("keys");
    assertThat(new JsonScan(rest, 0, rest.length).texts()).containsExactly("a", "b");
  }

  @Test
  void member_thatIsNotNext_isNamed() {
    JsonScan scan = scan(line -> line.number("a", 1).number("b", 2));

    assertThatThrownBy(() -> scan.number("b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("b must be present, was not");
    assertThatThrownBy(() -> scan.text("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a must be text, was \"1\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"t\":\"abc",
        "{\"t\":\"abc\\",
        "{\"t\":\"abc\\u12",
        "{\"t\":\"abc\\u12x4\"",
        "{\"t\":\"abc\\b\"",
        "{\"t\":",
        "{\"t\"",
        "{",
        "",
        "{\"t\":[\"a\"",
        "{\"t\":[1]",
        "{\"t\":[[1,2]",
        "{\"t\":99999999999999999999",
        "{\"t\":-}",
        "{\"t\":truly}"
      })
  void anything_thatWeWouldNotWrite_isRefused(String json) {
    List<Consumer<JsonScan>> reads = List.of(
        scan -> scan.text("t"),
        scan -> scan.number("t"),
        scan -> scan.texts("t"),
        scan -> {
          scan.array("t");
          scan.pair();
        },
        scan -> {
          if (!scan.isTrue("t")) {
            throw new IllegalArgumentException();
          }
        },
        scan -> scan.object("t"));
    for (Consumer<JsonScan> read : reads) {
      byte[] bytes = json.getBytes(StandardCharsets.US_ASCII);
      assertThatThrownBy(() -> read.accept(new JsonScan(bytes, 0, bytes.length)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static JsonScan scan(Consumer<JsonLine> write) {
    JsonLine line = new JsonLine();
    line.begin();
    write.accept(line);
    line.seal();
    return new JsonScan(line.bytes(), 0, line.length() - 1);
  }
}
