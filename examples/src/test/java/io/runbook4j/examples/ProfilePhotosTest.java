package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProfilePhotosTest {
  private static RunReport failing(FailureKind kind) {
    try (Runner runner = Runner.builder().build()) {
      return runner.run(SyncJob.<String>named("photos")
          .from(Sources.of(List.of("u1"), user -> user))
          .to(chunk -> ChunkResult.refused(Failure.of(kind, "no")))
          .build());
    }
  }

  @Test
  void commands_someFailed_areThoseOfTheCommandLine() {
    assertThat(
            ProfilePhotos.commands(failing(FailureKind.INVALID), Optional.of(Path.of("users.csv"))))
        .containsExactly(
            "The same command with --rerun failed reruns all that failed.",
            "Users without a mapping: users.csv; once they have theirs, the same command with"
                + " --rerun users.csv reruns those only.");
  }

  @Test
  void commands_stopped_goOnWithTheRun() {
    assertThat(ProfilePhotos.commands(failing(FailureKind.AUTHENTICATION), Optional.empty()))
        .containsExactly("The same command goes on with this run; with --new, another one begins.");
  }
}
