package io.runbook4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.runbook4j.adapter.Redactor;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway") // what is not there fails the test
class EvidenceTest {
  private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Scene scene = new Scene();

  @TempDir
  private Path folder;

  private Path write(Evidence evidence) {
    Path file = folder.resolve("evidence.zip");
    evidence.write(file);
    return file;
  }

  private Evidence evidence() {
    return evidence(scene.run(Scene.keys(60), Scene::middling));
  }

  private Evidence evidence(RunReport report) {
    return Evidence.builder(HtmlReport.builder(report).ledger(scene.ledger).build())
        .settings(Map.of("chunk.size", "50", "api-token", "hunter2 and more"))
        .build();
  }

  @Test
  void write_aRun_holdsAllThatPeopleAttach() throws IOException {
    RunReport report = scene.run(Scene.keys(60), Scene::middling);
    Diary diary = Diary.at(folder.resolve("diary.md"), new Redactor());
    diary.record(report);
    diary.note(report.runId(), Instant.EPOCH, "Ada", "looked at it");
    HtmlReport html = HtmlReport.builder(report).ledger(scene.ledger).build();

    Path file = write(Evidence.builder(html).diary(diary).build());

    Map<String, byte[]> files = Texts.unzip(file);
    assertThat(files)
        .containsOnlyKeys(
            "diary.md", "items.csv", "manifest.sha256", "report.html", "run.json", "settings.json");
    assertThat(Texts.text(files.get("report.html"))).isEqualTo(html.html());
    JsonMapper mapper = new JsonMapper();
    assertThat(mapper.readTree(files.get("run.json"))).isEqualTo(mapper.readTree(report.json()));
    assertThat(Texts.text(files.get("diary.md")))
        .isEqualTo(diary.entry(report.runId()).orElseThrow().replace("` Ada `", "` Ada `"));
    assertThat(Texts.text(files.get("items.csv")).lines()).hasSize(1 + 4);
    assertThat(Evidence.verify(file)).isEmpty();
  }

  @Test
  void write_moreItemsThanAreListed_saysSoInTheDiaryEntry() {
    RunReport report = scene.run(
        Scene.keys(1_200), key -> Outcome.failed(Failure.of(FailureKind.INVALID, "it is broken")));

    Map<String, byte[]> files = Texts.unzip(write(evidence(report)));

    assertThat(Texts.text(files.get("items.csv")).lines()).hasSize(1 + 1_000);
    assertThat(Texts.text(files.get("diary.md")))
        .contains("\n- Items: items.csv lists 1,000 of 1,200 that failed or are in doubt");
  }

  @Test
  void build_itemsFailedAndNoLedger_isRefused() {
    RunReport failed = scene.run(Scene.keys(60), Scene::middling);
    RunReport clean = scene.run(Scene.keys(9), key -> Outcome.succeeded());

    assertThatThrownBy(
            () -> Evidence.builder(HtmlReport.builder(failed).build()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(failed.runId().value(), "4 such items", "Builder.ledger");
    assertThat(Evidence.builder(HtmlReport.builder(clean).build()).build()).isNotNull();
  }

  @Test
  void write_settings_areSortedAndWithoutSecrets() {
    String settings = Texts.text(Texts.unzip(write(evidence())).get("settings.json"));

    assertThat(settings)
        .isEqualTo("{\n  \"api-token\" : \"[redacted]\",\n  \"chunk.size\" : \"50\"\n}\n");
  }

  @Test
  void write_sameInputInAnotherZone_makesTheSameBytes() throws IOException {
    Evidence evidence = evidence();
    Path first = folder.resolve("1.zip");
    Path second = folder.resolve("2.zip");
    TimeZone zone = TimeZone.getDefault();

    String hash = evidence.write(first);
    String otherHash;
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
      otherHash =
          evidence(new Scene().run(Scene.keys(60), Scene::middling), scene).write(second);
    } finally {
      TimeZone.setDefault(zone);
    }

    assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
    assertThat(otherHash).isEqualTo(hash).isEqualTo(Bundle.sha256(Files.readAllBytes(first)));
  }

  /** The same run made once more, told from the ledger of the first. */
  private static Evidence evidence(RunReport report, Scene scene) {
    return Evidence.builder(HtmlReport.builder(report).ledger(scene.ledger).build())
        .settings(new TreeMap<>(Map.of("api-token", "hunter2 and more", "chunk.size", "50")))
        .build();
  }

  @Test
  void verify_anyByteChanged_isSeen() throws IOException {
    RunReport report = scene.run(Scene.keys(60), Scene::middling);
    Path file = write(evidence(report));
    byte[] bytes = Files.readAllBytes(file);

    // every byte of what stands between and behind the files, and some of the files
    for (int i = 0; i < bytes.length; i += i < 100 || i > bytes.length - 500 ? 1 : 211) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      Files.write(file, changed);
      assertThat(Evidence.verify(file)).as("byte %d", i).isNotEmpty();
    }
    Files.write(file, bytes);
    assertThat(Evidence.verify(file)).isEmpty();
  }

