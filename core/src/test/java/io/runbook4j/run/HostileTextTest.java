package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.LogChannel;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleLogger;
import org.slf4j.spi.LocationAwareLogger;

/**
 * What keys and services say is shown, logged and reported; it begins no line, and tells no
 * terminal what to do.
 */
class HostileTextTest {
  private static final String FORGED = "FORGED every item has an outcome";
  private static final String HOSTILE = "k\u001b]0;title\u0007 \u009b2J \u007f\u0085 \r\n" + FORGED;

  private final Scene scene = new Scene();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static SyncJob<String> job(Target<String> target) {
    return Scene.policies().from(ListSource.of(List.of(HOSTILE))).to(target).build();
  }

  private static Target<String> corrupting() {
    return chunk -> ChunkResult.builder()
        .outcome(HOSTILE, Outcome.failed(Failure.of(FailureKind.INTEGRITY, HOSTILE)))
        .build();
  }

  private static Target<String> inventing() {
    return chunk -> ChunkResult.builder()
        .outcome(HOSTILE, Outcome.succeeded())
        .outcome("not asked for " + HOSTILE, Outcome.succeeded())
        .build();
  }

  /** {@return what was logged meanwhile, the end of a run included} */
  private String logged(Runnable action) throws ReflectiveOperationException {
    Logger log = LoggerFactory.getLogger(Runner.class);
    Field level =
        SimpleLogger.class.getDeclaredField("currentLogLevel"); // INFO is off in the build
    level.setAccessible(true);
    int usual = level.getInt(log);
    PrintStream before = System.err;
    System.setErr(out);
    level.setInt(log, LocationAwareLogger.INFO_INT);
    try {
      action.run();
    } finally {
      level.setInt(log, usual);
      System.setErr(before);
    }
    return shown();
  }

  private static void assertHarmless(String lines) {
    assertThat(lines).contains(FORGED).matches("[\\P{Cc}\r\n]*");
    assertThat(lines.lines()).noneMatch(line -> line.startsWith("FORGED"));
  }

  @Test
  void onAlert_controlCharactersInItsText_areBlanks() {
    ProgressDisplay.plain(out, scene.time)
        .onAlert(new Alert("own", Severity.SEV1, "sync", "item " + HOSTILE));

    assertHarmless(shown());
    assertThat(shown()).doesNotContain("\r\n" + FORGED).contains("SEV1 alert: item k ]0;title");
  }

  @Test
  void onFinished_controlCharactersInTheReason_areBlanks() {
    scene.runner(ProgressDisplay.plain(out, scene.time)).run(job(inventing()));

    assertHarmless(shown());
    assertThat(shown()).contains("FAILED: the target");
  }

  @Test
  void onWait_controlCharactersInTheCause_areBlanks() {
    Wait wait = new Wait("a permit for " + HOSTILE, scene.time.now(), Optional.empty());
    ProgressDisplay terminal = ProgressDisplay.terminal(out, scene.time);

    terminal.onWait(wait);
    terminal.onWaitOver();
    ProgressDisplay.plain(out, scene.time).onWait(wait);

    assertHarmless(shown());
  }

  @Test
  void run_targetReportsAKeyWithALineFeed_logsOneLine() throws Exception {
    assertHarmless(logged(() -> scene.runner().run(job(inventing()))));
  }

  @Test
  void run_itemIsCorrupt_logsNothingOfItsKeyOrOfWhatWasSaidOfIt() throws Exception {
    assertThat(logged(() -> scene.runner().run(job(corrupting()))))
        .contains("INTEGRITY")
        .doesNotContain(FORGED);
  }

  @Test
  void send_logChannelAndAlertOfAKeyWithALineFeed_logsOneLine() throws Exception {
    Alert alert = new Alert("item " + HOSTILE, Severity.SEV1, "sync", HOSTILE);

    assertHarmless(logged(() -> new LogChannel().send(alert)));
  }

  @Test
  void send_alertOfAJobWithALineFeedIsNotDelivered_logsOneLine() throws Exception {
    AlertRouter router = scene.router(refused -> {
      throw new FailureException(Failure.of(FailureKind.INVALID, "no such field"));
    });
    Alert alert = new Alert("own", Severity.SEV1, HOSTILE, "down");

    assertHarmless(logged(() -> {
      router.send(alert);
      scene.time.advance(Duration.ZERO);
    }));
  }

  @Test
  void json_controlCharactersOfAnyRange_areEscaped() {
    String json = scene.runner().run(job(corrupting())).json();

    assertHarmless(json);
    assertThat(json).contains("\"k\\u001B]0;title\\u0007 \\u009B2J \\u007F\\u0085 \\r\\n" + FORGED);
  }

  @Test
  void text_lineFeedsInKeysReasonsAndAlerts_forgeNoLine() {
    RunReport corrupt = scene.runner().run(job(corrupting()));
    RunReport failed = scene.runner().run(job(inventing()));

    assertHarmless(corrupt.text());
    assertHarmless(failed.text());
    assertThat(corrupt.text()).doesNotContain("\r").contains("\nReasons\n", "\nAlerts\n");
  }
}
