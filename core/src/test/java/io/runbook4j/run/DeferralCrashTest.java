package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.gate.Drain;
import io.runbook4j.gate.Gate;
import io.runbook4j.gate.Order;
import io.runbook4j.gate.Outbox;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.CrashSwitch;
import io.runbook4j.testkit.SimulatedCrash;
import io.runbook4j.testkit.SimulatedService;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promise 2 and 3 for items that a run defers: whenever it dies, and whatever is drained before it
 * is resumed, each item is applied once.
 */
class DeferralCrashTest {
  private static final Order SHUT = Order.of("ann", "snapshots look corrupt");
  private static final Order FIXED = Order.of("ann", "mended and verified");
  private static final int ITEMS = 25;

  @TempDir
  private Path folder;

  @Test
  void resume_diedAtAnyStep_drainedInBetween_appliesEachItemOnce() throws InterruptedException {
    int died = 0;
    boolean more = true;
    for (int step = 1; more; step++) {
      Life life = new Life(step, true);
      life.gate.localOnly(SHUT);
      more = life.run(CrashSwitch.atStep(step), Integer.MAX_VALUE);
      died += more ? 1 : 0;
      life.gate.open(FIXED);
      life.drain();
      life.gate.localOnly(SHUT);
      life.comeToRest();
      life.check("died at step " + step);
    }
    assertThat(died).isGreaterThan(20);
  }

  @Test
  void resume_powerCutAtAnyStepBeforeTheLedgerWasForced_appliesEachItemOnce()
      throws InterruptedException {
    int cut = 0;
    boolean more = true;
    for (int step = 1; more; step++) {
      Life life = new Life(2_000 + step, step % 2 == 0);
      UnforcedLedger unforced = new UnforcedLedger();
      life.ledger = unforced.ledger();
      life.gate.localOnly(SHUT);
      more = life.run(CrashSwitch.atStep(step), Integer.MAX_VALUE);
      cut += more ? 1 : 0;
      life.ledger = unforced.afterPowerCut();
      life.gate.open(FIXED);
      life.drain();
      life.comeToRest();
      life.check("power cut at step " + step);
    }
    assertThat(cut).isGreaterThan(20);
  }

  @Test
  void resume_diedBetweenTwoItemsOfAChunk_appliesEachItemOnce() throws InterruptedException {
    for (int item = 1; item <= ITEMS; item++) {
      for (boolean newestWins : new boolean[] {false, true}) {
        Life life = new Life(1_000 + item, newestWins);
        life.gate.localOnly(SHUT);
        assertThat(life.run(CrashSwitch.create(), item)).isTrue();
        life.gate.open(FIXED);
        life.drain();
        life.comeToRest();
        life.check("died before item " + item + ", newest wins: " + newestWins);
      }
    }
  }

  @Test
  void anyLife_crashesSwitchesDrainsAndReopenedOutboxes_applyEachItemOnce()
      throws InterruptedException {
    int crashes = 0;
    for (long seed = 1; seed <= 150; seed++) {
      Life life = new Life(seed, seed % 2 == 0);
      SplittableRandom random = new SplittableRandom(seed);
      for (int process = 0; process < 6; process++) {
        flip(life.gate, random);
        CrashSwitch crash =
            random.nextBoolean() ? CrashSwitch.atStep(random.nextInt(1, 60)) : CrashSwitch.create();
        int item = random.nextInt(3) == 0 ? random.nextInt(1, ITEMS) : Integer.MAX_VALUE;
        crashes += life.run(crash, item) ? 1 : 0;
        flip(life.gate, random);
        if (random.nextBoolean()) {
          life.reopenOutbox();
        }
        if (random.nextBoolean()) {
          life.drain();
        }
      }
      life.comeToRest();
      life.check("seed " + seed);
    }
    assertThat(crashes).isGreaterThan(150);
  }

  @Test
  void resume_diedWhileItDeferredItemsThatHadFailed_countsEachOnce() {
    Life life = new Life(6_000, false);
    life.service = SimulatedService.builder(life.time)
        .verifying()
        .callFault(1, CallFault.SERVER_ERROR)
        .callFault(2, CallFault.SERVER_ERROR)
        .callFault(3, CallFault.SERVER_ERROR)
        .build();
    RunListener shutsWhenItWaits = new RunListener() {
      @Override
      public void onWait(Wait wait) {
        life.gate.localOnly(SHUT);
      }
    };
    assertThat(life.run(CrashSwitch.create(), 6, shutsWhenItWaits)).isTrue();

    assertThat(life.run(CrashSwitch.create(), Integer.MAX_VALUE)).isFalse();

    assertThat(life.ledger.runs(Scene.JOB, 1).get(0).counts())
        .isEqualTo(new Counts(ITEMS, 0, 0, ITEMS, 0, 0));
  }