  @Test
  void verify_bundleCutOrLonger_isSeen() throws IOException {
    Path file = write(evidence());
    byte[] bytes = Files.readAllBytes(file);

    for (int length = 0; length < bytes.length; length += 397) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThat(Evidence.verify(file)).as("cut at %d", length).isNotEmpty();
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
    assertThat(Evidence.verify(file)).isNotEmpty();
  }

  @Test
  void verify_filesAddedRemovedAndChanged_namesThem() throws IOException {
    Path file = write(evidence());
    Map<String, byte[]> files = Texts.unzip(file);
    files.put("evil\u001b.txt", new byte[] {1});
    files.remove("run.json");
    files.put("items.csv", "none".getBytes(StandardCharsets.UTF_8));

    Files.write(file, zip(files));

    assertThat(Evidence.verify(file))
        .containsExactly(
            "The content of items.csv is not what the manifest says.",
            "The manifest lists run.json, which is missing.",
            "The manifest does not list evil\\u001b.txt.");
  }

  @Test
  void verify_packedAnew_saysThatTheFilesAreRight() throws IOException {
    Path file = write(evidence());

    Files.write(file, zip(Texts.unzip(file)));

    assertThat(Evidence.verify(file))
        .singleElement()
        .asString()
        .startsWith("The files are as the manifest says, but ");
  }

  @Test
  void verify_noManifest_isSeen() throws IOException {
    Path file = folder.resolve("x.zip");
    Files.write(file, zip(Map.of("a", new byte[] {1})));

    assertThat(Evidence.verify(file))
        .containsExactly("There is no manifest.sha256 in it, so that nothing can be checked.");
  }

  @Test
  void verify_bundleThatSwells_isGivenUp() throws IOException {
    Path file = folder.resolve("bomb.zip");
    Files.write(file, zip(Map.of("a", new byte[65 << 20])));

    assertThat(Files.size(file)).isLessThan(1 << 20);
    assertThat(Evidence.verify(file))
        .anyMatch(problem -> problem.startsWith("It holds more than 67108864 bytes"));
  }

  @Test
  void verify_noSuchFile_throws() {
    assertThatThrownBy(() -> Evidence.verify(folder.resolve("none.zip")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none.zip cannot be read");
  }

  private static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : new LinkedHashMap<>(files).entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void csv_whileItIsWritten_isInAFolderThatNobodyElseMayEnter() {
    assumePosix();
    List<String> seen = new ArrayList<>();

    Evidence.csv(noItems(draft ->
        seen.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(draft.getParent())))));

    assertThat(seen).containsExactly("rwx------");
  }

  @Test
  void csv_draftThatSomebodyRemoves_isTroubleOfTheDisk() {
    assumePosix();

    assertThatThrownBy(() -> Evidence.csv(noItems(draft -> {
          Files.delete(draft);
          Files.delete(draft.getParent());
        })))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("No bundle was made");
  }

  private void assumePosix() {
    assumeTrue(
        Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null,
        "there are no POSIX permissions here, or open files cannot be removed");
  }

  /** What is done with a draft while it is open. */
  @FunctionalInterface
  private interface Meanwhile {
    void with(Path draft) throws IOException;
  }

