package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilePhotosTest {
  @TempDir
  Path folder;

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
  void main_rerunFileWithoutKeys_isABadArgument() throws Exception {
    Files.writeString(folder.resolve("rerun.csv"), "user,why\nu1,no\n");

    Process process = rerun();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(ExitCode.USAGE.number());
    assertThat(said).contains("ProfilePhotos: ", "column named key").doesNotContain("\tat ");
  }

  @Test
  void main_ledgerThatCannotBeOpened_isToldWithoutAStackTrace() throws Exception {
    Files.writeString(folder.resolve("rerun.csv"), "key\nu1\n");
    Files.createDirectories(folder.resolve("runs").resolve("ledger.lock")); // in a file's place

    Process process = rerun();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(ExitCode.STOPPED.number());
    assertThat(said).contains("ProfilePhotos: ", "cannot be opened").doesNotContain("\tat ");
  }

  private Process rerun() throws IOException {
    Path users = Files.writeString(folder.resolve("users.csv"), "user_id\n");
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        ProfilePhotos.class.getName()));
    command.addAll(List.of("--users", users.toString(), "--url", "http://127.0.0.1:1"));
    command.addAll(List.of("--ledger", folder.resolve("runs").toString()));
    command.addAll(List.of("--rerun", folder.resolve("rerun.csv").toString()));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @Test
  void commands_stopped_goOnWithTheRun() {
    assertThat(ProfilePhotos.commands(failing(FailureKind.AUTHENTICATION), Optional.empty()))
        .containsExactly("The same command goes on with this run; with --new, another one begins.");
  }
}
