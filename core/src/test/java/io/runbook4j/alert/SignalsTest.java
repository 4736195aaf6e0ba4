package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is counted, and what counting costs. */
class SignalsTest {
  private static final long NOW = Instant.parse("2026-03-02T12:00:00Z").toEpochMilli();

  // Of another implementation: CPython's hash of the bytes 11, 48, 85.. under the key 0.
  @ParameterizedTest
  @CsvSource({
    "1, 26144e6cff3ac45c",
    "7, df736fc88c20792a",
    "8, 13c8df4ec019b503",
    "9, dfb5eb7cc3223b49",
    "15, beba3cf576457485",
    "16, 610125500b21b982",
    "36, c525e621a1ae4e7d"
  })
  void sipHash_bytesOfEveryAlignment_areHashedAsByAnother(int bytes, String expected) {
    byte[] input = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      input[i] = (byte) (37 * i + 11);
    }
    String text = new String(input, StandardCharsets.ISO_8859_1);

    assertThat(new SipHash(0, 0).hash(text)).isEqualTo(Long.parseUnsignedLong(expected, 16));
  }

  @Test
  void sipHash_namesThatDifferInTheHighBytesOnly_differ() {
    SipHash hash = new SipHash(1, 2);
    Set<Long> hashes = new HashSet<>();
    for (int at = 0; at < 20; at++) {
      for (int high = 0; high < 256; high++) {
        StringBuilder name = new StringBuilder("a".repeat(20));
        name.setCharAt(at, (char) (high << 8 | 'a'));
        hashes.add(hash.hash(name.toString()));
      }
    }

    assertThat(hashes).hasSize(20 * 255 + 1);
  }

  @Test
  void cells_anyLatency_liesBelowItsUpperEdgeAndAtLeastAtTheOneBefore() {
    Latencies cells = new Latencies(2_000_000, 1_600_000, 8);
    Random random = new Random(3);

    for (int i = 0; i < 100_000; i++) {
      long micros = random.nextLong(1L << (1 + random.nextInt(36)));
      int cell = cells.cell(micros);

      assertThat(micros).isLessThan(cells.upperEdge(cell));
      assertThat(cell == 0 || micros >= cells.upperEdge(cell - 1)).isTrue();
    }
    assertThat(cells.cell(1_999_999)).isLessThan(cells.cell(2_000_000));
  }

  @Test
  void users_manyOverTwoDays_areCountedExactly() {
    UserTable table = new UserTable(1_440);
    Random random = new Random(11);
    int[] last = new int[30_000];
    int minute = 29_000_000;
    for (int i = 0; i < 400_000; i++) {
      if (i % 140 == 0) {
        table.tick(++minute);
      }
      int user = random.nextInt(1 + i / 14 % 30_000);
      boolean failed = random.nextInt(3) == 0;
      table.record(user * 0x9E3779B97F4A7C15L, minute, failed);
      if (failed) {
        last[user] = minute;
      }
    }

    int since = minute - 1_440;
    long expected = Arrays.stream(last).filter(it -> it >= since).count();
    assertThat(expected).isGreaterThan(10_000);
    assertThat(table.failedSince(since)).isEqualTo((int) expected);
  }

  @Test
  void users_tableGrowsBetweenTicks_countsAllAtOnce() {
    UserTable table = new UserTable(1_440);
    for (int user = 1; user <= 5_000; user++) {
      table.record(user * 0x9E3779B97F4A7C15L, 29_000_000, true);
    }

    assertThat(table.failedSince(29_000_000)).isEqualTo(5_000);
  }

  @ParameterizedTest
  @CsvSource({"95, INACTIVE", "94, FIRING"})
  void percentile_ofAHundredLatencies_isExact(int below, Watch.State expected) {
    BackTest test = BackTest.of(
        "job", List.of(Rule.latencyAtLeast(0.95, Duration.ofSeconds(2), Duration.ofMinutes(5))));
    Instant at = Instant.ofEpochMilli(NOW);
    for (int i = 0; i < 100; i++) {
      test.latency(Duration.ofNanos(i < below ? 1_999_999_000L : 2_000_000_000L), at);
    }
    test.until(at.plusSeconds(60));

    assertThat(test.firings().isEmpty()).isEqualTo(expected == Watch.State.INACTIVE);
  }

  @Test
  void users_moreThanTheBound_areReportedAsFullAndForgottenInTime() {
    UserTable table = new UserTable(1_440);
    for (int user = 1; user <= 150_000; user++) {
      table.record(user * 0x9E3779B97F4A7C15L, 29_000_000, true);
    }

    assertThat(table.wasFull()).isTrue();
    assertThat(table.failedSince(0)).isEqualTo(UserTable.MOST);

    table.tick(29_002_000);
    table.record(7, 29_002_000, true);
    assertThat(table.failedSince(29_001_000)).isEqualTo(1);
    assertThat(table.seenSince(29_001_000)).isEqualTo(1);
  }

  @Test
  void record_manyThreadsWhileItDrains_losesNothing() throws Exception {
    Needs needs = Needs.of(List.of(
        Rule.failureRate(0.1, Duration.ofMinutes(15)),
        Rule.userFailureRate(0.1, Duration.ofHours(1)),
        Rule.latencyAtLeast(0.5, Duration.ofMillis(1), Duration.ofMinutes(5))));
    JobSeries series = new JobSeries(needs, new SipHash(1, 2), NOW);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int mine = t;
      threads.add(new Thread(() -> {
        for (int i = 0; i < 100_000; i++) {
          series.outcome("u" + mine + "-" + i % 2_500, i % 4 == 0 ? 1 : 0, NOW + i % 10_000);
          series.latency(i % 2 * 2_000_000L, NOW);
        }
      }));
    }

    threads.forEach(Thread::start);
    while (threads.stream().anyMatch(Thread::isAlive)) {
      series.drain();
      series.current(NOW);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    series.drain();
    series.current(NOW);

    long end = NOW + 10_000;
    assertThat(series.events(end, Duration.ofMinutes(15))).isEqualTo(400_000);
    assertThat(series.failures(end, Duration.ofMinutes(15))).isEqualTo(100_000);
    assertThat(series.usersSeen(NOW)).isEqualTo(10_000);
    assertThat(Arrays.stream(series.latencies(NOW + 60_000, 5)).sum()).isEqualTo(400_000);
  }

  @Test
  void record_afterWarmUp_allocatesNothing() {
    Watch watch = Watch.builder(
            Time.system(), AlertRouter.builder(Time.system()).build())
        .job("photos", RunbookRules.resumeSync())
        .job("service", RunbookRules.serviceObjectives())
        .executor(task -> {})
        .start();
    List<String> users = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      users.add("user-" + i);
    }
    Instant at = Time.system().now();
    Duration took = Duration.ofMillis(30);
    for (int warmUp = 0; warmUp < 5; warmUp++) {
      record(watch, users, at, took);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long me = Thread.currentThread().getId();
    List<Long> bytes = new ArrayList<>();
    int quiet = 0;
    while (quiet < 5 && bytes.size() < 40) {
      long before = threads.getThreadAllocatedBytes(me);
      record(watch, users, at, took);
      bytes.add(threads.getThreadAllocatedBytes(me) - before);
      quiet = bytes.get(bytes.size() - 1) == 0 ? quiet + 1 : 0;
    }

    // Not the first five: whoever makes a class's first method hot enough for C2 makes all strings
    // of the class's constant pool, once (HotSpot, ConstantPool::resolve_string_constants).
    assertThat(quiet)
        .as("times in a row that 300,000 recordings took no byte, of bytes %s", bytes)
        .isEqualTo(5);
    watch.close();
  }

  private static void record(Watch watch, List<String> users, Instant at, Duration took) {
    for (int i = 0; i < 100_000; i++) {
      String user = users.get(i % 5_000);
      watch.succeeded("photos", user, at);
      watch.failed("photos", user, FailureKind.TIMEOUT, at);
      watch.latency("service", took, at);
    }
  }
}
