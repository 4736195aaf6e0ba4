package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.schedule.RunWindow;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.CrashSwitch;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Promise 1: the counts add up, however a run ends, and nothing is missing once it has been
 * resumed.
 */
class Promise01CountsTest {
  private static final int ITEMS = 100;

  private final Scene scene = new Scene();
  private final CountedSource source = new CountedSource(Scene.source(ITEMS));

  @Test
  void run_completes_everyItemHasItsOutcome() {
    SimulatedService service = scene
        .service()
        .failing(FailureKind.PERMISSION, "k3", "k50")
        .poison("k70")
        .build();

    RunReport report = scene.runner().run(Scene.job(ITEMS, service));

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new Counts(100, 97, 3, 0, 0, 0));
    assertThat(scene.newest().counts()).isEqualTo(report.counts());
  }

  @Test
  void run_emptySource_completesWithNothing() {
    RunReport report = scene.runner().run(Scene.job(0, scene.service().build()));

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(Counts.zero());
  }

  @Test
  void run_stopped_countsWhatWasReadAndNotReached() {
    SimulatedService service = scene.service().build();

    RunReport early = scene.runner(new StopAfter(3)).run(policies(service).build());

    assertEndedEarly(early, RunState.STOPPED, 30);
    assertResumesToTheEnd(service);
  }

  @Test
  void run_sourceFailsForGood_countsWhatWasReadAndFails() {
    SimulatedService service = scene.service().build();
    Source<String> broken = Scene.source(ITEMS).map(key -> key);
    SyncJob<String> job = policies(service).from(FailingSource.after(broken, 2)).build();

    RunReport early = scene.runner().run(job);

    assertThat(early.state()).isEqualTo(RunState.FAILED);
    assertThat(early.reason()).contains("the source could not be read", "the table is gone");
    assertThat(early.counts()).isEqualTo(new Counts(40, 40, 0, 0, 0, 0));
    assertResumesToTheEnd(service);
  }

  @Test
  void run_credentialRefused_countsWhatWasReadAndNotReached() {
    SimulatedService service =
        scene.service().unrefreshable().callFault(4, CallFault.AUTHENTICATION).build();

    RunReport early = scene.runner().run(policies(service).build());

    assertEndedEarly(early, RunState.STOPPED, 30);
    service.heal();
    assertResumesToTheEnd(service);
  }

  @Test
  void run_deadlinePasses_countsWhatWasReadAndNotReached() {
    SimulatedService service =
        scene.service().latency(Duration.ofSeconds(10), Duration.ofSeconds(10)).build();

    RunReport early =
        scene.runner().run(policies(service).deadline(Duration.ofSeconds(25)).build());

    assertEndedEarly(early, RunState.STOPPED, 30);
    assertThat(early.reason()).contains("deadline");
    assertResumesToTheEnd(service);
  }

  @Test
  void run_windowCloses_countsWhatWasReadAndNotReached() {
    SimulatedService service =
        scene.service().latency(Duration.ofMinutes(20), Duration.ofMinutes(20)).build();
    RunWindow window = RunWindow.daily("21:00", "22:00", ZoneOffset.UTC);

    RunReport early = scene.runner().run(policies(service).window(window).build());

    assertEndedEarly(early, RunState.STOPPED, 30);
    assertThat(early.reason()).contains("window is closed until 2026-11-24T21:00:00Z");
    assertResumesToTheEnd(service);
  }

  @Test
  void run_itemsWaitForARetry_countsThemAsNotReached() {
    SimulatedService service =
        scene.service().failingTimes(1, FailureKind.SERVER_ERROR, "k1", "k2").build();

    RunReport early = scene.runner(new StopAfter(1)).run(policies(service).build());

    assertEndedEarly(early, RunState.STOPPED, 8);
    assertThat(states(ItemState.NOT_REACHED))
        .contains("k1", "k2", "k10", "k19")
        .doesNotContain("k0", "k3");
    assertResumesToTheEnd(service);
  }

  @Test
  void run_processDies_countsTheOpenChunkAsInDoubt() {
    SimulatedService service = scene
        .service()
        .verifying()
        .callFault(4, CallFault.CRASH_BEFORE_APPLYING)
        .build();

    scene.live(CrashSwitch.create(), Scene.policies(), source, service);

    assertThat(scene.newest().state()).isEqualTo(RunState.DIED);
    assertThat(scene.newest().counts()).isEqualTo(new Counts(40, 30, 0, 0, 10, 0));
    assertThat(states(ItemState.IN_DOUBT)).isEqualTo(Scene.keys(30, 40));
    assertResumesToTheEnd(service);
  }

  @Test
  void run_targetForgetsAnItem_countsItAsFailedWithKindUnknown() {
    SyncJob<String> job = Scene.policies()
        .from(source)
        .to(chunk -> {
          var result = io.runbook4j.spi.sync.ChunkResult.builder();
          chunk.keys().stream().filter(key -> !key.equals("k42")).forEach(result::succeeded);
          return result.build();
        })
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts()).isEqualTo(new Counts(100, 99, 1, 0, 0, 0));
    ItemRecord forgotten =
        scene.ledger.items(report.runId(), ItemFilter.failed()).get(0);
    assertThat(forgotten.key()).isEqualTo("k42");
    assertThat(forgotten.failure().map(Failure::kind)).contains(FailureKind.UNKNOWN);
  }

  @Test
  void run_targetInventsAKey_failsAndNamesTheKeyAndTheTarget() {
    SimulatedService service =
        scene.service().callFault(2, CallFault.INVENTED_KEY).build();

    RunReport report = scene.runner().run(policies(service).build());

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason())
        .contains("\"invented-2\"", service.target().getClass().getName());
    assertThat(report.counts()).isEqualTo(new Counts(20, 20, 0, 0, 0, 0));
    assertThat(service.calls()).hasSize(2);
  }

  @Test
  void run_itemsCannotBeMapped_recordsThemAsFailedAndNeverSendsThem() {
    SimulatedService service = scene.service().build();
    Failure noMapping = Failure.of(FailureKind.MAPPING_MISSING, "no Slack user");
    Source<String> mapped = source.map(key -> {
      if (key.endsWith("7")) {
        throw new FailureException(noMapping);
      }
      return key;
    });

    RunReport report = scene.runner().run(policies(service).from(mapped).build());

    assertThat(report.counts()).isEqualTo(new Counts(100, 90, 10, 0, 0, 0));
    assertThat(scene.ledger.items(report.runId(), ItemFilter.failed()))
        .hasSize(10)
        .allMatch(item -> item.failure().equals(java.util.Optional.of(noMapping)));
    assertThat(service.timesSent("k7")).isZero();
  }

  @Test
  void run_onlyUnreadableItems_completesWithoutACall() {
    SimulatedService service = scene.service().build();
    Source<String> mapped = source.map(key -> {
      throw new IllegalArgumentException("broken " + key);
    });

    RunReport report = scene.runner().run(policies(service).from(mapped).build());

    assertThat(report.counts()).isEqualTo(new Counts(100, 0, 100, 0, 0, 0));
    assertThat(service.calls()).isEmpty();
  }

  @Test
  void run_keyTwiceInTheSource_countsAndSendsBothInSeparateChunks() {
    SimulatedService service = scene.service().build();
    List<String> keys = List.of("a", "b", "a", "c", "c", "c");

    RunReport report =
        scene.runner().run(policies(service).from(ListSource.of(keys)).build());

    assertThat(report.counts()).isEqualTo(new Counts(6, 6, 0, 0, 0, 0));
    assertThat(service.timesApplied("a")).isEqualTo(2);
    assertThat(service.timesApplied("c")).isEqualTo(3);
    assertThat(service.calls()).allSatisfy(call -> assertThat(call.keys()).doesNotHaveDuplicates());
  }

  @Test
  void rerunFailed_itemIsGoneFromTheSource_recordsItAsNotFound() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k5", "k6").build();
    RunReport report = scene.runner().run(policies(service).build());
    service.heal();
    Source<String> without = source.filter(key -> !key.equals("k5"));

    RunReport rerun =
        scene.runner().rerunFailed(policies(service).from(without).build(), report.runId());

    assertThat(rerun.counts()).isEqualTo(new Counts(2, 1, 1, 0, 0, 0));
    ItemRecord gone = scene.ledger.items(rerun.runId(), ItemFilter.failed()).get(0);
    assertThat(gone.key()).isEqualTo("k5");
    assertThat(gone.failure().map(Failure::kind)).contains(FailureKind.NOT_FOUND);
    assertThat(gone.failure().flatMap(Failure::code)).contains("runbook4j:NOT_IN_SOURCE");
  }

  @Test
  void rerunFailed_fetchReturnsNull_failsAndSaysSo() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k5", "k6").build();
    RunReport report = scene.runner().run(policies(service).build());
    Source<String> careless = new Source<>() {
      @Override
      public PageReader<String> open(Cursor from) {
        return source.open(from);
      }

      @Override
      @SuppressWarnings("NullAway") // what a careless source does
      public Optional<Page<String>> fetch(List<String> keys) {
        return null;
      }
    };

    RunReport rerun =
        scene.runner().rerunFailed(policies(service).from(careless).build(), report.runId());

    assertThat(rerun.state()).isEqualTo(RunState.FAILED);
    assertThat(rerun.reason())
        .endsWith("the source's fetch returned null, must be a page or empty");
  }

  @Test
  void resume_keyTwiceAndUnreadableInAnOpenChunk_losesNeither() {
    SimulatedService service =
        scene.service().callFault(1, CallFault.CRASH_BEFORE_APPLYING).build();
    Source<String> keys = ListSource.of(List.of("a", "b", "c", "a", "d"));
    scene.live(CrashSwitch.create(), Scene.policies().inDoubt(InDoubt.REAPPLY), keys, service);
    Source<String> changed = keys.map(key -> {
      if (key.equals("a")) {
        throw new IllegalArgumentException("no photo any more");
      }
      return key;
    });

    scene.live(CrashSwitch.create(), Scene.policies().inDoubt(InDoubt.REAPPLY), changed, service);

    assertThat(scene.newest().state()).isEqualTo(RunState.COMPLETED);
    assertThat(scene.newest().counts()).isEqualTo(new Counts(5, 1, 1, 0, 3, 0));
  }

  @Test
  void run_nothingButOneUnreadableKeyTwice_countsBoth() {
    Source<String> keys = ListSource.of(List.of("a", "a")).map(key -> {
      throw new IllegalArgumentException("no photo");
    });

    RunReport report = scene
        .runner()
        .run(Scene.policies().from(keys).to(scene.service().build().target()).build());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new Counts(2, 0, 2, 0, 0, 0));
  }

  private SyncJob.Builder<String> policies(SimulatedService service) {
    return Scene.policies().from(source).to(service.target());
  }

  private void assertEndedEarly(RunReport report, RunState state, int succeeded) {
    int read = source.read();
    assertThat(report.state()).isEqualTo(state);
    assertThat(report.counts()).isEqualTo(new Counts(read, succeeded, 0, 0, 0, read - succeeded));
    assertThat(scene.newest().counts()).isEqualTo(report.counts());
    assertThat(states(ItemState.NOT_REACHED)).hasSize(read - succeeded);
  }

  private List<String> states(ItemState state) {
    return scene.ledger.items(scene.newest().run(), ItemFilter.all().states(state)).stream()
        .map(ItemRecord::key)
        .toList();
  }

  private void assertResumesToTheEnd(SimulatedService service) {
    RunReport report =
        scene.runner().resume(policies(service).build(), scene.newest().run());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new Counts(100, 100, 0, 0, 0, 0));
    assertThat(service.appliedKeys()).hasSize(ITEMS);
    assertThat(service.appliedKeys()).allMatch(key -> service.timesApplied(key) == 1);
  }
}
