package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
  private static final Order ANN = Order.of("ann", "corruption");

  @TempDir
  private Path folder;

  private final VirtualTime time = VirtualTime.builder().build();
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("outbox.jsonl");
  }

  private Outbox.Builder builder() {
    return Outbox.builder(file, time).force(Outbox.Force.NEVER);
  }

  private static List<String> payloads(Outbox outbox) {
    return outbox.changes(99).stream().map(Change::payload).toList();
  }

  /** Takes the first change out, as if it had been sent. */
  static String take(Outbox outbox) {
    Pending first = outbox.after(-1).orElseThrow();
    assertThat(outbox.claim(first)).isTrue();
    Pending change = outbox.begin(first.key()).orElseThrow();
    outbox.remove(change, "sent");
    outbox.release(first.key());
    return change.change().payload();
  }

  @Test
  void open_again_hasWhatWasPutInWithTheSameIds() {
    List<Change> before;
    try (Outbox outbox = Outbox.open(file, time)) {
      outbox.put("a", "1 \u2013 \"quoted\"\n\ud83d\ude00\ud83d");
      time.advance(Duration.ofHours(1));
      outbox.put("b", "");
      outbox.put("a", "x".repeat(300_000));
      before = outbox.changes(99);
    }
    try (Outbox outbox = Outbox.open(file, time)) {
      assertThat(outbox.changes(99)).isEqualTo(before);
      assertThat(outbox.changes(2)).hasSize(2);
      assertThat(outbox.holds("a")).isTrue();
      assertThat(outbox.holds("c")).isFalse();
      assertThat(outbox.bytes()).isBetween(300_000L, 301_000L);
      assertThat(outbox.oldest()).contains(Instant.parse("2026-01-05T09:00:00Z"));
    }
  }

  @Test
  void put_afterRemovalsAndRestarts_neverGivesAnIdTwice() {
    Set<String> ids = new TreeSet<>();
    for (int life = 0; life < 20; life++) {
      try (Outbox outbox = builder().compactFrom(1).open()) {
        ids.add(outbox.put("a", "1").id());
        ids.add(outbox.put("a", "2").id());
        take(outbox);
        take(outbox);
      }
    }
    assertThat(ids).hasSize(40);
  }

  @Test
  void put_againWithTheSameIdempotencyKey_keepsTheFirstEvenOnceItIsTakenOut() {
    try (Outbox outbox = Outbox.open(file, time)) {
      assertThat(outbox.put("a", "1", "run-7")).isTrue();
      assertThat(outbox.put("a", "2", "run-7")).isFalse();
      assertThat(outbox.put("b", "3", "run-7")).isTrue();
      assertThat(outbox.put("a", "4", "run-8")).isTrue();
      assertThat(payloads(outbox)).containsExactly("1", "3", "4");
      take(outbox);
      assertThat(outbox.put("a", "5", "run-7")).isFalse();
      assertThat(outbox.taken("run-7")).containsExactlyInAnyOrder("a", "b");
      assertThat(outbox.taken("run-9")).isEmpty();
    }
  }

  @Test
  void put_withAnIdempotencyKey_isRememberedOverRestartsAndCompactionUntilForgotten() {
    try (Outbox outbox = Outbox.open(file, time)) {
      outbox.put("a", "1", "run-7");
      take(outbox);
    }
    try (Outbox outbox = builder().compactFrom(1).open()) {
      outbox.put("b", "2", "run-7"); // compacts
    }
    try (Outbox outbox = builder().compactFrom(1).open()) {
      assertThat(outbox.put("a", "3", "run-7")).isFalse();
      assertThat(outbox.put("b", "4", "run-7")).isFalse();
      outbox.forget("run-7");
      outbox.forget("run-7");
    }
    try (Outbox outbox = builder().open()) {
      assertThat(outbox.taken("run-7")).isEmpty();
      assertThat(payloads(outbox)).containsExactly("2");
      assertThat(outbox.put("a", "5", "run-7")).isTrue();
    }
  }

  @Test
  void put_withABlankIdempotencyKey_isRefused() {
    try (Outbox outbox = Outbox.open(file, time)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> outbox.put("a", "1", " "))
          .withMessageContaining("idempotencyKey must not be blank");
      assertThat(outbox.count()).isZero();
    }
  }

  @Test
  void put_newestWins_takesThePlaceAndTheAgeOfTheOneThatWaits() {
    try (Outbox outbox = builder().newestWins().open()) {
      outbox.put("a", "1");
      outbox.put("b", "2");
      time.advance(Duration.ofHours(1));
      outbox.put("a", "3");
      assertThat(payloads(outbox)).containsExactly("3", "2");
    }
    try (Outbox outbox = builder().newestWins().compactFrom(1).open()) {
      outbox.put("c", "4"); // compacts
      assertThat(payloads(outbox)).containsExactly("3", "2", "4");
      assertThat(outbox.oldest()).contains(Instant.parse("2026-01-05T09:00:00Z"));
    }
    try (Outbox outbox = builder().newestWins().open()) {
      assertThat(payloads(outbox)).containsExactly("3", "2", "4");
      assertThat(outbox.oldest()).contains(Instant.parse("2026-01-05T09:00:00Z"));
    }
  }

  @Test
  void put_newestWinsWhileOneIsOnItsWay_waitsBehindIt() {
    try (Outbox outbox = builder().newestWins().open()) {
      outbox.put("a", "1");
      Pending sent = outbox.after(-1).orElseThrow();
      assertThat(outbox.claim(sent)).isTrue();
      assertThat(outbox.claim(sent)).as("by another drain").isFalse();
      outbox.put("a", "2"); // not on its way yet: replaced
      assertThat(payloads(outbox)).containsExactly("2");
      Pending onItsWay = outbox.begin("a").orElseThrow();
      outbox.put("a", "3");
      outbox.put("a", "4");

      assertThat(payloads(outbox)).containsExactly("2", "4");
      outbox.release("a"); // it failed: the newer one wins
      assertThat(onItsWay.change().payload()).isEqualTo("2");
      assertThat(take(outbox)).isEqualTo("4");
      assertThat(outbox.count()).isZero();
    }
  }

  @Test
  void put_full_isRefusedAndNothingDropped() {
    try (Outbox outbox = builder().maxChanges(2).open()) {
      outbox.put("a", "1");
      outbox.put("b", "2");
      assertThatExceptionOfType(OutboxFullException.class)
          .isThrownBy(() -> outbox.put("c", "3"))
          .withMessageContainingAll("2 changes of at most 2", "key c", "Nothing was dropped")
          .satisfies(full -> assertThat(full.changes()).isEqualTo(2))
          .satisfies(full -> assertThat(full.bytes()).isEqualTo(outbox.bytes()));
      assertThat(payloads(outbox)).containsExactly("1", "2");
      take(outbox);
      outbox.put("c", "3");
    }
    try (Outbox outbox = builder().open()) {
      assertThat(payloads(outbox)).containsExactly("2", "3");
    }
  }

  @Test
  void put_fullOfBytes_isRefused() {
    try (Outbox outbox = builder().maxBytes(1_000).open()) {
      outbox.put("a", "x".repeat(600));
      assertThatExceptionOfType(OutboxFullException.class)
          .isThrownBy(() -> outbox.put("b", "x".repeat(600)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> outbox.put("b", "x".repeat(1_000)))
          .withMessageContaining("payload must be at most 1000 bytes");
    }
  }

  @Test
  void put_fullAndNewestWins_replacementStillFits() {
    try (Outbox outbox = builder().newestWins().maxChanges(1).open()) {
      outbox.put("a", "1");
      outbox.put("a", "2");

      assertThat(payloads(outbox)).containsExactly("2");
    }
  }

  @Test
  void remove_many_keepsTheFileShort() throws IOException {
    try (Outbox outbox = builder().compactFrom(10_000).open()) {
      outbox.put("stays", "here");
      for (int i = 0; i < 2_000; i++) {
        outbox.put("k" + i, "payload");
        Pending last = outbox.after(1).orElseThrow();
        outbox.claim(last);
        outbox.remove(outbox.begin(last.key()).orElseThrow(), "sent");
        outbox.release(last.key());
        assertThat(Files.size(file)).isLessThan(11_000);
      }
      outbox.put("k", "after");
    }
    try (Outbox outbox = builder().open()) {
      assertThat(payloads(outbox)).containsExactly("here", "after");
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(path -> String.valueOf(path.getFileName())))
          .containsExactlyInAnyOrder("outbox.jsonl", "outbox.jsonl.lock");
    }
  }

  @Test
  void discard_change_isGivenUpForGood() {
    String id;
    try (Outbox outbox = builder().open()) {
      id = outbox.put("a", "refused").id();
      outbox.put("a", "next");
      assertThat(outbox.discard(id, "the customer is gone")).isTrue();
      assertThat(outbox.discard(id, "again")).isFalse();
    }
    try (Outbox outbox = builder().open()) {
      assertThat(payloads(outbox)).containsExactly("next");
      assertThat(file).content().contains("discarded: the customer is gone");
    }
  }

  @Test
  void discard_onItsWay_isNotGivenUp() {
    try (Outbox outbox = builder().open()) {
      String id = outbox.put("a", "1").id();
      outbox.claim(outbox.after(-1).orElseThrow());
      Pending sent = outbox.begin("a").orElseThrow();

      assertThat(outbox.discard(id, "why not")).isFalse();
      outbox.remove(sent, "sent");
      outbox.release("a");
      assertThat(outbox.holds("a")).isFalse();
    }
  }

  @Test
  void open_secondOnTheSameFile_isRefused() {
    try (Outbox outbox = builder().open()) {
      assertThatExceptionOfType(GateException.class)
          .isThrownBy(() -> builder().open())
          .withMessageContaining("is held by another outbox");
      outbox.put("a", "1");
    }
    builder().open().close();
  }

  @Test
  void use_closed_isRefused() {
    Outbox outbox = builder().open();
    outbox.close();
    outbox.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> outbox.put("a", "1"))
        .withMessageContaining("must be open, was closed");
  }

  @Test
  void put_badInput_isRefused() {
    try (Outbox outbox = builder().open()) {
      assertThatIllegalArgumentException().isThrownBy(() -> outbox.put(" ", "1"));
      assertThatIllegalArgumentException().isThrownBy(() -> outbox.discard("x", ""));
      assertThatIllegalArgumentException().isThrownBy(() -> builder().maxChanges(0));
      assertThatIllegalArgumentException().isThrownBy(() -> builder().maxBytes(0));
    }
  }

  @Test
  void message_states_areWhatUsersRead() {
    Gate gate = Gate.inMemory("g", time);
    try (Outbox outbox = builder().open()) {
      assertThat(outbox.message(gate.state())).isEmpty();
      gate.localOnly(ANN);
      assertThat(outbox.message(gate.state()).orElseThrow().text())
          .isEqualTo("sync paused \u2013 no local changes queued");
      outbox.put("a", "1");
      time.advance(Duration.ofMinutes(5));
      outbox.put("b", "1");

      assertThat(outbox.message(gate.state()))
          .contains(new PausedMessage(
              "sync paused \u2013 local changes queued (2, the oldest for 5 min)",
              2,
              Duration.ofMinutes(5)));
      gate.ramp(ANN);
      assertThat(outbox.message(gate.state()).orElseThrow().text()).startsWith("sync resuming");
      time.advance(Duration.ofDays(3));
      assertThat(outbox.message(gate.state()).orElseThrow().text()).contains("for 3 days");
    }
  }

  @Test
  void put_diskFull_isNotKeptAndNothingElseIsTouched() {
    SmallDisk disk = new SmallDisk(400);
    try (Outbox outbox = builder().disk(disk).open()) {
      outbox.put("a", "1");
      assertThatExceptionOfType(GateException.class)
          .isThrownBy(() -> outbox.put("b", "x".repeat(900)))
          .withMessageContainingAll("no room", "change of key b", "all 1 changes acknowledged");
      assertThatExceptionOfType(GateException.class).isThrownBy(() -> outbox.put("c", "2"));
    }
    try (Outbox outbox = builder().open()) {
      assertThat(payloads(outbox)).containsExactly("1");
      outbox.put("c", "3");
    }
  }

  @Test
  void compaction_diskFull_goesOnWithTheOldFile() {
    SmallDisk disk = new SmallDisk(Integer.MAX_VALUE);
    try (Outbox outbox = builder().disk(disk).compactFrom(500).open()) {
      disk.opens = false;
      for (int i = 0; i < 50; i++) {
        outbox.put("a", String.valueOf(i));
        take(outbox);
      }
      outbox.put("a", "kept");
    }
    try (Outbox outbox = builder().open()) {
      assertThat(payloads(outbox)).containsExactly("kept");
    }
  }

  /** Takes so many bytes, and writes a part of the rest. */
  private static final class SmallDisk implements Disk {
    private long room;
    private boolean opens = true;

    SmallDisk(long room) {
      this.room = room;
    }

    @Override
    public AppendedFile open(Path path) throws IOException {
      if (!opens && path.toString().endsWith(".tmp")) {
        throw new IOException("no room");
      }
      AppendedFile file = Disk.system().open(path);
      return new AppendedFile() {
        @Override
        public void append(byte[] bytes, int length) throws IOException {
          int part = (int) Math.min(room, length);
          file.append(bytes, part);
          room -= part;
          if (part < length) {
            throw new IOException("no room");
          }
        }

        @Override
        public void force() throws IOException {
          file.force();
        }

        @Override
        public void truncate(long length) throws IOException {
          file.truncate(length);
        }

        @Override
        public void close() throws IOException {
          file.close();
        }
      };
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
      Disk.system().forceFolder(folder);
    }
  }
}
