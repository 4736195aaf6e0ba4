package io.runbook4j.ledger;

import static io.runbook4j.ledger.RunFixture.AT;
import static io.runbook4j.ledger.RunFixture.JOB;
import static io.runbook4j.ledger.RunFixture.at;
import static io.runbook4j.ledger.RunFixture.begun;
import static io.runbook4j.ledger.RunFixture.done;
import static io.runbook4j.ledger.RunFixture.failed;
import static io.runbook4j.ledger.RunFixture.rerun;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index, and retention. */
class FileLedgerHistoryTest {
  private static final Counts NONE = Counts.zero();

  @TempDir
  private Path folder;

  private FileLedger ledger;

  @BeforeEach
  void openLedger() {
    ledger = open();
  }

  @AfterEach
  void closeLedger() {
    ledger.close();
  }

  @Test
  void anyCall_afterClose_saysThatItWasClosed() {
    RunFixture.recordAll(ledger, RunFixture.realisticRun());
    RunId run = RunFixture.RUN;
    ledger.close();

    Stream.<ThrowingCallable>of(
            () -> ledger.runs(JOB, 1),
            () -> ledger.run(run),
            () -> ledger.items(run, ItemFilter.all()),
            () -> ledger.outstanding(JOB, ItemFilter.all()),
            ledger::died,
            () -> ledger.record(run, List.of(done(4))))
        .forEach(call -> assertThatIllegalStateException()
            .isThrownBy(call)
            .withMessageEndingWith(folder.getFileName() + " must be open, was closed"));
  }

  private void reopen() {
    ledger.close();
    ledger = open();
  }

  private FileLedger open() {
    return FileLedger.builder(folder).force(FileLedger.Force.NEVER).open();
  }

  /** Records a run on a day, with one chunk of these keys; the first {@code failures} fail. */
  private RunId run(String name, int day, int failures, String... keys) {
    RunId run = new RunId(name);
    long seconds = day * 86_400L;
    ItemResult[] results = new ItemResult[failures];
    for (int i = 0; i < failures; i++) {
      results[i] = failed(i);
    }
    record(
        run,
        new RunStarted(at(seconds), run, JOB, RunOrigin.full()),
        begun(1, at(seconds), List.of(keys)),
        done(1, at(seconds + 1), results),
        new RunFinished(at(seconds + 2), RunState.COMPLETED, "end", NONE, List.of()));
    return run;
  }

  private void record(RunId run, LedgerEntry... entries) {
    ledger.record(run, List.of(entries));
  }

  private List<RunId> remove(int keptPerJob, int day) {
    return ledger.removeRuns(
        Retention.olderThan(Duration.ofDays(30)).keeping(keptPerJob), at(day * 86_400L));
  }

