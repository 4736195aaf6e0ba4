package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.testkit.CrashSwitch;
import io.runbook4j.testkit.SimulatedCrash;
import io.runbook4j.testkit.SimulatedService;
import io.runbook4j.testkit.VirtualTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What the tests of the promises share: a virtual time, a ledger, keys as items, and processes that
 * may die.
 */
final class Scene {
  static final String JOB = "sync";

  final VirtualTime time;
  final Ledger ledger;
  private final SplittableRandom random = new SplittableRandom(1);

  Scene() {
    this("2026-11-23T21:00:00Z");
  }

  Scene(String start) {
    this(VirtualTime.startingAt(Instant.parse(start)), MemoryLedger.create());
  }

  Scene(VirtualTime time, Ledger ledger) {
    this.time = time;
    this.ledger = ledger;
  }

  /** {@return the keys k0, k1 and so on} */
  static List<String> keys(int count) {
    return keys(0, count);
  }

  static List<String> keys(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "k" + i).toList();
  }

  SimulatedService.Builder service() {
    return SimulatedService.builder(time);
  }

  /** {@return policies with chunks of ten; source and target are still to be set} */
  static SyncJob.Builder<String> policies() {
    return SyncJob.<String>named(JOB).chunkSize(ChunkSize.fixed(10));
  }

  static SyncJob<String> job(int items, SimulatedService service) {
    return policies().from(source(items)).to(service.target()).build();
  }

  /** {@return k0, k1 and so on, in pages of 20} */
  static Source<String> source(int items) {
    return new ListSource(keys(items), 20);
  }

  Runner.Builder runners() {
    return Runner.builder()
        .ledger(ledger)
        .time(time)
        .random(random.split())
        .executor(time.executor());
  }

  /** {@return a router whose deliveries take part in the virtual time} */
  AlertRouter router(AlertChannel... channels) {
    AlertRouter.Builder router = AlertRouter.builder(time).executor(time.executor());
    List.of(channels).forEach(router::channel);
    return router.build();
  }

  Runner runner(RunListener... listeners) {
    Runner.Builder builder = runners();
    List.of(listeners).forEach(builder::listener);
    return builder.build();
  }

  /** {@return whether the newest run of the job is complete} */
  boolean isCompleted() {
    return ledger.runs(JOB, 1).stream().anyMatch(run -> run.state() == RunState.COMPLETED);
  }

  /** {@return the newest run of the job, as the ledger has it} */
  RunSummary newest() {
    return ledger.runs(JOB, 1).get(0);
  }

  /**
   * Runs or resumes a job in a process of its own. {@return its report; empty if the process died}
   */
  Optional<RunReport> live(
      CrashSwitch life,
      SyncJob.Builder<String> policies,
      Source<String> source,
      SimulatedService service) {
    SyncJob<String> job =
        policies.from(life.wrap(source)).to(life.wrap(service.target())).build();
    Runner runner = Runner.builder()
        .ledger(life.wrap(ledger))
        .time(life.wrap(time))
        .random(random.split())
        .executor(life.wrap(time.executor()))
        .build();
    Optional<RunReport> report = Optional.empty();
    try {
      report = Optional.of(runner.runOrResume(job));
    } catch (SimulatedCrash e) {
      assertThat(life.isCrashed()).as("the crash was asked for").isTrue();
    }
    life.crash();
    time.runToIdle();
    ledger.close();
    return report;
  }
}
