package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.limit.Quota;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.CrashSwitch;
import io.runbook4j.testkit.Idempotency;
import io.runbook4j.testkit.ServiceCall;
import io.runbook4j.testkit.SimulatedCrash;
import io.runbook4j.testkit.SimulatedService;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A job, its policies, the service's faults, the stops, crashes and resumes of one seed, on the
 * real engine and a real ledger; then the promises of a run are checked against the service's own
 * record.
 */
final class Simulation {
  private static final int MOST_PROCESSES = 12;
  private static final Duration MOST_LATENCY = Duration.ofSeconds(3);

  /** The default reactions try an item again three times at most. */
  private static final int MOST_ATTEMPTS = 4;

  private static final CallFault[] FAULTS = {
    CallFault.RATE_LIMITED,
    CallFault.SERVER_ERROR,
    CallFault.NETWORK,
    CallFault.AUTHENTICATION,
    CallFault.LOST_BEFORE_APPLYING,
    CallFault.LOST_AFTER_APPLYING,
    CallFault.BROKEN_AFTER_APPLYING,
    CallFault.PARTIAL_ANSWER,
    CallFault.INVENTED_KEY,
    CallFault.CRASH_BEFORE_APPLYING,
    CallFault.CRASH_WHILE_APPLYING,
    CallFault.CRASH_AFTER_APPLYING
  };

  private final SplittableRandom random;
  private final VirtualTime time;
  private final Supplier<Ledger> ledgers;
  private final List<String> keys;
  private final Set<String> unreadable = new HashSet<>();
  private final Idempotency idempotency;
  private final boolean verifying;
  private final InDoubt inDoubt;
  private final SimulatedService service;
  private final FlakySource source;
  private final Optional<Quota> quota;
  private final SyncJob.Builder<String> policies;
  private final int chunksInFlight;
  private Ledger ledger;
  private int crashes;

  Simulation(long seed, Supplier<Ledger> ledgers) {
    this.random = new SplittableRandom(seed);
    this.ledgers = ledgers;
    this.time = VirtualTime.builder()
        .start(Instant.parse("2026-11-23T21:00:00Z"))
        .seed(seed)
        .build();
    this.keys = keys();
    this.idempotency = pick(Idempotency.values());
    this.verifying = random.nextBoolean();
    this.inDoubt = pick(InDoubt.values());
    this.quota = random.nextInt(3) == 0
        ? Optional.empty()
        : Optional.of(Quota.of(random.nextInt(2, 30), Duration.ofSeconds(random.nextInt(1, 60))));
    this.service = service(seed);
    this.source = new FlakySource(
        keys,
        unreadable,
        random.nextInt(1, 120),
        random.nextInt(4) == 0,
        random.nextBoolean(),
        random.split());
    this.chunksInFlight = random.nextBoolean() ? 1 : random.nextInt(2, 5);
    this.policies = policies();
    this.ledger = ledgers.get();
  }

  private List<String> keys() {
    int count = random.nextInt(300);
    List<String> keys = new ArrayList<>();
    boolean repeated = random.nextInt(5) == 0;
    for (int i = 0; i < count; i++) {
      String key = "k" + (repeated ? random.nextInt(Math.max(1, count / 2)) : i);
      keys.add(key);
      if (random.nextInt(60) == 0) {
        unreadable.add(key);
      }
    }
    return keys;
  }

