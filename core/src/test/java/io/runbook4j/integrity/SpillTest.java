package io.runbook4j.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpillTest {
  private static final int MIB = 1 << 20;

  @TempDir
  Path folder;

  private Workspace workspace() {
    return new Workspace(folder, MIB);
  }

  /** {@return payloads by key, in their order; fails if a key comes back after another one} */
  private static Map<String, List<String>> groups(Spill spill) {
    Map<String, List<String>> groups = new HashMap<>();
    Merge merge = spill.merge();
    List<String> group = List.of();
    while (spill.advance(merge)) {
      if (merge.isNewKey()) {
        group = new ArrayList<>();
        assertThat(groups.put(merge.key(), group)).as("key " + merge.key()).isNull();
      }
      group.add(new String(merge.payload(), StandardCharsets.ISO_8859_1));
    }
    return groups;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 60_000, 250_000})
  void merge_anyNumberOfRecords_bringsEqualKeysTogetherInOrderOfPayload(int records) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<String, List<String>> expected = new HashMap<>();
    try (Spill spill = new Spill(workspace())) {
      for (int i = 0; i < records; i++) {
        // Some keys are alone, some have thousands of records.
        String key = "k" + (int) Math.pow(records, random.nextDouble()) + (i % 7 == 0 ? "ü" : "");
        String payload = Integer.toString(random.nextInt(1_000));
        expected.computeIfAbsent(key, k -> new ArrayList<>()).add(payload);
        spill.add(key, bytes(payload));
      }
      expected.values().forEach(Collections::sort);

      assertThat(groups(spill)).as("seed " + seed).isEqualTo(expected);
    }
  }

  @Test
  void merge_oneKeyOnly_sortsItsRecords() {
    List<String> expected = new ArrayList<>();
    try (Spill spill = new Spill(workspace())) {
      for (int i = 0; i < 100_000; i++) {
        String payload = Integer.toString(i * 7_919 % 100_000);
        expected.add(payload);
        spill.add("the same", bytes(payload));
      }
      Collections.sort(expected);

      assertThat(groups(spill)).isEqualTo(Map.of("the same", expected));
    }
  }

  @Test
  void merge_keysThatUtf8CannotTellApart_keepsThemApart() {
    List<String> keys = List.of(
        "",
        "\0",
        "?",
        "\uFFFD",
        "\uD800",
        "\uDBFF",
        "\uDC00",
        "\uD83D\uDE00",
        "\uDE00\uD83D",
        "é",
        "e\u0301",
        "\u007f",
        "\u0080",
        "\u07ff",
        "\u0800",
        "\uffff");
    try (Spill spill = new Spill(workspace())) {
      keys.forEach(key -> spill.add(key, bytes("x")));

      assertThat(groups(spill).keySet()).isEqualTo(Set.copyOf(keys)).hasSameSizeAs(keys);
    }
  }

  @Test
  void merge_recordsOfAllLengths_keepsThemWhole() {
    Map<String, List<String>> expected = new HashMap<>();
    List<Integer> lengths = List.of(0, 1, 127, 128, 129, 4_095, 4_096, 5_000, 65_000, 65_527);
    try (Spill spill = new Spill(workspace())) {
      for (int round = 0; round < 40; round++) {
        for (int length : lengths) {
          String key = round + "-" + length;
          String payload = "p".repeat(Math.min(length, Spill.LONGEST - key.length()));
          expected.put(key, List.of(payload));
          spill.add(key, bytes(payload));
        }
      }

      assertThat(groups(spill)).isEqualTo(expected);
    }
  }

  @Test
  void add_recordLongerThanTheBound_isRefused() {
    try (Spill spill = new Spill(workspace())) {
      assertThatThrownBy(() -> spill.add("k".repeat(Spill.LONGEST), new byte[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("65536")
          .hasMessageContaining("65537");
    }
  }

  @Test
  void close_filesWereWritten_leavesNothingBehind() throws IOException {
    try (Spill spill = new Spill(workspace())) {
      for (int i = 0; i < 100_000; i++) {
        spill.add("key " + i, new byte[0]);
      }
      spill.merge();
    }

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void add_folderIsGone_saysWhichFolder() throws IOException {
    Path gone = Files.createDirectory(folder.resolve("gone"));
    try (Spill spill = new Spill(new Workspace(gone, MIB))) {
      Files.delete(gone);

      assertThatThrownBy(() -> {
            for (int i = 0; i < 100_000; i++) {
              spill.add("key " + i, new byte[0]);
            }
          })
          .isInstanceOf(java.io.UncheckedIOException.class)
          .hasMessageContaining(gone.toString());
    }
  }

  @Test
  void hash_keysThatDifferInOneBit_fallIntoAllParts() {
    Set<Long> upper = new HashSet<>();
    for (int i = 0; i < 4_096; i++) {
      byte[] key = bytes(String.format(java.util.Locale.ROOT, "user-%08d", i));
      upper.add(RecordCursor.hash(key, 0, key.length) >>> 56);
    }

    assertThat(upper).hasSize(256);
  }

  @Test
  void merge_differentKeysOfOneHash_keepsThemApart() {
    byte[][] twins = twins();
    String one = new String(twins[0], StandardCharsets.US_ASCII);
    String other = new String(twins[1], StandardCharsets.US_ASCII);

    try (Spill spill = new Spill(workspace())) {
      spill.add(one, bytes("1"));
      spill.add(other, bytes("2"));
      spill.add(one, bytes("3"));

      assertThat(groups(spill)).isEqualTo(Map.of(one, List.of("1", "3"), other, List.of("2")));
    }
  }

  /** {@return two different keys with the same hash} */
  static byte[][] twins() {
    // The state after 8 bytes goes into the next 8 by exclusive or, so it can be undone there.
    byte[] one = bytes("aaaaaaaabbbbbbbb");
    byte[] other = one.clone();
    Random random = new Random(1);
    do {
      for (int i = 0; i < 8; i++) {
        other[i] = (byte) ('a' + random.nextInt(26));
      }
      long change = state(one) ^ state(other);
      for (int i = 0; i < 8; i++) {
        other[8 + i] = (byte) (one[8 + i] ^ (byte) (change >>> (8 * i)));
      }
    } while (Arrays.equals(one, other) || !isAscii(other));
    assertThat(RecordCursor.hash(other, 0, 16)).isEqualTo(RecordCursor.hash(one, 0, 16));
    return new byte[][] {one, other};
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b <= ' ') {
        return false;
      }
    }
    return true;
  }

  private static long state(byte[] sixteen) {
    long first = java.nio.ByteBuffer.wrap(sixteen)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .getLong();
    return RecordCursor.mix(16 ^ first);
  }
}