  private List<String> outstanding() {
    return ledger.outstanding(JOB, ItemFilter.all()).stream()
        .map(ItemRecord::key)
        .toList();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jsonl"))
          .sorted()
          .toList();
    }
  }

  @Test
  void runs_indexMissingDamagedOrStale_givesTheSame() throws IOException {
    RunId first = run("r1", 1, 1, "a", "b");
    run("r2", 2, 0, "c");
    List<RunSummary> expected = ledger.runs(JOB, 9);
    reopen();
    Path index = folder.resolve("index.json");
    byte[] good = Files.readAllBytes(index);

    Files.delete(index);
    assertSameRuns(expected);
    Files.write(index, "rubbish\n{}\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertSameRuns(expected);
    byte[] damaged = good.clone();
    damaged[good.length / 2] ^= 1;
    Files.write(index, damaged);
    assertSameRuns(expected);
    record(first, new LedgerEntry.RunResumed(at(900_000)), begun(2, "x"));
    Files.write(index, good);
    try (FileLedger other = open()) {
      assertThat(other.run(first).orElseThrow().state()).isEqualTo(RunState.RUNNING);
      assertThat(other.run(first).orElseThrow().counts().notReached()).isEqualTo(1);
    }
  }

  private void assertSameRuns(List<RunSummary> expected) {
    try (FileLedger other = open()) {
      assertThat(other.runs(JOB, 9).toString()).isEqualTo(expected.toString());
    }
  }

  @Test
  void runs_indexIntact_readsNoRunFile() throws IOException {
    RunId run = run("r1", 1, 0, "a");
    reopen();
    Path file = folder.resolve("r1.jsonl");
    var changed = Files.getLastModifiedTime(file);
    Files.write(file, new byte[(int) Files.size(file)]);
    Files.setLastModifiedTime(file, changed);

    try (FileLedger other = open()) {
      assertThat(other.runs(JOB, 9)).extracting(RunSummary::run).containsExactly(run);
    }
  }

  @Test
  void runs_strangersInTheFolder_areLeftAlone() throws IOException {
    run("r1", 1, 0, "a");
    Files.writeString(folder.resolve("not ours.jsonl"), "x\n");
    Files.writeString(folder.resolve("empty.jsonl"), "");
    Files.writeString(folder.resolve("README.txt"), "x\n");

    assertThat(ledger.runs(JOB, 9)).hasSize(1);
    assertThat(ledger.run(new RunId("empty"))).isEmpty();
  }

  @Test
  void removeRuns_oldAndDone_removesThemWhole() throws IOException {
    RunId first = run("r1", 1, 0, "a");
    RunId second = run("r2", 2, 0, "a");
    run("r3", 3, 0, "a");
    run("r4", 60, 0, "a");

    assertThat(remove(2, 61)).containsExactly(first, second);

    assertThat(files()).containsExactly("r3.jsonl", "r4.jsonl");
    assertThat(ledger.run(first)).isEmpty();
    assertThat(ledger.runs(JOB, 9)).hasSize(2);
  }

  @Test
  void removeRuns_outstandingItem_keepsItsRun() throws IOException {
    run("r1", 1, 1, "a");
    run("r2", 2, 0, "b");
    run("r3", 60, 0, "c");

    assertThat(remove(1, 61)).extracting(RunId::value).containsExactly("r2");
    assertThat(outstanding()).containsExactly("a");
  }

  @Test
  void removeRuns_itemsWithoutAKey_keepNoRun() {
    runWithBrokenLine("r1", 1, "line 17");
    runWithBrokenLine("r2", 2, "line 4");
    runWithBrokenLine("r3", 59, "line 4");
    run("r4", 60, 0, "c");

    assertThat(remove(1, 61)).extracting(RunId::value).containsExactly("r1", "r2");
    assertThat(outstanding()).as("of the runs that are young enough").containsExactly("line 4");
  }

  @Test
  void removeRuns_itemsWithoutAKeyOfAKeptRun_keepNoLaterRun() {
    runWithBrokenLine("r1", 1, "line 17", "a");
    runWithBrokenLine("r2", 2, "line 17");
    run("r3", 60, 0, "c");

    assertThat(remove(1, 61)).extracting(RunId::value).containsExactly("r2");
    assertThat(outstanding()).contains("a");
  }

  /** Records a run in which there was no key at that place, and others failed. */
  private void runWithBrokenLine(String name, int day, String place, String... others) {
    List<String> keys = new ArrayList<>(List.of(place));
    keys.addAll(List.of(others));
    RunId run = new RunId(name);
    long seconds = day * 86_400L;
    Failure broken = Failure.of(FailureKind.INVALID, "has 1 column").withCode(Page.NO_KEY);
    List<ItemResult> results = new ArrayList<>();
    results.add(new ItemResult(0, Outcome.failed(broken), false));
    for (int i = 1; i < keys.size(); i++) {
      results.add(failed(i));
    }
    record(
        run,
        new RunStarted(at(seconds), run, JOB, RunOrigin.full()),
        begun(1, at(seconds), keys),
        done(1, at(seconds + 1), results.toArray(ItemResult[]::new)),
        new RunFinished(at(seconds + 2), RunState.COMPLETED, "end", NONE, List.of()));
  }

  @Test
  void removeRuns_rerunThatCuredAKeptRun_staysToo() throws IOException {
    run("r1", 1, 2, "a", "b");
    run("r2", 2, 0, "a");
    run("r3", 3, 0, "z");
    run("r4", 60, 0, "c");
    assertThat(outstanding()).containsExactly("b");

    assertThat(remove(1, 61)).extracting(RunId::value).containsExactly("r3");

    assertThat(outstanding()).containsExactly("b");
  }

  @Test
  void removeRuns_cureOfACure_keepsTheChain() {
    run("r1", 1, 2, "a", "b");
    run("r2", 2, 1, "c", "a");
    run("r3", 3, 0, "c");
    run("r4", 60, 0, "x");
    assertThat(outstanding()).containsExactly("b");

    assertThat(remove(1, 61)).isEmpty();
  }

  @Test
  void removeRuns_curedAndCure_goTogether() throws IOException {
    run("r1", 1, 1, "a");
    run("r2", 2, 0, "a");
    run("r3", 60, 0, "x");

    assertThat(remove(1, 61)).extracting(RunId::value).containsExactly("r1", "r2");
    assertThat(outstanding()).isEmpty();
  }

  @Test
  void removeRuns_clockOfTheCureIsBehind_changesNothingThatIsOutstanding() {
    run("r1", 20, 2, "a", "b");
    run("r2", 10, 0, "a");
    run("r3", 5, 0, "z");
    run("r4", 60, 0, "c");
    assertThat(outstanding()).containsExactly("b");

    assertThat(remove(1, 61)).extracting(RunId::value).containsExactly("r3");

    assertThat(outstanding()).containsExactly("b");
  }

  @Test
  void removeRuns_clockOfTheCureIsBehind_removesTheCuredFirst() {
    run("r1", 20, 1, "a");
    run("r2", 10, 0, "a");
    run("r3", 60, 0, "c");

    assertThat(remove(1, 61)).extracting(RunId::value).containsExactly("r1", "r2");
  }

  @Test
  void removeRuns_cureInAnOlderRunResumedWithItsClockBack_staysToo() {
    RunId older = new RunId("r1");
    record(
        older,
        new RunStarted(at(86_400), older, JOB, RunOrigin.full()),
        begun(1, at(86_400), List.of("a")),
        new RunFinished(at(86_400), RunState.STOPPED, "end", NONE, List.of("x")));
    run("r2", 9, 2, "b", "x");
    record(
        older,
        new LedgerEntry.RunResumed(at(2 * 86_400)),
        done(1, at(2 * 86_400)),
        begun(2, at(2 * 86_400), List.of("x")),
        done(2, at(2 * 86_400)),
        new RunFinished(at(2 * 86_400), RunState.COMPLETED, "end", NONE, List.of()));
    run("r3", 60, 0, "c");
    assertThat(outstanding()).containsExactly("b");

    assertThat(remove(1, 61)).isEmpty();
  }

  @Test
  void outstanding_afterARunFromTheFutureWasRemoved_staysTheSame() {
    run("r1", 500, 0, "z");
    run("r2", 5, 1, "a");
    run("r3", 3, 0, "a");
    assertThat(outstanding()).isEmpty();

    assertThat(remove(2, 531)).extracting(RunId::value).containsExactly("r1");

    assertThat(outstanding()).isEmpty();
    run("r4", 2, 1, "a");
    reopen();
    assertThat(outstanding()).containsExactly("a");
    run("r5", 1, 0, "a");
    assertThat(outstanding()).isEmpty();
  }

  @Test
  void outstanding_runSucceedsAndEndsWhileItIsRead_saysNothingOfIt() {
    RunId run = new RunId("r1");
    record(run, new RunStarted(AT, run, JOB, RunOrigin.full()), begun(1, "a"));
    Predicate<RunId> endsWhenAsked = asked -> {
      record(run, done(1), new RunFinished(AT, RunState.COMPLETED, "end", NONE, List.of()));
      return false;
    };
    Catalog catalog = new Catalog(folder);

    assertThat(new JobScan(catalog, endsWhenAsked).outstanding(catalog.heads(JOB)))
        .isEmpty();
  }

  @Test
  void outstanding_curedAndCureRemovedWhileTheyAreRead_saysNothingOfThem() throws IOException {
    RunId cured = run("r1", 1, 1, "a");
    RunId cure = run("r2", 2, 0, "a");
    run("r3", 3, 1, "b");
    Catalog catalog = new Catalog(folder);
    Predicate<RunId> removesWhenAsked = asked -> {
      if (asked.equals(cure)) {
        delete(cured, cure);
      }
      return false;
    };

    List<ItemRecord> items =
        catalog.asOne(() -> new JobScan(catalog, removesWhenAsked).outstanding(catalog.heads(JOB)));

    assertThat(items).extracting(ItemRecord::key).containsExactly("b");
  }

  @Test
  void digest_runRemovedWhileItIsRead_isAskedForAnew() {
    run("r1", 1, 0, "a");
    run("r2", 2, 0, "a");
    Catalog catalog = new Catalog(folder);
    List<RunId> read = new ArrayList<>();

    catalog.asOne(() -> {
      read.clear();
      for (Catalog.Head head : catalog.heads(JOB)) {
        delete(new RunId("r2"));
        catalog.digest(head.run());
        read.add(head.run());
      }
      return read;
    });

    assertThat(read).extracting(RunId::value).containsExactly("r1");
  }

  private void delete(RunId... runs) {
    for (RunId run : runs) {
      try {
        Files.deleteIfExists(folder.resolve(run.value() + ".jsonl"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void runs_anotherRunOfTheJobIsDamaged_beginsAllTheSame() throws IOException {
    run("r1", 1, 0, "a");
    Path file = folder.resolve("r1.jsonl");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    run("r2", 2, 0, "a");

    assertThat(ledger.run(new RunId("r2")).orElseThrow().state()).isEqualTo(RunState.COMPLETED);
  }

  @Test
  void removeRuns_goingOn_stays() {
    RunId run = new RunId("r1");
    record(run, new RunStarted(AT, run, JOB, RunOrigin.full()));
    run("r2", 60, 0, "x");

    assertThat(remove(0, 100)).extracting(RunId::value).containsExactly("r2");
  }

  private List<RetentionPlan.Removable> plan() {
    return new RetentionPlan(new Catalog(folder), run -> false, JOB)
        .removable(Retention.olderThan(Duration.ofDays(30)).keeping(1), at(61 * 86_400L));
  }

  @Test
  void removeRuns_resumedAndEndedSinceThePlanWasMade_staysWithWhatCuredIt() throws IOException {
    RunId cured = run("r1", 2, 1, "a");
    run("r2", 3, 0, "a");
    run("r3", 60, 0, "c");
    List<RetentionPlan.Removable> plan = plan();
    assertThat(plan).hasSize(2);
    long later = 61 * 86_400L;
    record(
        cured,
        new LedgerEntry.RunResumed(at(later)),
        begun(2, at(later), List.of("b")),
        done(2, at(later), failed(0)),
        new RunFinished(at(later), RunState.COMPLETED, "end", NONE, List.of()));

    assertThat(ledger.remove(plan, new ArrayList<>())).isFalse();

    assertThat(outstanding()).containsExactly("b");
    assertThat(remove(1, 61)).isEmpty();
    assertThat(files()).containsExactly("r1.jsonl", "r2.jsonl", "r3.jsonl");
  }

  @Test
  void removeRuns_takenSinceThePlanWasMade_staysWithWhatCuredIt() throws IOException {
    run("r0", 1, 0, "z");
    RunId taken = run("r1", 2, 1, "a");
    run("r2", 3, 0, "a");
    run("r3", 60, 0, "c");
    List<RetentionPlan.Removable> plan = plan();
    assertThat(plan).hasSize(3);
    try (FileLedger other = open()) {
      other.record(taken, List.of(new LedgerEntry.RunResumed(at(61 * 86_400L))));

      assertThat(ledger.remove(plan, new ArrayList<>())).isFalse();

      assertThat(remove(1, 61)).extracting(RunId::value).containsExactly("r0");
      assertThat(files()).containsExactly("r1.jsonl", "r2.jsonl", "r3.jsonl");
      assertThat(other.run(taken).orElseThrow().state()).isEqualTo(RunState.RUNNING);
    }
  }

  @Test
  void removeRuns_removedByAnotherSinceThePlanWasMade_removesTheRest() throws IOException {
    RunId gone = run("r1", 2, 1, "a");
    run("r2", 3, 0, "a");
    run("r3", 60, 0, "c");
    List<RetentionPlan.Removable> plan = plan();
    delete(gone);

    assertThat(ledger.remove(plan, new ArrayList<>())).isFalse();

    assertThat(remove(1, 61)).extracting(RunId::value).containsExactly("r2");
    assertThat(files()).containsExactly("r3.jsonl");
  }

  @Test
  void removeRuns_parentOfAnUnfinishedRerun_stays() {
    RunId parent = run("r1", 1, 1, "a");
    RunId rerun = new RunId("r2");
    record(
        rerun,
        rerun(rerun, parent, 86_400 * 60L),
        begun(1, at(86_400 * 60L), List.of("a")),
        done(1, at(86_400 * 60L)));
    assertThat(remove(0, 61)).isEmpty();

    record(rerun, new RunFinished(at(86_400 * 60L), RunState.COMPLETED, "end", NONE, List.of()));

    assertThat(remove(0, 61)).containsExactly(parent);
  }

  @Test
  void removeRuns_randomHistories_neverChangeWhatIsOutstanding() {
    long seed = 20261123;
    java.util.Random random = new java.util.Random(seed);
    for (int round = 0; round < 15; round++) {
      for (int i = 0; i < 8; i++) {
        List<String> keys = new ArrayList<>(List.of("a", "b", "c", "d", "e"));
        java.util.Collections.shuffle(keys, random);
        int size = 1 + random.nextInt(4);
        run(
            "r" + round + "-" + i,
            round * 8 + i,
            random.nextInt(size + 1),
            keys.subList(0, size).toArray(String[]::new));
      }
      List<String> before = outstanding();
      List<RunId> removed = remove(random.nextInt(3), round * 8 + 32);
      assertThat(outstanding())
          .as("seed %s round %s removed %s", seed, round, removed)
          .isEqualTo(before);
    }
  }

  @Test
  void retention_badValues_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Retention.olderThan(Duration.ZERO))
        .withMessage("age must be positive, was PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Retention.olderThan(Duration.ofDays(1)).keeping(-1))
        .withMessage("keptPerJob must be at least 0, was -1");
  }
}
