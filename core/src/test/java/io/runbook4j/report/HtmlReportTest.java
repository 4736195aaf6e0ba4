package io.runbook4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.ThreadMXBean;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xml.sax.InputSource;

@SuppressWarnings("NullAway") // what is not there fails the test
class HtmlReportTest {
  private final Scene scene = new Scene();

  private String html(RunReport report) {
    return HtmlReport.builder(report).ledger(scene.ledger).build().html();
  }

  @Test
  void html_runWithFailures_showsWhatTheReportSays() {
    RunReport report = scene.run(Scene.keys(2_000), Scene::middling);

    Document page = Jsoup.parse(html(report));

    assertThat(page.select(".verdict").text())
        .isEqualTo("PARTIAL 1,799 of 2,000 succeeded, 100 failed");
    assertThat(page.select(".counts b").eachText())
        .containsExactly("2,000", "1,799", "100", "101", "0", "0");
    assertThat(page.select("p.good").text())
        .contains("read 2,000 = 1,799 + 100 + 101 + 0 + 0 = 2,000");
    assertThat(page.select("h2").eachText())
        .containsExactly(
            "Counts",
            "Next",
            "Chunks",
            "Reasons",
            "Items that failed or are in doubt",
            "Alerts",
            "Limits met",
            "Chunk size",
            "Problems");
    assertThat(page.select("pre").text())
        .isEqualTo("runner.rerunFailed(job, new RunId(\"" + report.runId() + "\"));");
  }

  @Test
  void html_runWithFailures_listsEachFailedItemWithoutScript() {
    RunReport report = scene.run(Scene.keys(2_000), Scene::middling);

    Element items =
        Jsoup.parse(html(report)).select("section:contains(Items that failed) ").first();

    assertThat(items.select("tbody tr")).hasSize(100).noneMatch(row -> row.hasAttr("hidden"));
    assertThat(items.select("tbody tr").first().select("td").eachText())
        .startsWith(
            "005AB0000005Q", "FAILED", "MAPPING_MISSING", "no Slack user for 005AB0000005Q");
    assertThat(items.select(".filter").hasAttr("hidden")).isTrue();
  }

  @Test
  void html_runWithFailures_hasTheRunbooksAdviceAmongTheNextSteps() {
    RunReport report = scene.run(Scene.keys(2_000), Scene::middling);

    assertThat(Jsoup.parse(html(report)).select("section:contains(Next) li").eachText())
        .containsAll(report.next())
        .anyMatch(step -> step.contains("export list, correct mappings, rerun those users only"));
  }

  @Test
  void html_spotCheckFindsItemsGone_showsAlertFindingAndSpotCheckByItself() {
    RunReport report = scene.spotChecked(Scene.keys(200), Target.Verdict.ABSENT);

    Document page = Jsoup.parse(html(report));

    assertThat(page.select(".verdict").text())
        .isEqualTo("FINDINGS 200 of 200 succeeded, 0 failed, 1 finding");
    assertThat(page.select("h2").eachText()).containsSequence("Alerts", "Findings", "Spot check");
    assertThat(page.select("section:contains(Alerts) li").eachText())
        .singleElement()
        .asString()
        .startsWith("WARNING finding-spot-check: spot-check in profile-photos: 3");
    assertThat(page.select("section:contains(such as) td").eachText())
        .startsWith("spot-check", "profile-photos", "3")
        .last()
        .asString()
        .contains("succeeded and is not there");
    Element check = page.select("section:contains(Spot check)").last();
    assertThat(check.select("tbody tr")).hasSize(3).allMatch(row -> row.text().endsWith("ABSENT"));
    assertThat(check.select("p").text())
        .contains("seed " + report.spotCheck().orElseThrow().seed());
  }

  @Test
  void html_spotCheckFindsAllThere_isFine() {
    RunReport report = scene.spotChecked(Scene.keys(200), Target.Verdict.APPLIED);

    Document page = Jsoup.parse(html(report));

    assertThat(page.select(".verdict").text()).startsWith("OK 200 of 200");
    assertThat(page.select("h2").eachText()).contains("Spot check").doesNotContain("Findings");
  }

  @Test
  void html_tables_keepTheWordsOfNarrowColumnsWholeBesideALongMessage() {
    RunReport report = scene.run(Scene.keys(2_000), Scene::middling);

    Document page = Jsoup.parse(html(report));

    assertThat(page.select("section:contains(Items that failed) table").first().classNames())
        .containsExactlyInAnyOrder("w1", "s1", "w2", "s2", "w3", "s3", "b4", "w5", "s5");
  }

