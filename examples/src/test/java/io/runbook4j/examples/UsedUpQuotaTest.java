package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.rest.RestClient;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestRequest;
import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.testkit.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a run makes of a target whose client has used up its quota until tomorrow. */
class UsedUpQuotaTest {
  private static final Counts NOTHING_SENT = new Counts(2, 0, 0, 0, 0, 2);

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T21:00:00Z"));
  private final RateLimiter daily = RateLimiter.of("api", time, Quota.of(1, Duration.ofDays(1)));
  private final RestClient client = RestClient.builder(URI.create("http://127.0.0.1:1"))
      .permits(daily)
      .time(time)
      .build();
  private final Runner runner = Runner.builder()
      .ledger(MemoryLedger.create())
      .time(time)
      .executor(time.executor())
      .build();

  private RunReport run() {
    daily.tryAcquire();
    return runner.run(SyncJob.<String>named("photos")
        .from(Sources.of(List.of("ann", "bob"), Function.identity()))
        .to(this::send)
        .build());
  }

  private ChunkResult send(Chunk<String> chunk) throws InterruptedException {
    try {
      client.send(RestRequest.post("photos").json(chunk.keys()));
      return ChunkResult.succeeded();
    } catch (RestException e) {
      return e.toChunkResult();
    }
  }

  @Test
  void run_nobodyStopsIt_stopsByItselfWhenItsPatienceIsOver() {
    RunReport report = run();

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.reason()).contains("rate limited 12 times in a row");
    assertThat(report.counts()).isEqualTo(NOTHING_SENT);
    assertThat(time.elapsed()).isBetween(Duration.ofHours(1), Duration.ofHours(4));
  }

  @Test
  void stop_whileACallWaitsForItsPermit_endsTheRunWithinFiveMinutes() {
    time.executor().execute(() -> {
      time.advance(Duration.ofMinutes(1));
      runner.stop("the on-call wants it over");
    });

    RunReport report = run();

    assertThat(report.reason()).isEqualTo("the on-call wants it over");
    assertThat(report.counts()).isEqualTo(NOTHING_SENT);
    assertThat(time.elapsed()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(5));
  }
}