  @Test
  void rerunOfItemsInDoubt_insteadOfAResume_leavesOutWhatTheOutboxTook()
      throws InterruptedException {
    Life life = new Life(5_000, false);
    life.gate.localOnly(SHUT);
    assertThat(life.run(CrashSwitch.create(), 15)).isTrue();
    life.gate.open(FIXED);
    life.drain();

    RunReport rerun = life.rerunInDoubt();

    assertThat(rerun.counts().succeeded()).isEqualTo(6);
    assertThat(rerun.problems().toString()).contains("4 items were left out: put into the outbox");
    life.run(CrashSwitch.create(), Integer.MAX_VALUE);
    life.drain();
    Scene.keys(ITEMS)
        .forEach(
            key -> assertThat(life.service.timesApplied(key) + life.drained.getOrDefault(key, 0))
                .as(key)
                .isOne());
  }

  private static void flip(Gate gate, SplittableRandom random) {
    switch (random.nextInt(3)) {
      case 0 -> gate.localOnly(SHUT);
      case 1 -> gate.open(FIXED);
      default -> {
        if (gate.isLocalOnly()) {
          gate.ramp(FIXED);
        }
      }
    }
  }

  /** One run of a job, in as many processes as it takes. */
  private final class Life {
    private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T21:00:00Z"));
    private Ledger ledger = MemoryLedger.create();
    private final Gate gate = Gate.inMemory("sync", time);
    private SimulatedService service;
    private final Map<String, Integer> drained = new HashMap<>();
    private final boolean newestWins;
    private final Path file;
    private Outbox outbox;

    Life(long number, boolean newestWins) {
      this.newestWins = newestWins;
      this.file = folder.resolve(number + "-" + newestWins + ".jsonl");
      this.outbox = open();
      SimulatedService.Builder builder = SimulatedService.builder(time).verifying();
      for (int call = 1; number % 3 == 0 && call <= 2; call++) {
        builder.callFault(call, CallFault.SERVER_ERROR);
      }
      this.service = builder.build();
    }

    private Outbox open() {
      Outbox.Builder builder = Outbox.builder(file, time).force(Outbox.Force.NEVER);
      return newestWins ? builder.newestWins().open() : builder.open();
    }

    void reopenOutbox() {
      outbox.close();
      outbox = open();
    }

    /** {@return whether the process died} */
    boolean run(CrashSwitch life, int diesBeforeItem) {
      return run(life, diesBeforeItem, new RunListener() {});
    }

    boolean run(CrashSwitch life, int diesBeforeItem, RunListener listener) {
      int[] items = {0};
      SyncJob<String> job = Scene.policies()
          .from(life.wrap(Scene.source(ITEMS)))
          .to(life.wrap(service.target()))
          .gate(gate)
          .deferTo(outbox, value -> {
            if (++items[0] == diesBeforeItem) {
              life.crash();
              throw new SimulatedCrash("before item " + diesBeforeItem);
            }
            return value;
          })
          .build();
      Runner runner = Runner.builder()
          .ledger(life.wrap(ledger))
          .time(life.wrap(time))
          .executor(life.wrap(time.executor()))
          .listener(listener)
          .build();
      try {
        runner.runOrResume(job);
      } catch (SimulatedCrash e) {
        assertThat(life.isCrashed()).isTrue();
      }
      boolean died = life.isCrashed();
      life.crash();
      time.runToIdle();
      ledger.close();
      return died;
    }

    RunReport rerunInDoubt() {
      SyncJob<String> job = Scene.policies()
          .from(Scene.source(ITEMS))
          .to(chunk -> service.target().apply(chunk))
          .gate(gate)
          .deferTo(outbox, value -> value)
          .build();
      return Runner.builder()
          .ledger(ledger)
          .time(time)
          .executor(time.executor())
          .build()
          .rerunOutstanding(job, ItemFilter.all().states(ItemState.IN_DOUBT));
    }

    void drain() throws InterruptedException {
      RateLimiter quota = RateLimiter.of("drain", time, Quota.of(1_000, Duration.ofSeconds(1)));
      Drain.of(outbox, gate, quota, change -> {
            drained.merge(change.key(), 1, Integer::sum);
            return Outcome.succeeded();
          })
          .run();
    }

    void comeToRest() throws InterruptedException {
      for (int i = 0; i < 3 && !isCompleted(); i++) {
        run(CrashSwitch.create(), Integer.MAX_VALUE);
      }
      gate.open(FIXED);
      if (!isCompleted()) {
        run(CrashSwitch.create(), Integer.MAX_VALUE);
      }
      drain();
    }

    private boolean isCompleted() {
      return ledger.runs(Scene.JOB, 1).stream().anyMatch(run -> run.state() == RunState.COMPLETED);
    }

    void check(String story) {
      List<String> problems = new ArrayList<>();
      long runs = ledger.runs(Scene.JOB, 100).size();
      for (String key : Scene.keys(ITEMS)) {
        int times = service.timesApplied(key) + drained.getOrDefault(key, 0);
        if (times < 1 || times > runs) {
          problems.add(key + " was applied " + times + " times by " + runs + " runs");
        }
      }
      assertThat(problems).as(story).isEmpty();
      assertThat(outbox.count()).as(story).isZero();
      Counts counts = ledger.runs(Scene.JOB, 1).get(0).counts();
      assertThat(counts.read()).as(story).isEqualTo(ITEMS);
      assertThat(counts.notReached() + counts.inDoubt() + counts.failed())
          .as(story)
          .isZero();
      outbox.close();
    }
  }
}
