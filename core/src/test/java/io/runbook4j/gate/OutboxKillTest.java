package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.ChildJvm;
import io.runbook4j.spi.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes on one outbox, killed for real, one after the other. */
class OutboxKillTest {
  private static final long SEED = 20261123;
  private static final int KILLS = 10;

  @TempDir
  private Path folder;

  private final Random random = new Random(SEED);

  /**
   * What the service has got: ids in the order in which they came first, and the numbers by key.
   */
  private final Set<String> ids = new LinkedHashSet<>();

  private final Map<String, List<Integer>> sent = new TreeMap<>();
  private int put;
  private int repeated;

  @Test
  void put_killedAtRandomMoments_losesNothingAndKeepsTheOrder() throws Exception {
    Path file = folder.resolve("outbox.jsonl");
    for (int kill = 1; kill <= KILLS; kill++) {
      int before = ids.size();
      live(file);
      check(file, kill);
      assertThat(repeated).as("sent again in life " + kill).isLessThanOrEqualTo(1);
      repeated = 0;
      assertThat(ids.size()).as("sent in life " + kill).isGreaterThan(before);
    }
  }

  private ChildJvm child(Path file) throws IOException {
    return ChildJvm.start(
        OutboxWriterMain.class,
        List.of(),
        file.toString(),
        String.valueOf(put + 1),
        String.valueOf(random.nextLong()));
  }

  /** Else a test that fails would leave it behind, which fills the disk. */
  @Test
  void put_nobodyListens_ends() throws IOException {
    try (ChildJvm child = child(folder.resolve("outbox.jsonl"))) {
      assertThat(child.line()).contains("put 1");
      child.stopListening();

      assertThat(child.exitValue()).isZero();
    }
  }

  private void live(Path file) throws IOException {
    try (ChildJvm child = child(file)) {
      for (int lines = 40 + random.nextInt(200); lines > 0; lines--) {
        note(child.line().orElseThrow());
      }
      for (int spins = random.nextInt(20_000); spins > 0; spins--) {
        Thread.onSpinWait();
      }
      child.kill();
      String all = child.rest();
      all.substring(0, all.lastIndexOf('\n') + 1).lines().forEach(this::note);
    }
  }

  private void note(String line) {
    String[] words = line.split(" ", -1);
    if (words[0].equals("put")) {
      put = Integer.parseInt(words[1]);
    } else if (ids.add(words[1])) {
      sent.computeIfAbsent(words[2], key -> new ArrayList<>()).add(Integer.valueOf(words[3]));
    } else {
      repeated++;
    }
  }

  private void check(Path file, int kill) {
    Map<String, List<Integer>> all = new TreeMap<>();
    sent.forEach((key, numbers) -> all.put(key, new ArrayList<>(numbers)));
    try (Outbox outbox = Outbox.open(file, Time.system())) {
      for (Change change : outbox.changes(Integer.MAX_VALUE)) {
        if (!ids.contains(change.id())) {
          all.computeIfAbsent(change.key(), key -> new ArrayList<>())
              .add(Integer.valueOf(change.payload()));
        }
      }
    }
    int count = all.values().stream().mapToInt(List::size).sum();
    // The last put may have been written and not acknowledged.
    assertThat(count).as("seed %s, life %s", SEED, kill).isBetween(put, put + 1);
    put = count;
    all.forEach((key, numbers) -> {
      int remainder = Integer.parseInt(key.substring(3));
      List<Integer> expected = new ArrayList<>();
      for (int number = remainder == 0 ? 5 : remainder; number <= put; number += 5) {
        expected.add(number);
      }
      assertThat(numbers).as("seed %s, life %s, %s", SEED, kill, key).isEqualTo(expected);
    });
  }
}
