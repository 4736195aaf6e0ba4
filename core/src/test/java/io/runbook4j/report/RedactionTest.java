package io.runbook4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plants secrets in everything that goes in, and looks for them in every byte that comes out. */
@SuppressWarnings("NullAway") // what is not there fails the test
class RedactionTest {
  private static final String REGISTERED = "correct horse <battery> \"staple\" & more";

  private final Redactor redactor = new Redactor();
  private final Map<String, String> secrets = Texts.secrets();

  @TempDir
  private Path folder;

  @Test
  void everyOutput_secretsInEveryInput_tellsNone() throws IOException {
    redactor.register(REGISTERED);
    secrets.put("said " + REGISTERED + " aloud", "battery");
    Map<String, byte[]> outputs = new TreeMap<>();
    for (boolean isHidden : new boolean[] {false, true}) {
      outputs.putAll(outputs(isHidden));
    }

    assertThat(outputs).hasSize(2 * 6 + 2);
    outputs.forEach((name, bytes) -> secrets
        .values()
        .forEach(secret -> assertThat(Texts.text(bytes)).as(name).doesNotContain(secret)));
    assertThat(Texts.text(outputs.get("false report.html"))).contains("[redacted]");
  }

  @Test
  void secrets_ofTheTest_areSeenWhereNothingBlotsThem() {
    secrets.forEach((text, secret) -> assertThat(text).contains(secret));

    assertThat(secrets.values()).doesNotHaveDuplicates().hasSizeGreaterThan(15);
  }

  private Map<String, byte[]> outputs(boolean isHidden) throws IOException {
    Scene scene = new Scene().problem(String.join(" ", secrets.keySet()));
    List<String> texts = new ArrayList<>(secrets.keySet());
    List<String> keys = new ArrayList<>(texts);
    keys.addAll(Scene.keys(20));
    int[] next = {0};
    RunReport report = scene.run(keys, key -> {
      String text = texts.get(next[0]++ % texts.size());
      return next[0] % 5 == 0
          ? Outcome.skipped("skipped " + text)
          : Outcome.failed(Failure.of(FailureKind.INVALID, "refused " + text)
              .withCode(text.length() > 100 ? "long" : text));
    });
    RunReport replay = scene.replay(List.of("k1"), String.join(" ", texts));
    Map<String, byte[]> outputs = new LinkedHashMap<>();
    Path file = folder.resolve("diary" + isHidden + ".md");
    Diary diary = Diary.at(file, redactor);
    diary.record(report);
    diary.record(replay);
    texts.forEach(text -> diary.note(report.runId(), Instant.EPOCH, text, text));
    outputs.put("the diary " + isHidden, Files.readAllBytes(file));
    Files.writeString(
        file,
        Files.readString(file)
            .replace("### Notes\n", "### Notes\n" + String.join("\n", texts) + "\n"));

    Path bundle = folder.resolve(isHidden + ".zip");
    evidence(scene, report, diary, isHidden).write(bundle);
    Texts.unzip(bundle).forEach((name, bytes) -> outputs.put(isHidden + " " + name, bytes));
    History history = History.of(scene.ledger, report.job(), redactor);
    outputs.merge(
        "" + isHidden + " report.html",
        history.html().getBytes(java.nio.charset.StandardCharsets.UTF_8),
        RedactionTest::both);
    HtmlReport of =
        HtmlReport.builder(replay).redactor(redactor).ledger(scene.ledger).build();
    outputs.merge(
        "" + isHidden + " report.html",
        of.html().getBytes(java.nio.charset.StandardCharsets.UTF_8),
        RedactionTest::both);
    return outputs;
  }

  private static byte[] both(byte[] a, byte[] b) {
    byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private Evidence evidence(Scene scene, RunReport report, Diary diary, boolean isHidden) {
    Map<String, String> settings = new LinkedHashMap<>();
    secrets.keySet().forEach(text -> {
      settings.put("setting" + settings.size(), text);
      settings.put(text, "x");
    });
    secrets.values().forEach(secret -> {
      settings.put("slack.Client-Secret_" + settings.size() + ".token", secret);
      settings.put("api key " + settings.size(), "plain");
    });
    List<List<String>> rows = secrets.entrySet().stream()
        .map(secret -> List.of(secret.getKey(), secret.getKey(), secret.getValue()))
        .toList();
    HtmlReport.Builder html = HtmlReport.builder(report)
        .redactor(redactor)
        .ledger(scene.ledger)
        .section(
            "s " + String.join(" ", secrets.keySet()), List.of("key", "what", "password"), rows);
    secrets.keySet().stream().limit(5).forEach(text -> html.section("t", List.of(text), List.of()));
    if (isHidden) {
      html.pseudonyms(new byte[32]);
    }
    return Evidence.builder(html.build()).settings(settings).diary(diary).build();
  }
}
