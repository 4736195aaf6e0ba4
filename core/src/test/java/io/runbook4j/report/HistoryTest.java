package io.runbook4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

@SuppressWarnings("NullAway") // what is not there fails the test
class HistoryTest {
  private static final String JOB = "profile-photos";

  private final Scene scene = new Scene();

  private String html() {
    return History.of(scene.ledger, JOB, new Redactor()).html();
  }

  private static Outcome failed(String code) {
    return Outcome.failed(Failure.of(FailureKind.INVALID, "bad").withCode(code));
  }

  @Test
  void html_runs_showShareAndResultOfEach() {
    scene.run(Scene.keys(100), key -> Outcome.succeeded());
    scene.time.advance(Duration.ofDays(1));
    scene.run(Scene.keys(100), key -> key.endsWith("7Q") ? failed("E7") : Outcome.succeeded());

    Document page = Jsoup.parse(html());

    Elements rows = page.select("tbody tr");
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).select("td").eachText().subList(2, 6))
        .containsExactly("COMPLETED", "100", "10", "10.0 %");
    assertThat(rows.get(1).select("td").eachText().subList(2, 6))
        .containsExactly("COMPLETED", "100", "0", "0.0 %");
    Element share =
        page.select("figure:contains(Share of items failed or in doubt) svg").first();
    assertThat(share.select("rect")).hasSize(1).allMatch(bar -> bar.hasClass("partly"));
    assertThat(share.select("rect").attr("x")).isEqualTo("1.08");
    assertThat(share.attr("aria-label")).contains("2 runs: the most is 10.0 % on 2026-11-24");
  }

  @Test
  void html_moreRunsThanShown_areTheNewest30() {
    for (int i = 0; i < 33; i++) {
      scene.run(Scene.keys(i + 1), key -> Outcome.succeeded());
      scene.time.advance(Duration.ofHours(20));
    }

    Elements rows = Jsoup.parse(html()).select("tbody tr");

    assertThat(rows).hasSize(30);
    assertThat(rows.first().select("td").get(3).text()).isEqualTo("33");
    assertThat(rows.last().select("td").get(3).text()).isEqualTo("4");
  }

  @Test
  void html_reasons_standWhereTheyHappened() {
    scene.run(Scene.keys(10), key -> failed("early"));
    scene.time.advance(Duration.ofDays(2));
    scene.run(Scene.keys(20), key -> failed("late"));

    Document page = Jsoup.parse(html());

    Elements trends = page.select("figure:has(svg.small)");
    assertThat(trends.select("b").eachText())
        .containsExactly("INVALID [late]: 20", "INVALID [early]: 10");
    double lateX = Double.parseDouble(trends.get(0).select("rect").attr("x"));
    double earlyX = Double.parseDouble(trends.get(1).select("rect").attr("x"));
    assertThat(lateX - earlyX).isBetween(47.0, 49.0);
    assertThat(trends.get(1).select("title").text())
        .isEqualTo("INVALID [early]: 10 in all, the most is 10 in the stretch from"
            + " 2026-11-23 22:00:00 UTC");
  }

  @Test
  void html_runThatGoesOn_hasNoEnd() {
    RunId run = new RunId("r1");
    Instant now = scene.time.now();
    scene.ledger.record(run, List.of(new RunStarted(now, run, JOB, RunOrigin.full())));

    Document page = Jsoup.parse(html());

    assertThat(page.select("tbody td").eachText()).contains("RUNNING", "no end");
  }

  @Test
  void html_runThatReadNothing_hasNoShare() {
    RunId run = new RunId("r1");
    Instant now = scene.time.now();
    scene.ledger.record(
        run,
        List.of(
            new RunStarted(now, run, JOB, RunOrigin.full()),
            new RunFinished(now, RunState.FAILED, "no source", Counts.zero(), List.of())));

    Document page = Jsoup.parse(html());

    assertThat(page.select("tbody td").eachText()).contains("FAILED", "0.0 %", "0 ms");
    assertThat(page.text()).doesNotContain("NaN");
  }

  @Test
  void html_noRuns_saysSo() {
    assertThat(Jsoup.parse(html()).select("p").text())
        .isEqualTo("There are no runs of this job in the ledger.");
  }

  @Test
  void html_thousandsOfHostileCodes_staysSmallAndWellFormed() throws Exception {
    int[] count = {0};
    scene.run(
        Scene.keys(3_000), key -> failed("</title><script>" + count[0]++ + Texts.RIGHT_TO_LEFT));

    String html = html();

    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html)));
    assertThat(html.length()).isLessThan(200_000);
    assertThat(Jsoup.parse(html).select("script")).hasSize(1);
    assertThat(html).doesNotContain("\u202e").contains("2,988 more are left out");
  }

  @Test
  void stretch_anySpan_makesAtMostSixtyOfThem() {
    for (long hours = 0; hours < 24 * 4_000; hours += 7) {
      Duration span = Duration.ofHours(hours);

      Duration stretch = ReasonTrend.stretch(span);

      // one more for the beginning that is not at a border, and one for the end
      assertThat(span.dividedBy(stretch) + 2).as("%s by %s", span, stretch).isLessThanOrEqualTo(60);
    }
  }

  @Test
  void write_aFile_isThePage(@TempDir Path folder) throws Exception {
    scene.run(Scene.keys(3), key -> Outcome.succeeded());
    History history = History.of(scene.ledger, JOB, new Redactor());

    history.write(folder.resolve("history.html"));

    assertThat(Files.readString(folder.resolve("history.html"))).isEqualTo(history.html());
  }
}
