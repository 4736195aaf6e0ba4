package io.runbook4j.ledger;

import static io.runbook4j.ledger.RunFixture.JOB;
import static io.runbook4j.ledger.RunFixture.at;

import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures by hand, and asserts nothing: {@code LedgerSpeed FOLDER ITEMS}. Every hundredth item
 * fails in every second measurement.
 */
final class LedgerSpeed {
  private static final int CHUNK = 100;

  private LedgerSpeed() {}

  public static void main(String[] args) throws IOException {
    int items = Integer.parseInt(args[1]);
    say("entries made and thrown away", makeEntries(items), items);
    say("entries made and thrown away", makeEntries(items), items);
    for (int round = 0; round < 3; round++) {
      for (int failures = 0; failures <= 1; failures++) {
        memory(items, failures);
        file(args[0], FileLedger.Force.NEVER, items, failures);
        encoding(items, failures);
      }
    }
    file(args[0], FileLedger.Force.EACH_RECORD, items / 10, 0);
    listing(Files.createTempDirectory(Path.of(args[0]), "many"));
  }

  /** What the measurements below spend on what they record. */
  private static long makeEntries(int items) {
    List<String> keys = new ArrayList<>(java.util.Collections.nCopies(CHUNK, "k"));
    long start = cpuNanos();
    int seen = 0;
    for (int number = 1; number <= items / CHUNK; number++) {
      List<LedgerEntry> begun = List.of(RunFixture.begun(number, at(number), keys));
      seen += begun.size();
      seen += List.of(RunFixture.done(number, at(number))).isEmpty() ? 1 : 0;
    }
    return start - seen / Integer.MAX_VALUE;
  }

  private static void memory(int items, int failures) {
    try (Ledger ledger = MemoryLedger.create()) {
      write("memory, failures " + failures, ledger, new RunId("r"), items, failures);
    }
  }

  private static void file(String place, FileLedger.Force force, int items, int failures)
      throws IOException {
    Path folder = Files.createTempDirectory(Path.of(place), "ledger");
    try (Ledger ledger = FileLedger.builder(folder).force(force).open()) {
      RunId run = new RunId("r");
      write("file, force " + force + ", failures " + failures, ledger, run, items, failures);
      long start = cpuNanos();
      int found = ledger.items(run, ItemFilter.failed()).size();
      say("listed " + found + " failed", start, items);
      start = cpuNanos();
      ledger.resumePoint(run);
      say("resume point", start, items);
    }
    Files.delete(folder.resolve("r.jsonl"));
  }

  private static void encoding(int items, int failures) {
    JsonLine lines = new JsonLine();
    EntryEncoder encoder = new EntryEncoder(lines);
    List<String> keys = new ArrayList<>();
    for (int k = 0; k < CHUNK; k++) {
      keys.add("0055g00000" + (1_000_000 + k));
    }
    LedgerEntry begun = RunFixture.begun(1_000, at(1), keys);
    LedgerEntry done = failures == 0
        ? RunFixture.done(1_000, at(1))
        : RunFixture.done(1_000, at(1), RunFixture.failed(7));
    long start = cpuNanos();
    for (int number = 1; number <= items / CHUNK; number++) {
      lines.clear();
      encoder.entry(begun, keys);
      lines.seal();
      encoder.entry(done, keys);
      lines.seal();
    }
    say("encoding alone", start, items);
  }

  private static void write(String what, Ledger ledger, RunId run, int items, int failures) {
    List<List<String>> chunks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      List<String> keys = new ArrayList<>();
      for (int k = 0; k < CHUNK; k++) {
        keys.add("0055g00000" + (1_000_000 + i * CHUNK + k));
      }
      chunks.add(keys);
    }
    ledger.record(run, List.of(RunFixture.started(run, JOB)));
    ItemResult[] results =
        failures == 0 ? new ItemResult[0] : new ItemResult[] {RunFixture.failed(7)};
    long start = cpuNanos();
    for (int number = 1; number <= items / CHUNK; number++) {
      List<LedgerEntry> begun =
          List.of(RunFixture.begun(number, at(number), chunks.get(number % 1_000)));
      ledger.record(run, begun);
      ledger.record(run, List.of(RunFixture.done(number, at(number), results)));
    }
    say(what, start, items);
  }

  private static void listing(Path folder) {
    try (FileLedger ledger =
        FileLedger.builder(folder).force(FileLedger.Force.NEVER).open()) {
      for (int i = 0; i < 1_000; i++) {
        RunId run = new RunId("run" + i);
        ledger.record(run, List.of(RunFixture.started(run, JOB), RunFixture.begun(1, "a")));
        ledger.record(
            run,
            List.of(
                RunFixture.done(1),
                RunFixture.finished(
                    io.runbook4j.spi.ledger.RunState.COMPLETED,
                    new io.runbook4j.spi.ledger.Counts(1, 1, 0, 0, 0, 0))));
      }
    }
    long start = cpuNanos();
    try (FileLedger ledger = FileLedger.open(folder)) {
      int found = ledger.runs(JOB, 1_000).size();
      say("opened and listed runs: " + found, start, found);
    }
  }

  /** {@return the time of this thread on a processor: other work on the machine does not count} */
  private static long cpuNanos() {
    return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void say(String what, long start, long items) {
    long nanos = cpuNanos() - start;
    System.out.printf(
        java.util.Locale.ROOT,
        "%-45s %6d ms, %5d ns an item%n",
        what,
        Duration.ofNanos(nanos).toMillis(),
        nanos / items);
  }
}