  /** {@return no items, but this is done when they are asked for} */
  private static Collection<ItemRecord> noItems(Meanwhile meanwhile) {
    return new AbstractCollection<>() {
      @Override
      public Iterator<ItemRecord> iterator() {
        try {
          meanwhile.with(draft());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return Collections.emptyIterator();
      }

      @Override
      public int size() {
        return 0;
      }
    };
  }

  /** {@return the draft of this process; others have theirs} */
  private static Path draft() throws IOException {
    String name = "items.csv-" + ProcessHandle.current().pid() + ".tmp";
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(Evidence.DRAFTS))
          .map(folder -> folder.resolve(name))
          .filter(Files::exists)
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void write_pseudonyms_hideKeysEverywhereAndKeepThemEqual() throws IOException {
    RunReport report = scene.run(Scene.keys(60), Scene::middling);
    Diary diary = Diary.at(folder.resolve("diary.md"), new Redactor());
    diary.record(report);
    diary.note(report.runId(), Instant.EPOCH, "Ada", "005AB0000005Q is mapped now");
    HtmlReport html = HtmlReport.builder(report)
        .ledger(scene.ledger)
        .section("Spot checks", List.of("key", "what"), List.of(List.of("005AB0000001Q", "fine")))
        .pseudonyms(SECRET)
        .build();

    Map<String, byte[]> files =
        Texts.unzip(write(Evidence.builder(html).diary(diary).build()));

    String name = new Pseudonyms(SECRET).of("005AB0000005Q");
    files.forEach((file, bytes) -> assertThat(Texts.text(bytes)).as(file).doesNotContain("005AB"));
    for (String file : List.of("report.html", "run.json", "diary.md", "items.csv")) {
      assertThat(Texts.text(files.get(file))).as(file).contains(name);
    }
    assertThat(Texts.text(files.get("diary.md"))).contains("` " + name + " is mapped now `");
    assertThat(name).matches("k-[0-9a-f]{16}");
  }

  @Test
  void write_pseudonymsOfARunThatAFailureStopped_hideTheKeyThatTheFailureNames()
      throws IOException {
    RunReport report = scene.run(
        Scene.keys(60),
        key -> Outcome.failed(Failure.of(FailureKind.AUTHENTICATION, "no access to " + key)));
    HtmlReport html =
        HtmlReport.builder(report).ledger(scene.ledger).pseudonyms(SECRET).build();

    Map<String, byte[]> files = Texts.unzip(write(Evidence.builder(html).build()));

    assertThat(report.reason()).contains("005AB");
    assertThat(report.counts().notReached()).isPositive();
    files.forEach((file, bytes) -> assertThat(Texts.text(bytes)).as(file).doesNotContain("005AB"));
  }

  @Test
  void write_pseudonymsOfARunWithAFinding_hideTheKeysThatTheFindingNames() {
    List<String> samples = List.of("005AB0000003Q", "005AB0000004Q in the source");
    RunReport report =
        scene.checked(Scene.keys(20), new Finding("missing", "photos", false, 2, samples));
    HtmlReport html =
        HtmlReport.builder(report).ledger(scene.ledger).pseudonyms(SECRET).build();

    Map<String, byte[]> files = Texts.unzip(write(Evidence.builder(html).build()));

    assertThat(report.findings().get(0).samples()).isEqualTo(samples);
    files.forEach((file, bytes) -> assertThat(Texts.text(bytes)).as(file).doesNotContain("005AB"));
    for (String file : List.of("report.html", "run.json", "diary.md")) {
      assertThat(Texts.text(files.get(file)))
          .as(file)
          .contains(new Pseudonyms(SECRET).of(samples.get(0)));
    }
  }

  @Test
  void write_itemsThatASpreadsheetWouldCalculate_areText() {
    RunReport report = scene.run(
        List.of(Texts.FORMULA, "+1", "@x"),
        key -> Outcome.failed(Failure.of(FailureKind.INVALID, Texts.FORMULA).withCode("-1")));

    String csv = Texts.text(Texts.unzip(write(evidence(report))).get("items.csv"));

    assertThat(csv).contains("\"'=HYPERLINK(", "\"'+1\"", "\"'@x\"", "\"'-1\"");
    assertThat(Pattern.compile("\"[=+@-]").matcher(csv).find()).isFalse();
  }
}
