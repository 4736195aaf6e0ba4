package io.runbook4j.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonLineTest {
  private static final long SEED = 20261123;

  @Test
  void text_everyCharacter_isReadBack() throws IOException {
    JsonLine line = new JsonLine();
    for (int start = 0; start < 0x10000; start += 0x100) {
      StringBuilder text = new StringBuilder();
      for (int c = start; c < start + 0x100; c++) {
        text.append((char) c);
      }
      line.clear();
      line.begin().text("t", text.toString()).seal();
      assertThat(read(line).get("t").textValue()).isEqualTo(text.toString());
    }
  }

  @Test
  void text_random_isReadBackAndHoldsNoControlByte() throws IOException {
    Random random = new Random(SEED);
    JsonLine line = new JsonLine();
    for (int round = 0; round < 2_000; round++) {
      int[] points = random
          .ints(random.nextInt(50), 0, Character.MAX_CODE_POINT + 1)
          .map(point -> random.nextInt(3) == 0 ? point : point % 0x180)
          .toArray();
      String text = new String(points, 0, points.length);
      line.clear();
      line.begin().texts("t", List.of(text, text)).seal();
      assertThat(read(line).get("t").get(1).textValue()).as("seed %s", SEED).isEqualTo(text);
      for (int i = 0; i < line.length() - 1; i++) {
        assertThat(line.bytes()[i] & 0xff).isGreaterThanOrEqualTo(0x20).isNotEqualTo(0x7f);
      }
    }
  }

  @Test
  void time_random_isWrittenAsInstantDoes() throws IOException {
    Random random = new Random(SEED);
    JsonLine line = new JsonLine();
    for (int round = 0; round < 2_000; round++) {
      long second =
          random.nextInt(4) == 0 ? 7 : random.nextLong(-100_000_000_000L, 300_000_000_000L);
      int unit = List.of(1, 1_000, 1_000_000, 1_000_000_000).get(random.nextInt(4));
      Instant instant =
          Instant.ofEpochSecond(second, (long) (random.nextInt(1_000_000_000) / unit) * unit);
      line.clear();
      line.begin().time("t", instant).seal();
      assertThat(read(line).get("t").textValue()).as("seed %s", SEED).isEqualTo(instant.toString());
    }
  }

  @Test
  void number_random_isReadBack() throws IOException {
    Random random = new Random(SEED);
    JsonLine line = new JsonLine();
    for (int round = 0; round < 2_000; round++) {
      long value = random.nextLong() >> random.nextInt(64);
      line.clear();
      line.begin().number("n", value).seal();
      assertThat(read(line).get("n").longValue()).as("seed %s", SEED).isEqualTo(value);
    }
  }

  @Test
  void seal_severalLines_areEachIntact() throws IOException {
    JsonLine line = new JsonLine();
    line.begin().number("n", Long.MIN_VALUE).object("o").isTrue("t").end('}').seal();
    int first = line.length();
    line.begin().array("a").element().end('}').pair(1, 22).end(']').seal();
    line.begin().text("dropped", "x");

    assertThat(Seal.isIntact(line.bytes(), 0, first - 1)).isTrue();
    assertThat(Seal.isIntact(line.bytes(), first, line.length() - 1)).isTrue();
    assertThat(Seal.isIntact(line.bytes(), 0, line.length() - 1)).isFalse();
    JsonNode second = new ObjectMapper().readTree(line.bytes(), first, line.length() - first);
    assertThat(second.get("a").toString()).isEqualTo("[{},[1,22]]");
  }

  @Test
  void seal_knownBytes_isCrc32c() {
    JsonLine line = new JsonLine();

    line.begin().number("n", 1).seal();

    String text =
        new String(line.bytes(), 0, line.length(), java.nio.charset.StandardCharsets.UTF_8);
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update("{\"n\":1".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(text)
        .isEqualTo("{\"n\":1,\"crc\":\"" + String.format("%08x", crc.getValue()) + "\"}\n");
  }

  private static JsonNode read(JsonLine line) throws IOException {
    assertThat(Seal.isIntact(line.bytes(), 0, line.length() - 1)).isTrue();
    return new ObjectMapper().readTree(line.bytes(), 0, line.length());
  }
}
