package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.alert.Rule;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.SimulatedService;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a host hangs on to a run may break; the run goes on and says so. */
class FencesTest {
  private final Scene scene = new Scene();

  @Test
  void run_listenerThrows_goesOnAndNotesIt() {
    RunReport report = scene
        .runner(new RunListener() {
          @Override
          public void onChunk(ChunkReport chunk, Progress progress) {
            throw new IllegalStateException("display is gone");
          }
        })
        .run(Scene.job(30, scene.service().build()));

    assertThat(report.counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
    assertThat(report.problems()).anyMatch(problem -> problem.contains("display is gone"));
  }

  @Test
  void run_oneListenerThrows_othersAreStillTold() {
    List<ChunkReport> seen = new ArrayList<>();
    RunListener broken = new RunListener() {
      @Override
      public void onStarted(RunControl run) {
        throw new AssertionError("broken");
      }
    };
    RunListener sound = new RunListener() {
      @Override
      public void onChunk(ChunkReport chunk, Progress progress) {
        seen.add(chunk);
      }
    };

    scene.runner(broken, sound).run(Scene.job(30, scene.service().build()));

    assertThat(seen).extracting(ChunkReport::number).containsExactly(1, 2, 3);
  }

  @Test
  void run_alertChannelThrows_goesOnAndNotesIt() {
    List<Alert> delivered = new ArrayList<>();
    AlertChannel broken = alert -> {
      throw new IllegalStateException("channel #ops is archived");
    };
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k1", "k2", "k3").build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(service.target())
        .alertWhen(Rule.failuresInRunOver(2))
        .build();

    RunReport report =
        scene.runners().alerts(broken).alerts(delivered::add).build().run(job);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.alerts()).hasSize(1);
    assertThat(delivered)
        .singleElement()
        .satisfies(alert -> assertThat(alert.text())
            .startsWith(report.alerts().get(0).text() + "; The service refuses the data"));
    assertThat(report.problems()).anyMatch(problem -> problem.contains("channel #ops is archived"));
  }

  @Test
  void run_targetThrowsAnError_recordsTheEndAndThrowsIt() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> {
          throw new NoClassDefFoundError("org/example/Codec");
        })
        .build();

    assertThatThrownBy(() -> scene.runner().run(job)).isInstanceOf(NoClassDefFoundError.class);
    assertThat(scene.newest().state()).isEqualTo(RunState.FAILED);
    assertThat(scene.newest().counts()).isEqualTo(new Counts(20, 0, 0, 0, 10, 10));
  }
}