  private <E> E pick(E[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  private SimulatedService service(long seed) {
    SimulatedService.Builder builder =
        SimulatedService.builder(time).seed(seed).idempotency(idempotency).service("simulated");
    if (verifying) {
      builder.verifying();
    }
    if (random.nextBoolean()) {
      builder.latency(
          Duration.ZERO, Duration.ofMillis(random.nextInt(1, (int) MOST_LATENCY.toMillis())));
    }
    if (random.nextInt(3) == 0) {
      builder.limit(random.nextInt(1, 20), Duration.ofSeconds(random.nextInt(1, 40)));
    }
    if (random.nextInt(4) == 0) {
      builder.maxChunk(random.nextInt(1, 40));
    }
    if (random.nextInt(4) == 0) {
      builder.outage(
          Duration.ofSeconds(random.nextInt(60)), Duration.ofSeconds(random.nextInt(120)));
    }
    if (random.nextInt(4) == 0) {
      builder.unrefreshable();
    }
    for (String key : new HashSet<>(keys)) {
      int chance = random.nextInt(100);
      if (chance < 2) {
        builder.poison(key);
      } else if (chance < 4) {
        builder.failing(pick(FailureKind.values()), key);
      } else if (chance < 8) {
        builder.failingTimes(random.nextInt(1, 5), pick(FailureKind.values()), key);
      }
    }
    if (random.nextInt(4) != 0) {
      builder.randomCallFaults(random.nextDouble(0.3), FAULTS);
    }
    return builder.build();
  }

  private SyncJob.Builder<String> policies() {
    int max = random.nextInt(1, 60);
    SyncJob.Builder<String> job = SyncJob.<String>named("simulated")
        .chunkSize(
            random.nextBoolean()
                ? ChunkSize.fixed(max)
                : ChunkSize.adaptive(random.nextInt(1, max + 1), max))
        .backOff(BackOff.between(Duration.ofSeconds(2), Duration.ofSeconds(30)))
        .retryBackOff(
            BackOff.between(Duration.ofMillis(100), Duration.ofSeconds(random.nextInt(1, 40))))
        .inDoubt(inDoubt)
        .patience(random.nextInt(1, 8))
        .chunksInFlight(chunksInFlight);
    quota.ifPresent(job::quota);
    if (random.nextInt(6) == 0) {
      job.deadline(Duration.ofSeconds(random.nextInt(1, 200)));
    }
    return job;
  }

  void run() {
    for (int process = 1; process <= MOST_PROCESSES; process++) {
      boolean calm = process > MOST_PROCESSES / 2;
      if (calm) {
        service.heal();
        source.heal();
      }
      long before = service.calls().size();
      Instant from = time.now();
      boolean done = process(calm, process == MOST_PROCESSES);
      check(from, before);
      if (done) {
        break;
      }
    }
    checkEnd(ledger.runs("simulated", 1).get(0));
    ledger.close();
  }

  /** {@return whether the run is complete} */
  private boolean process(boolean calm, boolean mustEnd) {
    CrashSwitch life = calm || random.nextBoolean()
        ? CrashSwitch.create()
        : CrashSwitch.atStep(random.nextInt(1, 200));
    int stopAfter = calm || random.nextInt(3) != 0 ? Integer.MAX_VALUE : random.nextInt(1, 12);
    if (mustEnd) {
      policies.patience(10_000).deadline(Duration.ofDays(30));
    }
    SyncJob<String> job =
        policies.from(life.wrap(source)).to(life.wrap(service.target())).build();
    Runner runner = Runner.builder()
        .ledger(life.wrap(ledger))
        .time(life.wrap(time))
        .random(random.split())
        .executor(life.wrap(time.executor()))
        .listener(new Stopping(stopAfter))
        .build();
    RunReport report = null;
    try {
      report = runner.runOrResume(job);
    } catch (SimulatedCrash e) {
      assertThat(life.isCrashed()).isTrue();
      crashes++;
    }
    life.crash();
    time.runToIdle();
    ledger.close();
    ledger = ledgers.get();
    List<RunSummary> runs = ledger.runs("simulated", 1);
    if (report != null) {
      assertThat(runs.get(0).counts())
          .as("the ledger counts as the report does")
          .isEqualTo(report.counts());
    }
    return !runs.isEmpty() && runs.get(0).state() == RunState.COMPLETED;
  }

  /** What holds after every process, however it ended. */
  private void check(Instant from, long before) {
    for (RunSummary summary : ledger.runs("simulated", 10)) {
      Counts counts = summary.counts();
      assertThat(counts.read()).as(() -> story(summary)).isLessThanOrEqualTo(keys.size());
      List<ItemRecord> items = ledger.items(summary.run(), ItemFilter.all());
      assertThat(items.stream().filter(item -> item.state() == ItemState.FAILED).count())
          .as("failed items listed")
          .isLessThanOrEqualTo(counts.failed());
    }
    quota.ifPresent(q -> assertThat(worstWindow(service.calls(), q.window()))
        .as("calls in any " + q.window())
        .isLessThanOrEqualTo((int) q.permits()));
    assertThat(Duration.between(from, time.now()))
        .as("waits are bounded")
        .isLessThan(Duration.ofHours(12));
    ServiceRules rules = new ServiceRules(service.calls());
    rules.checkReopening((int) before, chunksInFlight == 1 ? Duration.ZERO : MOST_LATENCY);
    rules.checkReapplications((int) before, Conclusion.DOUBT_RETRIES + 1);
    // A process that dies with an answer in hand forgets the attempt.
    Map<String, Integer> occurrences = occurrences();
    rules
        .attempts()
        .forEach((key, attempts) -> assertThat(attempts)
            .as(() -> "attempts of " + key + "\n" + calls(key))
            .isLessThanOrEqualTo(occurrences.getOrDefault(key, 0) * (MOST_ATTEMPTS + crashes)));
    checkNothingTwice();
  }

  private String calls(String key) {
    StringBuilder calls = new StringBuilder();
    service.calls().stream()
        .filter(call -> call.keys().contains(key))
        .forEach(call -> calls.append(call).append('\n'));
    return calls.toString();
  }

  private String story(RunSummary summary) {
    StringBuilder story = new StringBuilder(
        summary.state() + " " + summary.counts() + " of " + keys.size() + " items\n");
    ledger.entries(summary.run()).forEach(entry -> story.append(entry).append('\n'));
    return story.toString();
  }

  private static int worstWindow(List<ServiceCall> calls, Duration window) {
    int worst = 0;
    int first = 0;
    for (int i = 0; i < calls.size(); i++) {
      while (!calls.get(first).at().plus(window).isAfter(calls.get(i).at())) {
        first++;
      }
      worst = Math.max(worst, i - first + 1);
    }
    return worst;
  }

  /**
   * Only the reapplying of a chunk in doubt, to a service that is not idempotent, may apply an item
   * twice.
   */
  private void checkNothingTwice() {
    if (inDoubt == InDoubt.REAPPLY && idempotency == Idempotency.NONE) {
      return;
    }
    Map<String, Integer> occurrences = occurrences();
    for (String key : service.appliedKeys()) {
      assertThat(service.timesApplied(key))
          .as("how often " + key + " was applied")
          .isLessThanOrEqualTo(occurrences.getOrDefault(key, 0));
    }
  }

  private Map<String, Integer> occurrences() {
    Map<String, Integer> occurrences = new HashMap<>();
    keys.forEach(key -> occurrences.merge(key, 1, Integer::sum));
    return occurrences;
  }

  private void checkEnd(RunSummary summary) {
    assertThat(summary.state()).as(() -> story(summary)).isEqualTo(RunState.COMPLETED);
    assertThat(summary.counts().read()).as(() -> story(summary)).isEqualTo(keys.size());
    assertThat(summary.counts().notReached()).isZero();
    RunId run = summary.run();
    Map<String, ItemRecord> unsuccessful = new HashMap<>();
    ledger.items(run, ItemFilter.all()).forEach(item -> unsuccessful.put(item.key(), item));
    Map<String, Integer> occurrences = occurrences();
    for (Map.Entry<String, Integer> entry : occurrences.entrySet()) {
      if (entry.getValue() == 1) {
        checkItem(entry.getKey(), Optional.ofNullable(unsuccessful.get(entry.getKey())));
      }
    }
    checkRerun(run);
  }

  /** The ledger and the service agree on what became of an item. */
  private void checkItem(String key, Optional<ItemRecord> unsuccessful) {
    int applied = service.timesApplied(key);
    if (unsuccessful.isEmpty()) {
      assertThat(applied).as(key + " succeeded").isPositive();
    } else if (unsuccessful.get().state() == ItemState.FAILED) {
      boolean unreported =
          unsuccessful.get().failure().map(Failure::kind).equals(Optional.of(FailureKind.UNKNOWN));
      assertThat(applied == 0 || unreported)
          .as(() -> unsuccessful.get() + ", applied " + applied + " times\n" + calls(key)
              + story(ledger.runs("simulated", 1).get(0)))
          .isTrue();
    } else {
      assertThat(unsuccessful.get().state()).isEqualTo(ItemState.IN_DOUBT);
    }
  }

  /** A rerun sends what failed and nothing else, and says what became of it. */
  private void checkRerun(RunId run) {
    Set<String> failed = new HashSet<>();
    ledger.items(run, ItemFilter.failed()).forEach(item -> failed.add(item.key()));
    service.heal();
    source.heal();
    policies.patience(10_000).deadline(Duration.ofDays(30));
    int before = service.calls().size();
    Runner runner = Runner.builder()
        .ledger(ledger)
        .time(time)
        .random(random.split())
        .executor(time.executor())
        .build();
    RunReport rerun =
        runner.rerunFailed(policies.from(source).to(service.target()).build(), run);
    Set<String> sent = new HashSet<>();
    service
        .calls()
        .subList(before, service.calls().size())
        .forEach(call -> sent.addAll(call.keys()));
    assertThat(rerun.origin().parent()).contains(run);
    checkRerun(rerun, failed, sent);
  }

  private void checkRerun(RunReport rerun, Set<String> failed, Set<String> sent) {
    Set<String> readable = new HashSet<>(failed);
    readable.removeAll(unreadable);
    assertThat(sent).as("what the rerun sent").isEqualTo(readable);
    assertThat(rerun.state()).as(rerun::reason).isEqualTo(RunState.COMPLETED);
    long read = occurrences(failed);
    long succeeded = occurrences(readable); // the service and the source are healed
    assertThat(rerun.counts()).isEqualTo(new Counts(read, succeeded, read - succeeded, 0, 0, 0));
  }

  private long occurrences(Set<String> some) {
    return keys.stream().filter(some::contains).count();
  }

  /** Stops its run after so many chunks. */
  private static final class Stopping implements RunListener {
    private final int chunks;
    private final List<RunControl> runs = new ArrayList<>();
    private int seen;

    Stopping(int chunks) {
      this.chunks = chunks;
    }

    @Override
    public void onStarted(RunControl run) {
      runs.add(run);
    }

    @Override
    public void onChunk(ChunkReport chunk, Progress progress) {
      if (++seen == chunks) {
        runs.forEach(run -> run.stop("the simulation stops it"));
      }
    }
  }
}
