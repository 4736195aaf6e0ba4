package io.runbook4j.benchmarks;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a person waits for who asks a ledger in files. Measured a few times: the first with code
 * that nobody has run before, as in a new process.
 */
final class LedgerFigures {
  private static final String JOB = "ledger";
  private static final int TIMES = 3;
  private static final int MANY = 10_000_000;
  private static final int FAILED = 100_000;
  private static final int RUNS = 1_000;

  private final List<List<String>> rows = new ArrayList<>();
  private final List<Goal> goals = new ArrayList<>();

  /** {@return the table} */
  String markdown() throws IOException {
    rows.clear();
    goals.clear();
    tenMillion();
    Path failed = Folders.create();
    RunId bad = write(failed, FAILED, 1);
    measure(
        "Rerun of a run of 100,000 items, all failed, until the first call",
        1_000,
        watch -> rerun(failed, bad, watch));
    Folders.remove(failed);

    Path runs = Folders.create();
    for (int i = 0; i < RUNS; i++) {
      write(runs, Engine.CHUNK, Engine.CHUNK);
    }
    measure("Ledger of 1,000 runs opened, and the runs listed", 200, watch -> open(runs, watch));
    measure("The same without its index", 0, watch -> openWithoutIndex(runs, watch));
    Folders.remove(runs);
    return String.format(
        Locale.ROOT,
        """
        ### A ledger in files, asked

        %sThe first of %d times runs code that was not compiled yet. Wall is the time on the clock, \
        CPU that of the whole process, the compiler and the garbage collector included.

        """,
        Markdown.table(List.of("", "wall ms, first", "median", "CPU ms, first", "median"), rows),
        TIMES);
  }

  private void tenMillion() throws IOException {
    Path folder = Folders.create();
    RunId run = write(folder, MANY, MANY / FAILED);
    measure(
        "Failed items of a run of 10,000,000 items, 1 % failed, listed",
        2_000, watch -> list(folder, run, watch));
    measure("Rerun of these 100,000, until the first call", 0, watch -> rerun(folder, run, watch));
    measure("Where that run would be resumed", 0, watch -> resumePoint(folder, run, watch));
    Folders.remove(folder);
  }

  /** {@return what was asked} */
  List<Goal> goals() {
    return goals;
  }

  private void measure(String name, double most, Question question) throws IOException {
    List<Stopwatch> times = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      Stopwatch watch = new Stopwatch();
      question.ask(watch);
      times.add(watch);
    }
    double first = times.get(0).wallMillis();
    rows.add(List.of(
        name,
        Table.number(first),
        Table.number(median(times, Stopwatch::wallMillis)),
        Table.number(times.get(0).cpuMillis()),
        Table.number(median(times, Stopwatch::cpuMillis))));
    if (most > 0) {
      goals.add(new Goal(name + ", the first time", "ms", most, first));
    }
  }

  private static double median(List<Stopwatch> times, ToDoubleFunction<Stopwatch> figure) {
    return times.stream()
        .mapToDouble(figure)
        .sorted()
        .skip(TIMES / 2)
        .findFirst()
        .orElseThrow();
  }

  /** Records a run in which each so many-th item fails. */
  private static RunId write(Path folder, int items, int failing) {
    Failure failure = Failure.of(FailureKind.INVALID, "the ticket is bad");
    Target<String> target = chunk -> {
      ChunkResult.Builder result = ChunkResult.builder().othersSucceeded();
      for (String key : chunk.keys()) {
        if (Integer.parseInt(key) % failing == 0) {
          result.failed(key, failure);
        }
      }
      return result.build();
    };
    try (Runner runner = Runner.builder()
        .ledger(FileLedger.builder(folder).force(FileLedger.Force.NEVER).open())
        .build()) {
      return runner.run(job(items, target)).runId();
    }
  }

  private static SyncJob<String> job(int items, Target<String> target) {
    return SyncJob.<String>named(JOB)
        .from(new TicketSource(items))
        .to(target)
        .chunkSize(ChunkSize.fixed(Engine.CHUNK))
        .build();
  }

  private static void list(Path folder, RunId run, Stopwatch watch) {
    watch.start();
    try (FileLedger ledger = FileLedger.open(folder)) {
      check(ledger.items(run, ItemFilter.failed()).size(), FAILED);
      watch.stop();
    }
  }

  private static void resumePoint(Path folder, RunId run, Stopwatch watch) {
    watch.start();
    try (FileLedger ledger = FileLedger.open(folder)) {
      check(ledger.resumePoint(run).open().size(), 0);
      watch.stop();
    }
  }

  /** The rerun is stopped after its first call, and its record removed. */
  private static void rerun(Path folder, RunId run, Stopwatch watch) throws IOException {
    RunId rerun;
    watch.start();
    try (Runner runner = Runner.builder().ledger(FileLedger.open(folder)).build()) {
      Target<String> target = chunk -> {
        watch.stop();
        runner.stop("measured");
        return ChunkResult.succeeded();
      };
      rerun = runner.rerunFailed(job(MANY, target), run).runId();
    }
    Files.delete(folder.resolve(rerun + ".jsonl"));
  }

  private static void open(Path folder, Stopwatch watch) {
    watch.start();
    try (FileLedger ledger = FileLedger.open(folder)) {
      check(ledger.runs(JOB, RUNS).size(), RUNS);
      watch.stop();
    }
  }

  private static void openWithoutIndex(Path folder, Stopwatch watch) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (!file.toString().endsWith(".jsonl")) {
          Files.delete(file);
        }
      }
    }
    open(folder, watch);
  }

  private static void check(int found, int wanted) {
    if (found != wanted) {
      throw new IllegalStateException("found must be " + wanted + ", was " + found);
    }
  }

  /** Something that takes time. */
  @FunctionalInterface
  private interface Question {
    void ask(Stopwatch watch) throws IOException;
  }
}
