package io.runbook4j.report;

import io.runbook4j.alert.Rule;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.run.RunListener;
import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Real runs in virtual time, with rate limits, failures, alerts and a listener that throws. */
final class Scene {
  final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z"));
  final Ledger ledger;
  private final SplittableRandom random = new SplittableRandom(7);
  private String job = "profile-photos";
  private String problem = "the listener is broken";
  private int calls;

  Scene() {
    this(MemoryLedger.create());
  }

  Scene(Ledger ledger) {
    this.ledger = ledger;
  }

  Scene job(String name) {
    this.job = name;
    return this;
  }

  Scene problem(String text) {
    this.problem = text;
    return this;
  }

  /** {@return the report of a run over these keys, whose outcomes are as said} */
  RunReport run(List<String> keys, Function<String, Outcome> outcome) {
    calls = 0;
    try (Runner runner = runner()) {
      return runner.run(job(keys, outcome));
    }
  }

  /** {@return the report of a run over everything once more, for a reason} */
  RunReport replay(List<String> keys, String reason) {
    try (Runner runner = runner()) {
      RunReport report = runner.replayAll(job(keys, key -> Outcome.succeeded()), reason);
      if (report.origin().kind() != RunOrigin.Kind.REPLAY) {
        throw new IllegalStateException("kind must be REPLAY, was " + report.origin());
      }
      return report;
    }
  }

  private Runner runner() {
    return Runner.builder()
        .ledger(ledger)
        .time(time)
        .random(random.split())
        .executor(time.executor())
        .listener(new RunListener() {
          @Override
          public void onAlert(Alert alert) {
            throw new IllegalStateException(problem);
          }
        })
        .build();
  }

  /** {@return the report of a run whose spot check looks at three items, and finds them so} */
  RunReport spotChecked(List<String> keys, Target.Verdict verdict) {
    Target<String> target = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) throws InterruptedException {
        return Scene.this.apply(chunk, key -> Outcome.succeeded());
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> some) {
        return Optional.of(
            some.stream().collect(Collectors.toMap(Function.identity(), key -> verdict)));
      }
    };
    try (Runner runner = runner()) {
      return runner.run(policies(keys).to(target).spotCheck(SpotCheck.of(3, 3)).build());
    }
  }

  /** {@return the report of a run without failures, whose check finds this} */
  RunReport checked(List<String> keys, Finding finding) {
    try (Runner runner = runner()) {
      return runner.run(policies(keys)
          .to(chunk -> apply(chunk, key -> Outcome.succeeded()))
          .checkAfter(() -> List.of(finding))
          .build());
    }
  }

  private SyncJob<String> job(List<String> keys, Function<String, Outcome> outcome) {
    return policies(keys).to(chunk -> apply(chunk, outcome)).build();
  }

  private SyncJob.Builder<String> policies(List<String> keys) {
    return SyncJob.<String>named(job)
        .from(Sources.of(keys, key -> key))
        .chunkSize(ChunkSize.adaptive(50, 200))
        .alertWhen(Rule.failuresInRunOver(5));
  }

  private ChunkResult apply(Chunk<String> chunk, Function<String, Outcome> outcome)
      throws InterruptedException {
    time.sleep(Duration.ofMillis(200 + 5L * chunk.keys().size() + random.nextInt(400)));
    if (++calls % 9 == 4) {
      return ChunkResult.refused(
          Failure.of(FailureKind.RATE_LIMITED, "slow down").withRetryAfter(Duration.ofSeconds(7)));
    }
    ChunkResult.Builder results = ChunkResult.builder();
    for (String key : chunk.keys()) {
      results.outcome(key, outcome.apply(key));
    }
    return results.build();
  }

  static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> "005AB%07dQ".formatted(i)).toList();
  }

  /** {@return what a middling day does to these keys} */
  static Outcome middling(String key) {
    int number = Integer.parseInt(key.substring(5, 12));
    if (number % 37 == 5) {
      return Outcome.failed(Failure.of(FailureKind.MAPPING_MISSING, "no Slack user for " + key));
    }
    if (number % 53 == 7) {
      return Outcome.failed(
          Failure.of(FailureKind.INVALID, "image of " + key + " is 12 x 12, must be 512 at least")
              .withCode("bad_image"));
    }
    if (number % 211 == 9) {
      return Outcome.failed(
          Failure.of(FailureKind.NOT_FOUND, "GET https://photos.example.test/" + key + " gave 404")
              .withCode("404"));
    }
    return number % 19 == 3 ? Outcome.skipped("photo is the same") : Outcome.succeeded();
  }
}
