package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.alert.Triage;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.testkit.VirtualTime;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NextStepsTest {
  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z"));
  private final Runner runner =
      Runner.builder().time(time).random(new SplittableRandom(1)).build();
  private int stopAtCall = Integer.MAX_VALUE;
  private int calls;

  /** 100 items, of which every tenth has no mapping. */
  private final SyncJob<String> job = SyncJob.<String>named("next")
      .from(ListSource.of(IntStream.range(0, 100).mapToObj(i -> "k" + i).toList())
          .map(NextStepsTest::mapped))
      .to(chunk -> {
        if (++calls == stopAtCall) {
          stop();
        }
        return ChunkResult.succeeded();
      })
      .chunkSize(ChunkSize.fixed(20))
      .build();

  private static String mapped(String key) {
    if (key.endsWith("0")) {
      throw new FailureException(Failure.of(FailureKind.MAPPING_MISSING, "no id"));
    }
    return key;
  }

  private void stop() {
    runner.stop("half-way");
  }

  @Test
  void next_aCheckFoundSomething_saysSoOnce() {
    Finding finding = new Finding("orphans", "snapshots", false, 3, List.of("row 7"));
    RunReport report = runner.run(SyncJob.<String>named("found")
        .from(ListSource.of(List.of("a")))
        .to(chunk -> ChunkResult.succeeded())
        .checkAfter(() -> List.of(finding, finding))
        .build());

    assertThat(report.next())
        .contains("orphans found something: look at the data before the next run writes it");
  }

  @Test
  void next_someWithoutAMapping_countsThem() {
    RunReport report = runner.run(job);

    assertThat(report.next()).first().asString().startsWith("10 have no mapping");
  }

  @Test
  void next_someWithoutAMapping_endsWithTheRunbooksAdvice() {
    RunReport report = runner.run(job);

    String advice = "MAPPING_MISSING (10 items): No mapping: users missing the id of the other"
        + " service; export list, correct mappings, rerun those users only";
    assertThat(report.next()).hasSize(2).last().isEqualTo(advice);
    assertThat(report.text()).endsWith("  " + advice + "\n");
    assertThat(report.json()).contains(advice);
  }

  @Test
  void next_nothingFailed_isNothing() {
    SyncJob<String> well = SyncJob.<String>named("well")
        .from(ListSource.of(List.of("a", "b")))
        .to(chunk -> ChunkResult.succeeded())
        .build();

    assertThat(runner.run(well).next()).isEmpty();
  }

  @Test
  void next_severalKinds_areSortedByItemsAndShareRows() {
    RunReport report = runner.run(failing(key -> switch (key.charAt(key.length() - 1)) {
      case '1' -> Outcome.failed(Failure.of(FailureKind.PERMISSION, "no scope"));
      case '2', '3' -> Outcome.failed(Failure.of(FailureKind.NETWORK, "reset"));
      case '4' -> Outcome.inDoubt(Failure.of(FailureKind.TIMEOUT, "no answer"));
      default -> Outcome.succeeded();
    }));

    assertThat(report.next().subList(2, report.next().size()))
        .satisfiesExactly(
            first -> assertThat(first)
                .startsWith("NETWORK (20 items), TIMEOUT (10 items): 5xx, network errors"),
            second -> assertThat(second).startsWith("PERMISSION (10 items): The service refuses"));
  }

  @Test
  void next_authenticationStopsTheRun_saysWhatToDoAboutIt() {
    RunReport report = runner.run(failing(
        key -> Outcome.failed(Failure.of(FailureKind.AUTHENTICATION, "the token is revoked"))));

    assertThat(report.next())
        .last()
        .asString()
        .startsWith("AUTHENTICATION (the run stopped): Invalid or expired token")
        .contains("rotate credentials");
  }

  @Test
  void next_hostsOwnTable_isTheOneThatCounts() {
    Triage own = Triage.defaults().toBuilder()
        .add(FailureKind.MAPPING_MISSING, "", new Triage.Advice("No id", "new staff", "ask HR"))
        .build();
    Runner runner = Runner.builder().time(time).triage(own).build();

    assertThat(runner.run(job).next())
        .last()
        .isEqualTo("MAPPING_MISSING (10 items): No id: new staff; ask HR");
  }

  private static SyncJob<String> failing(Function<String, Outcome> outcome) {
    return SyncJob.<String>named("failing")
        .from(ListSource.of(IntStream.range(0, 100).mapToObj(i -> "k" + i).toList()))
        .to(chunk -> {
          ChunkResult.Builder results = ChunkResult.builder();
          chunk.keys().forEach(key -> results.outcome(key, outcome.apply(key)));
          return results.build();
        })
        .inDoubt(InDoubt.PARK)
        .build();
  }

  @Test
  void next_resumedRun_speaksOfTheWholeRun() {
    stopAtCall = 3;
    RunReport stopped = runner.run(job);

    RunReport resumed = runner.resume(job, stopped.runId());

    assertThat(resumed.counts().failed()).isEqualTo(10);
    assertThat(resumed.next())
        .first()
        .asString()
        .startsWith("10 failed in this run, those without a mapping included");
  }

  @Test
  void next_someWithoutAMappingOthersInvalid_givesWholeCommandsThatDoWhatTheNumberSays() {
    SyncJob<String> both = failing(key -> switch (key.charAt(key.length() - 1)) {
      case '1' -> Outcome.failed(Failure.of(FailureKind.MAPPING_MISSING, "no id"));
      case '2', '3' -> Outcome.failed(Failure.of(FailureKind.INVALID, "no name"));
      case '4' -> Outcome.inDoubt(Failure.of(FailureKind.MAPPING_MISSING, "no answer"));
      default -> Outcome.succeeded();
    });
    RunReport report = runner.run(both);

    String run = "runner.rerunFailed(job, new RunId(\"" + report.runId() + "\")";
    assertThat(report.next().subList(0, 3))
        .containsExactly(
            "10 have no mapping; export them with ItemsCsv, correct the mappings, then rerun those only"
                + " with " + run + ", ItemFilter.failed().kinds(FailureKind.MAPPING_MISSING))",
            "20 failed; look at the reasons, then rerun with " + run + "), which reruns all 30",
            "10 in doubt: they may or may not have been applied; look at the service first: " + run
                + ", ItemFilter.all().states(ItemState.IN_DOUBT)) reruns all 10, and with .keys(..) on"
                + " the filter those only that are to be sent again");
    ItemFilter unmapped = ItemFilter.failed().kinds(FailureKind.MAPPING_MISSING);
    assertThat(runner.rerunFailed(both, report.runId(), unmapped).counts().read())
        .isEqualTo(10);
    assertThat(runner.rerunFailed(both, report.runId()).counts().read()).isEqualTo(30);
  }

  @Test
  void next_nothingIsLeftOfWhatWasRead_saysThatTheRestIsNotRead() {
    RunReport report = runner.run(SyncJob.<String>named("bad table")
        .from(FailingSource.after(ListSource.of(List.of("a")), 0))
        .to(chunk -> ChunkResult.succeeded())
        .build());

    assertThat(report.next())
        .first()
        .isEqualTo("nothing is left of what was read; mend the cause, then go on with"
            + " runner.resume(job, new RunId(\"" + report.runId()
            + "\")), which reads the rest of the source");
  }

  @Test
  void next_itemsAreGoneFromTheSource_saysSoAndNothingOfTheService() {
    SyncJob<String> job = failing(key -> key.endsWith("1")
        ? Outcome.failed(Failure.of(FailureKind.INVALID, "no name"))
        : Outcome.succeeded());
    RunReport report = runner.run(job);
    SyncJob<String> without = SyncJob.<String>named("failing")
        .from(ListSource.of(List.of("k1", "k11")))
        .to(chunk -> ChunkResult.succeeded())
        .build();

    RunReport rerun = runner.rerunFailed(without, report.runId());

    assertThat(rerun.counts().failed()).isEqualTo(8);
    assertThat(rerun.next())
        .containsExactly(
            "8 were no longer in the source, and not sent (k21, k31, k41, k51, k61, ..);"
                + " a rerun sends those only that the source has again");
  }
}
