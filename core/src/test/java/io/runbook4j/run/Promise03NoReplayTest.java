package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Promise 3: nothing that succeeded is replayed by a rerun or a resume, unless a person says so and
 * why.
 */
class Promise03NoReplayTest {
  private final Scene scene = new Scene();
  private final CountedSource scanned = new CountedSource(Scene.source(100));
  private final CountedSource fetching = new CountedSource(Sources.of(Scene.keys(100), key -> key));

  @Test
  void rerunFailed_someFailed_sendsThoseAndNoOthers() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k3", "k55").build();
    RunReport report = scene.runner().run(job(scanned, service));
    service.heal();

    RunReport rerun = scene.runner().rerunFailed(job(scanned, service), report.runId());

    assertThat(sentSince(service, 10)).containsExactly("k3", "k55");
    assertThat(rerun.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
    assertThat(rerun.origin().parent()).contains(report.runId());
  }

  @Test
  void rerunFailed_twiceInARow_theSecondSendsNothing() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k3", "k55").build();
    RunReport report = scene.runner().run(job(scanned, service));
    service.heal();
    scene.runner().rerunFailed(job(scanned, service), report.runId());
    int calls = service.calls().size();

    RunReport second = scene.runner().rerunFailed(job(scanned, service), report.runId());

    assertThat(service.calls()).hasSize(calls);
    assertThat(second.state()).isEqualTo(RunState.COMPLETED);
    assertThat(second.counts()).isEqualTo(Counts.zero());
  }

  @Test
  void rerunFailed_itemSucceededInAnotherRun_isNotSentAgain() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k3", "k55").build();
    RunReport report = scene.runner().run(job(scanned, service));
    service.heal();
    scene.runner().rerunOutstanding(job(scanned, service), ItemFilter.all().keys(List.of("k3")));
    int calls = service.calls().size();

    scene.runner().rerunFailed(job(scanned, service), report.runId());

    assertThat(sentSince(service, calls)).containsExactly("k55");
  }

  @Test
  void rerunFailed_stillFailing_canBeRerunAgain() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k3").build();
    RunReport report = scene.runner().run(job(scanned, service));
    RunReport rerun = scene.runner().rerunFailed(job(scanned, service), report.runId());
    service.heal();

    RunReport last = scene.runner().rerunFailed(job(scanned, service), rerun.runId());

    assertThat(rerun.counts()).isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
    assertThat(last.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
  }

  @Test
  void rerunFailed_sourceCanFetch_readsOnlyTheWantedItems() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k3", "k55").build();
    RunReport report = scene.runner().run(job(fetching, service));
    service.heal();
    int read = fetching.read();

    scene.runner().rerunFailed(job(fetching, service), report.runId());

    assertThat(fetching.fetched()).containsExactly("k3", "k55");
    assertThat(fetching.read()).isEqualTo(read);
    assertThat(fetching.opened()).isEqualTo(1);
  }

  @Test
  void rerunFailed_sourceCannotFetch_scansItOnce() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k3", "k55").build();
    RunReport report = scene.runner().run(job(scanned, service));
    service.heal();

    scene.runner().rerunFailed(job(scanned, service), report.runId());

    assertThat(scanned.fetched()).isEmpty();
    assertThat(scanned.read()).isEqualTo(200);
    assertThat(sentSince(service, 10)).containsExactly("k3", "k55");
  }

  @Test
  void rerunFailed_filters_chooseAmongTheFailedItems() {
    List<String> sent = new ArrayList<>();
    SyncJob<String> job = job(fetching, diverse(sent));
    RunReport report = scene.runner().run(job);
    Map<ItemFilter, List<String>> wanted = Map.of(
        ItemFilter.failed().kinds(FailureKind.PERMISSION), List.of("k2", "k4"),
        ItemFilter.failed().code("E17"), List.of("k4"),
        ItemFilter.failed().keys(List.of("k6", "k99")), List.of("k6"),
        ItemFilter.failed().text("LOCKED"), List.of("k6", "k8"),
        ItemFilter.failed().limit(2), List.of("k2", "k4"),
        ItemFilter.failed().limit(2).newestFirst(), List.of("k8", "k6"),
        ItemFilter.all().states(ItemState.SKIPPED), List.of("k9"));

    wanted.forEach((filter, keys) -> {
      sent.clear();
      scene.runner().rerunFailed(job, report.runId(), filter);
      assertThat(sent).as(filter.toString()).isEqualTo(keys);
    });
  }

  /** Fails and skips the same few items each time, in different ways. */
  private static Target<String> diverse(List<String> sent) {
    Failure forbidden = Failure.of(FailureKind.PERMISSION, "no access");
    Failure locked = Failure.of(FailureKind.INVALID, "row is locked by a trigger");
    return chunk -> {
      sent.addAll(chunk.keys());
      ChunkResult.Builder result = ChunkResult.builder();
      for (String key : chunk.keys()) {
        switch (key) {
          case "k2" -> result.failed(key, forbidden);
          case "k4" -> result.failed(key, forbidden.withCode("E17"));
          case "k6", "k8" -> result.failed(key, locked);
          case "k9" -> result.outcome(key, io.runbook4j.spi.sync.Outcome.skipped("unchanged"));
          default -> result.succeeded(key);
        }
      }
      return result.build();
    };
  }

  @Test
  void rerunOutstanding_severalRuns_sendsWhatNoRunHasDone() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k3").build();
    scene.runner(new StopAfter(3)).run(job(scanned, service));
    service.heal();

    RunReport rerun = scene.runner().rerunOutstanding(job(scanned, service));

    assertThat(sentSince(service, 3))
        .containsExactlyInAnyOrderElementsOf(concat(List.of("k3"), Scene.keys(30, 40)));
    assertThat(rerun.origin().kind()).isEqualTo(RunOrigin.Kind.RERUN_OUTSTANDING);
  }

  private static List<String> concat(List<String> a, List<String> b) {
    List<String> both = new ArrayList<>(a);
    both.addAll(b);
    return both;
  }

  @Test
  void rerunOutstanding_nothingOutstanding_sendsNothing() {
    SimulatedService service = scene.service().build();
    scene.runner().run(job(scanned, service));

    RunReport rerun = scene.runner().rerunOutstanding(job(scanned, service));

    assertThat(service.calls()).hasSize(10);
    assertThat(rerun.counts()).isEqualTo(Counts.zero());
  }

  @Test
  void resume_aStoppedRun_sendsEachItemOnce() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k3").build();
    SyncJob<String> job = job(scanned, service);
    RunReport early = scene.runner(new StopAfter(5)).run(job);

    scene.runner().resume(job, early.runId());

    assertThat(sentSince(service, 0)).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void resume_aStoppedRerun_sendsOnlyWhatTheRerunHadLeft() {
    String[] bad = Scene.keys(40, 75).toArray(String[]::new);
    SimulatedService service = scene.service().failing(FailureKind.INVALID, bad).build();
    SyncJob<String> job = job(scanned, service);
    RunReport report = scene.runner().run(job);
    service.heal();
    RunReport rerun = scene.runner(new StopAfter(1)).rerunFailed(job, report.runId());

    RunReport resumed = scene.runner().resume(job, rerun.runId());

    assertThat(rerun.state()).isEqualTo(RunState.STOPPED);
    assertThat(sentSince(service, 10)).containsExactly(bad);
    assertThat(resumed.counts()).isEqualTo(new Counts(35, 35, 0, 0, 0, 0));
  }

  @Test
  void resume_aCompletedRun_isRefused() {
    SimulatedService service = scene.service().build();
    SyncJob<String> job = job(scanned, service);
    RunReport report = scene.runner().run(job);

    assertThatThrownBy(() -> scene.runner().resume(job, report.runId()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("COMPLETED");
  }

  @Test
  void replayAll_withAReason_sendsEverythingAgainAndRecordsTheReason() {
    SimulatedService service = scene.service().build();
    SyncJob<String> job = job(scanned, service);
    scene.runner().run(job);
    scene.time.advance(Duration.ofDays(1));

    RunReport replay = scene.runner().replayAll(job, "the service lost its disk");

    assertThat(sentSince(service, 10)).hasSize(100);
    assertThat(replay.text()).contains("the service lost its disk");
    RunOrigin origin = scene.newest().started().origin();
    assertThat(origin.kind()).isEqualTo(RunOrigin.Kind.REPLAY);
    assertThat(origin.reason()).isEqualTo("the service lost its disk");
  }

  @Test
  void replayAll_withoutAReason_isRefused() {
    SyncJob<String> job = job(scanned, scene.service().build());

    assertThatThrownBy(() -> scene.runner().replayAll(job, " "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reason must be non-blank");
  }

  private static SyncJob<String> job(Source<String> source, SimulatedService service) {
    return job(source, service.target());
  }

  private static SyncJob<String> job(Source<String> source, Target<String> target) {
    return Scene.policies().from(source).to(target).build();
  }

  /** {@return the keys of all calls after the first so many, in order} */
  private static List<String> sentSince(SimulatedService service, int calls) {
    return service.calls().stream()
        .skip(calls)
        .flatMap(call -> call.keys().stream())
        .toList();
  }
}
