package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.SimulatedService;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Promise 6: a poison item costs O(log n) calls, and an error of the whole call is never bisected.
 */
class Promise06BisectionTest {
  private final List<List<String>> calls = new ArrayList<>();

  @Test
  void run_onePoisonAmongAHundred_takesAtMostFifteenCallsWhereverItIs() {
    for (int poison = 0; poison < 100; poison++) {
      SimulatedService service = new Scene().service().poison("k" + poison).build();

      RunReport report = run(100, service.target());

      assertThat(report.counts()).isEqualTo(new Counts(100, 99, 1, 0, 0, 0));
      assertThat(service.calls().size()).as("calls for k" + poison).isLessThanOrEqualTo(15);
      assertThat(service.timesApplied("k" + poison)).isZero();
    }
  }

  @Test
  void run_twoPoisonsAmongAHundred_takesAtMostTwiceAsMany() {
    for (int first = 0; first < 100; first += 7) {
      for (int second = first + 1; second < 100; second += 5) {
        SimulatedService service =
            new Scene().service().poison("k" + first, "k" + second).build();

        RunReport report = run(100, service.target());

        assertThat(report.counts()).isEqualTo(new Counts(100, 98, 2, 0, 0, 0));
        assertThat(service.calls().size())
            .as("k" + first + " and k" + second)
            .isLessThanOrEqualTo(28);
      }
    }
  }

  @Test
  void run_allArePoison_failsThemAllInTwoCallsEachAndAFewToFindTheFirst() {
    SimulatedService service =
        new Scene().service().poison(Scene.keys(100).toArray(String[]::new)).build();

    RunReport report = run(100, service.target());

    assertThat(report.counts()).isEqualTo(new Counts(100, 0, 100, 0, 0, 0));
    assertThat(service.calls().size()).isLessThanOrEqualTo(2 * 100 + 7);
  }

  @Test
  void run_bothItemsOfTheFirstHalfAreFoundBad_sendsTheSecondHalfWhole() {
    Failure bad = Failure.of(FailureKind.INVALID, "bad");
    Target<String> target = chunk -> {
      calls.add(List.copyOf(chunk.keys()));
      return switch (calls.size()) {
        case 1 -> ChunkResult.refused(bad);
        case 2 -> ChunkResult.builder().failed("k0", bad).failed("k1", bad).build();
        default -> ChunkResult.succeeded();
      };
    };

    RunReport report = run(4, target);

    assertThat(calls).containsExactly(Scene.keys(4), Scene.keys(2), Scene.keys(2, 4));
    assertThat(report.counts()).isEqualTo(new Counts(4, 2, 2, 0, 0, 0));
  }

  @Test
  void run_poison_failsWithWhatTheServiceSaid() {
    Scene scene = new Scene();
    SimulatedService service = scene.service().poison("k17").build();

    RunReport report = scene.runner().run(Scene.job(20, service));

    ItemRecord failed = scene.ledger.items(report.runId(), ItemFilter.failed()).get(0);
    assertThat(failed.key()).isEqualTo("k17");
    assertThat(failed.failure().flatMap(Failure::code)).contains("400");
  }

  @Test
  void run_chunkTooLarge_cutsItUntilItFits() {
    RunReport report = run(100, tooLargeOver(13));

    assertThat(report.counts()).isEqualTo(new Counts(100, 100, 0, 0, 0, 0));
    assertThat(calls.size()).isLessThanOrEqualTo(15);
  }

  @Test
  void run_itemTooLargeByItself_failsIt() {
    Target<String> target = chunk -> chunk.keys().contains("k3")
        ? ChunkResult.refused(Failure.of(FailureKind.TOO_LARGE, "12 MB, at most 10 MB"))
        : ChunkResult.succeeded();

    assertThat(run(10, target).counts()).isEqualTo(new Counts(10, 9, 1, 0, 0, 0));
  }

  @Test
  void run_adaptiveAndTooLarge_learnsTheSizeThatFits() {
    Scene scene = new Scene();

    RunReport report = scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(2_000))
            .to(tooLargeOver(50))
            .chunkSize(ChunkSize.adaptive(25, 200))
            .build());

    assertThat(report.counts()).isEqualTo(new Counts(2_000, 2_000, 0, 0, 0, 0));
    assertThat(calls.stream().filter(keys -> keys.size() > 50).count()).isLessThanOrEqualTo(5);
  }

  private Target<String> tooLargeOver(int most) {
    return chunk -> {
      calls.add(List.copyOf(chunk.keys()));
      return chunk.size() > most
          ? ChunkResult.refused(Failure.of(FailureKind.TOO_LARGE, "at most " + most))
          : ChunkResult.succeeded();
    };
  }

  @ParameterizedTest
  @CsvSource({
    "RATE_LIMITED, 12", // the job's patience
    "AUTHENTICATION, 1",
    "PERMISSION, 1",
    "SERVER_ERROR, 4",
    "NETWORK, 4",
    "TIMEOUT, 4",
    "CANCELLED, 1",
    "UNKNOWN, 1"
  })
  void run_wholeCallIsRefused_neverBisects(FailureKind kind, int times) {
    run(100, chunk -> {
      calls.add(List.copyOf(chunk.keys()));
      return ChunkResult.refused(Failure.of(kind, "not now"));
    });

    assertThat(calls).hasSize(times).containsOnly(Scene.keys(100));
  }

  private static RunReport run(int items, Target<String> target) {
    return new Scene()
        .runner()
        .run(Scene.policies()
            .from(Scene.source(items))
            .to(target)
            .chunkSize(ChunkSize.fixed(100))
            .build());
  }
}
