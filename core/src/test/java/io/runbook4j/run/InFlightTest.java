package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the service says to several chunks that are in flight together, it says once. */
class InFlightTest {
  private final Scene scene = new Scene();

  @Test
  void run_allInFlightAreRateLimited_countsOneHit() {
    Refusing target = new Refusing(ChunkResult.refused(failure(FailureKind.RATE_LIMITED)));

    RunReport report = scene.runner().run(policies(target).patience(2).build());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.limits()).hasSize(4);
  }

  @Test
  void run_allInFlightHaveTheExpiredCredential_refreshesItOnce() {
    Refusing target = new Refusing(ChunkResult.refused(failure(FailureKind.AUTHENTICATION)));

    RunReport report = scene.runner().run(policies(target).build());

    assertThat(report.counts()).isEqualTo(new Counts(100, 100, 0, 0, 0, 0));
    assertThat(target.refreshes).isEqualTo(1);
  }

  @Test
  void run_aCallIsInterrupted_stops() {
    Refusing target = new Refusing(ChunkResult.unanswered(failure(FailureKind.CANCELLED)));

    RunReport report = scene.runner().run(policies(target).build());

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.reason()).isEqualTo("a call was interrupted");
    assertThat(report.counts().inDoubt()).isEqualTo(40);
    assertThat(report.reasons()).singleElement().satisfies(reason -> {
      assertThat(reason.text()).isEqualTo("in doubt: simulated");
      assertThat(reason.kind()).contains(FailureKind.CANCELLED);
      assertThat(reason.count()).isEqualTo(40);
    });
  }

  private static Failure failure(FailureKind kind) {
    return Failure.of(kind, "simulated");
  }

  private static SyncJob.Builder<String> policies(Target<String> target) {
    return Scene.policies().from(Scene.source(100)).to(target).chunksInFlight(4);
  }

  /** Answers the first four calls, which are in flight together, in one way. */
  private final class Refusing implements Target<String> {
    private final ChunkResult first;
    private int calls;
    int refreshes;

    Refusing(ChunkResult first) {
      this.first = first;
    }

    @Override
    public ChunkResult apply(Chunk<String> chunk) throws InterruptedException {
      int call = ++calls;
      scene.time.sleep(Duration.ofSeconds(call));
      return call <= 4 ? first : ChunkResult.succeeded();
    }

    @Override
    public boolean refreshCredential() {
      refreshes++;
      return true;
    }
  }
}