  @Test
  void html_tableOfManyShortColumns_wrapsThemRatherThanLeaveThePage() {
    RunReport report = scene.run(Scene.keys(1), key -> Outcome.succeeded());
    List<String> cells = List.of("a b c d e f g h i j k l", "m n o p q r s t u v w x", "y z");

    Document narrow = page(report, cells);
    Document wide = page(report, Stream.concat(cells.stream(), cells.stream()).toList());

    assertThat(narrow.select("table").last().classNames()).contains("s1", "s2", "s3");
    assertThat(wide.select("table").last().classNames())
        .containsExactlyInAnyOrder("w1", "w2", "w3", "w4", "w5", "w6");
  }

  private Document page(RunReport report, List<String> cells) {
    List<String> columns =
        IntStream.range(0, cells.size()).mapToObj(i -> "column " + i).toList();
    return Jsoup.parse(HtmlReport.builder(report)
        .ledger(scene.ledger)
        .section("Audit", columns, List.of(cells))
        .build()
        .html());
  }

  @ParameterizedTest
  @CsvSource({"true, bad", "false, warn"})
  void html_findingOfCorruption_isInTheColourOfTrouble(boolean isCorruption, String mood) {
    Finding finding = new Finding("sha-256", "snapshots", isCorruption, 2, List.of("row 7"));

    Document page = Jsoup.parse(html(scene.checked(Scene.keys(20), finding)));

    assertThat(page.select(".verdict").first().classNames()).contains(mood);
    assertThat(page.select(".verdict").text())
        .isEqualTo("FINDINGS 20 of 20 succeeded, 0 failed, 1 finding");
  }

  @Test
  void html_alerts_areTheWorstFirstInTheirColour() {
    RunReport report = scene.run(
        Scene.keys(100),
        key -> Outcome.failed(Failure.of(
            key.endsWith("7Q") ? FailureKind.INTEGRITY : FailureKind.INVALID, "it is broken")));

    assertThat(Jsoup.parse(html(report)).select("section:contains(Alerts) li b"))
        .extracting(Element::text, Element::className)
        .containsExactly(tuple("SEV1", "bad"), tuple("WARNING", "warn"));
  }

  @Test
  void html_pseudonyms_holdForTheItemsOfTheSpotCheckToo() {
    RunReport report = scene.spotChecked(Scene.keys(200), Target.Verdict.ABSENT);

    String html = HtmlReport.builder(report)
        .pseudonyms("sixteen bytes and more".getBytes(StandardCharsets.UTF_8))
        .build()
        .html();

    assertThat(report.spotCheck().orElseThrow().verdicts()).hasSize(3);
    assertThat(html).doesNotContain(report.spotCheck().orElseThrow().verdicts().keySet());
  }

  @Test
  void html_charts_haveABarForEachChunkAndAnAlternative() {
    RunReport report = scene.run(Scene.keys(2_000), Scene::middling);
    long limited = report.limits().size();

    Document page = Jsoup.parse(html(report));

    assertThat(page.select("figure")).hasSize(3);
    assertThat(page.select("figure svg[role=img][aria-label]")).hasSize(3);
    Element sizes = page.select("figure svg").first();
    assertThat(sizes.select("rect")).hasSize(report.chunks().size());
    assertThat(sizes.select("rect.limited")).hasSize((int) limited);
    assertThat(limited).isPositive();
    assertThat(sizes.select("title").text())
        .startsWith("Items in each chunk: " + report.chunks().size() + " chunks, the most is ")
        .endsWith(limited + " were rate limited");
    assertThat(page.select("details tbody tr")).hasSize(report.chunks().size());
    List<String> widths = page.select(".reasons rect").eachAttr("width");
    assertThat(widths).hasSize(report.reasons().size()).startsWith("100.0");
  }

  @Test
  void html_anyRun_isWellFormedAndLoadsNothing() throws Exception {
    String html = html(scene.run(Scene.keys(700), Scene::middling));

    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html)));
    Document page = Jsoup.parse(html);
    assertThat(page.select("[src], [href], [srcset], [style], link, iframe, object, base, form"))
        .isEmpty();
    assertThat(page.getAllElements().stream()
            .flatMap(element -> element.attributes().asList().stream())
            .map(attribute -> attribute.getKey()))
        .noneMatch(name -> name.startsWith("on"));
    assertThat(page.select("style").html()).doesNotContain("url(").doesNotContain("@import");
  }

  @Test
  void html_policy_allowsTheOneStyleAndTheOneScript() throws Exception {
    Document page = Jsoup.parse(html(scene.run(Scene.keys(10), key -> Outcome.succeeded())));

    String policy = page.select("meta[http-equiv=Content-Security-Policy]").attr("content");
    assertThat(policy)
        .startsWith("default-src 'none'; ")
        .contains("style-src 'sha256-" + sha256(page.select("style").first().data()) + "';")
        .contains("script-src 'sha256-"
            + sha256(page.select("script:not([type])").first().data()) + "';")
        .doesNotContain("unsafe");
  }

  private static String sha256(String text) throws Exception {
    return Base64.getEncoder()
        .encodeToString(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void html_embeddedJson_isTheReport() throws Exception {
    RunReport report = scene.run(Scene.keys(700), Scene::middling);

    String json = Jsoup.parse(html(report)).select("#run-report").first().data();

    JsonMapper mapper = new JsonMapper();
    assertThat(mapper.readTree(json)).isEqualTo(mapper.readTree(report.json()));
  }

  @Test
  void html_cleanRun_hasNothingToDo() {
    Document page = Jsoup.parse(html(scene.run(Scene.keys(90), key -> Outcome.succeeded())));

    assertThat(page.select(".verdict.good").text()).isEqualTo("OK 90 of 90 succeeded, 0 failed");
    assertThat(page.select("h2").eachText())
        .doesNotContain("Next", "Reasons", "Alerts", "Problems");
    assertThat(page.select("pre")).isEmpty();
  }

  @Test
  void html_secondRun_tellsHowLongItUsuallyTakes() {
    scene.run(Scene.keys(90), key -> Outcome.succeeded());
    RunReport report = scene.run(Scene.keys(90), key -> Outcome.succeeded());

    assertThat(Jsoup.parse(html(report)).select("dt:contains(Duration) + dd").text())
        .matches("[0-9.]+ m?s \\(usually [0-9.]+ m?s\\)");
  }

  @Test
  void html_runsLaterOrOfAnotherKind_sayNothingOfHowLongItUsuallyTakes() {
    RunReport first = scene.run(Scene.keys(90), key -> Outcome.succeeded());
    scene.run(Scene.keys(900), key -> Outcome.succeeded());
    RunReport replay = scene.replay(Scene.keys(90), "the service lost them");

    assertThat(html(first)).contains("Duration").doesNotContain("usually");
    assertThat(html(replay)).contains("Duration").doesNotContain("usually");
  }

  @Test
  void html_sections_areTables() {
    RunReport report = scene.run(Scene.keys(10), key -> Outcome.succeeded());

    Document page = Jsoup.parse(HtmlReport.builder(report)
        .section("Findings", List.of("check", "key"), List.of(List.of("orphan", "k<1>")))
        .build()
        .html());

    Element section = page.select("section:contains(Findings)").first();
    assertThat(section.select("th").eachText()).containsExactly("check", "key");
    assertThat(section.select("td").eachText()).containsExactly("orphan", "k<1>");
  }

  @Test
  void section_badInput_isRefusedAtOnce() {
    HtmlReport.Builder builder =
        HtmlReport.builder(scene.run(Scene.keys(1), key -> Outcome.succeeded()));

    assertThatThrownBy(() -> builder.section("T", List.of("a", "b"), List.of(List.of("1"))))
        .hasMessage("rows must have 2 cells each, as there are columns, was 1 in section T");
    assertThatThrownBy(() -> builder.section(" ", List.of("a"), List.of()))
        .hasMessage("title must be non-blank, was \" \"");
    assertThatThrownBy(() -> builder.section("T", List.of(), List.of()))
        .hasMessage("columns must be at least one, was none");
    assertThatThrownBy(() -> builder.pseudonyms(new byte[15]))
        .hasMessage("secret must be at least 16 bytes, was 15");
  }

  @Test
  void section_oneTooMany_isRefused() {
    HtmlReport.Builder builder =
        HtmlReport.builder(scene.run(Scene.keys(1), key -> Outcome.succeeded()));
    for (int i = 0; i < 20; i++) {
      builder.section("T" + i, List.of("a"), List.of());
    }

    assertThatThrownBy(() -> builder.section("T20", List.of("a"), List.of()))
        .hasMessage("sections must be at most 20, was one more: T20");
  }

  @Test
  void conservation_countsThatDoNotAddUp_areRed() {
    Page page = new Page("t");

    RunPage.conservation(page, 10, 5, 4);

    assertThat(Jsoup.parse(page.end()).select("p.bad").text())
        .isEqualTo(
            "THE COUNTS DO NOT ADD UP: read 10, but 5 + 4 = 9. Items were lost or counted twice.");
  }

  @Test
  void html_ledgerThatSaysOtherwise_isRed() {
    RunReport report = scene.run(Scene.keys(90), key -> Outcome.succeeded());
    Counts recorded = new Counts(91, 90, 0, 0, 1, 0);
    RunFacts facts = new RunFacts(
        report, List.of(), List.of(), java.util.Optional.of(recorded), java.util.Optional.empty());

    String html = new RunPage(facts, Plain.text()).html(List.of());

    assertThat(Jsoup.parse(html).select("p.bad").text()).startsWith("The ledger says otherwise: ");
    assertThat(html(report)).doesNotContain("says otherwise");
  }

  @Test
  void html_hundredThousandFailures_staysBelowOneMegabyte() {
    String long480 = "\"'<&".repeat(120);
    RunReport report = scene.run(
        Scene.keys(100_000),
        key -> Outcome.failed(
            Failure.of(FailureKind.INVALID, key.hashCode() % 300 + "x" + long480 + letters(key))
                .withCode(letters(key).substring(0, 2))));
    HtmlReport html = HtmlReport.builder(report)
        .ledger(scene.ledger)
        .section("Many", List.of("a"), java.util.Collections.nCopies(50_000, List.of(long480)))
        .build();

    long before = allocated();
    String text = html.html();
    long allocated = allocated() - before;

    assertThat(report.counts().failed()).isEqualTo(100_000);
    assertThat(text.getBytes(StandardCharsets.UTF_8).length).isBetween(200_000, 1_000_000);
    assertThat(allocated).as("bytes allocated").isLessThan(100L << 20);
    assertThat(Jsoup.parse(text).select("p.soft:contains(left out)").eachText())
        .hasSizeGreaterThanOrEqualTo(2)
        .anyMatch(left -> left.startsWith("99,"));
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static String letters(String key) {
    StringBuilder letters = new StringBuilder();
    key.chars().filter(c -> c >= '0' && c <= '9').forEach(c -> letters.append((char) (c + 49)));
    return letters.reverse().toString();
  }

  @Test
  void html_hostileTexts_areShownAndDoNothing() throws Exception {
    Scene hostile = new Scene().problem(Texts.RIGHT_TO_LEFT);
    List<String> keys = Stream.of(
            Texts.END_OF_SCRIPT,
            Texts.RIGHT_TO_LEFT,
            Texts.ESCAPE,
            "a\ud800b",
            "c\uffffd",
            "e\u0000f")
        .toList();
    RunReport report = hostile.run(
        keys,
        key -> Outcome.failed(Failure.of(FailureKind.INVALID, Texts.END_OF_SCRIPT + Texts.ESCAPE)
            .withCode("\"><b>")));

    String html = HtmlReport.builder(report)
        .ledger(hostile.ledger)
        .section(Texts.END_OF_SCRIPT, List.of(Texts.RIGHT_TO_LEFT), List.of(List.of(Texts.ESCAPE)))
        .build()
        .html();

    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html)));
    Document page = Jsoup.parse(html);
    assertThat(page.select("script")).hasSize(2);
    assertThat(page.select("img, td b")).isEmpty();
    assertThat(page.select("h2").eachText()).contains(Texts.END_OF_SCRIPT);
    assertThat(html.codePoints())
        .noneMatch(c -> c != '\n' && Character.isISOControl(c))
        .noneMatch(c -> Character.getType(c) == Character.FORMAT);
    assertThat(page.text()).contains("\\u001b[31mred").contains("abc\\u202egpj.exe");
  }

  @Test
  void write_placeThatCannotBeWritten_leavesWhatWasThere(@TempDir Path folder) throws Exception {
    HtmlReport report =
        HtmlReport.builder(scene.run(Scene.keys(1), key -> Outcome.succeeded())).build();
    Path file = folder.resolve("run.html");
    Files.createDirectories(file.resolve("child"));

    assertThatThrownBy(() -> report.write(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("What was there before is untouched");

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void write_again_replacesTheFileWhole(@TempDir Path folder) throws Exception {
    HtmlReport report =
        HtmlReport.builder(scene.run(Scene.keys(1), key -> Outcome.succeeded())).build();
    Path file = folder.resolve("new/run.html");

    report.write(file);
    report.write(file);

    assertThat(Files.readString(file)).isEqualTo(report.html());
    try (Stream<Path> left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }
}
