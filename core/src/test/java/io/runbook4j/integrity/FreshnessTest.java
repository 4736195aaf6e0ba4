package io.runbook4j.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.integrity.FreshnessReport.Level;
import io.runbook4j.spi.ledger.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreshnessTest {
  private static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");
  private static final Freshness DAILY = Freshness.within(Duration.ofDays(1));

  private final ListedSource<CacheEntry> cache = new ListedSource<>();
  private final ListedSource<Fingerprint> origin = new ListedSource<>();

  private static CacheEntry aged(Duration age) {
    return CacheEntry.refreshed(NOW.minus(age));
  }

  private static CacheEntry fresh() {
    return aged(Duration.ofHours(1));
  }

  private FreshnessReport check(Freshness freshness) throws InterruptedException {
    return freshness.check("canvas", cache, NOW);
  }

  private static List<String> names(FreshnessReport report) {
    return report.findings().stream().map(Finding::check).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "0, FRESH, 0",
    "10, FRESH, 0",
    "11, WARNING, 1",
    "25, WARNING, 1",
    "26, CRITICAL, 1",
    "100, CRITICAL, 1"
  })
  void check_shareOfStaleEntries_isJudgedAboveTenAndTwentyFivePerCent(
      int stale, Level level, int findings) throws Exception {
    for (int i = 0; i < 100; i++) {
      cache.add("k" + i, i < stale ? aged(Duration.ofHours(25)) : fresh());
    }

    FreshnessReport report = check(DAILY);

    assertThat(report.level()).isEqualTo(level);
    assertThat(report.staleShare()).isEqualTo(stale / 100.0);
    assertThat(report.entries()).isEqualTo(100);
    assertThat(report.findings()).hasSize(findings);
    report.findings().forEach(finding -> assertThat(finding.total()).isEqualTo(stale));
  }

  @Test
  void check_limitsToTheNanosecond_areInclusiveForTheEntry() throws Exception {
    cache
        .add("just fresh", aged(Duration.ofDays(1)))
        .add("just stale", aged(Duration.ofDays(1).plusNanos(1)))
        .add("ends now", CacheEntry.expiring(NOW))
        .add("ends soon", CacheEntry.expiring(NOW.plus(Duration.ofHours(6)).minusNanos(1)))
        .add("ends later", fresh().expires(NOW.plus(Duration.ofHours(6))));

    FreshnessReport report = check(DAILY);

    assertThat(report.stale()).isEqualTo(2);
    assertThat(report.ending()).isEqualTo(1);
    assertThat(report.oldest()).isEqualTo(Duration.ofDays(1).plusNanos(1));
    assertThat(report.level()).isEqualTo(Level.CRITICAL);
    assertThat(names(report)).containsExactly("stale", "ending-soon");
    assertThat(report.findings().get(0).samples())
        .containsExactly(
            "just stale refreshed 2026-11-22T03:59:59.999999999Z",
            "ends now ended 2026-11-23T04:00:00Z");
    assertThat(report.findings().get(1).samples())
        .containsExactly("ends soon ends 2026-11-23T09:59:59.999999999Z");
  }

  @Test
  void check_otherLimits_areUsed() throws Exception {
    cache
        .add("a", aged(Duration.ofHours(2)).expires(NOW.plus(Duration.ofHours(3))))
        .add("b", fresh());

    FreshnessReport report = check(Freshness.within(Duration.ofMinutes(90))
        .endingWithin(Duration.ofHours(3))
        .shares(0.5, 0.5));

    assertThat(report.stale()).isEqualTo(1);
    assertThat(report.ending()).isZero();
    assertThat(report.level()).isEqualTo(Level.FRESH);
    assertThat(check(Freshness.within(Duration.ofMinutes(90)).shares(0.4, 0.49)).level())
        .isEqualTo(Level.CRITICAL);
  }

  @Test
  void check_emptyOrUnreadable_isNoShareButAFinding() throws Exception {
    assertThat(check(DAILY).staleShare()).isZero();
    cache.unreadable("torn").add("a", fresh());

    FreshnessReport report = check(DAILY);

    assertThat(report.entries()).isEqualTo(1);
    assertThat(names(report)).containsExactly("unreadable");
    assertThat(report.findings().get(0).samples()).containsExactly("torn: torn");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void check_comparedWithTheOrigin_findsWhatDiffers(boolean fetches) throws Exception {
    Instant then = NOW.minusSeconds(100);
    cache
        .add("same", fresh().value(Fingerprint.of("x")))
        .add("older", fresh().value(Fingerprint.of("x").changedAt(then)))
        .add("newer", fresh().value(Fingerprint.of("x").changedAt(then)))
        .add("gone", fresh().value(Fingerprint.of("x")))
        .add("torn", fresh().value(Fingerprint.of("x")))
        .add("unknown", fresh());
    origin
        .add("newer", Fingerprint.of("y").changedAt(then.minusSeconds(1)))
        .add("older", Fingerprint.of("y").changedAt(then.plusSeconds(1)))
        .unreadable("torn")
        .add("same", Fingerprint.of("x"));
    ListedSource<Fingerprint> from = fetches ? origin : origin.withoutFetch();

    FreshnessReport report = check(DAILY.comparedWith(from, 100, 1));

    assertThat(report.compared()).isEqualTo(4);
    assertThat(report.differing()).isEqualTo(3);
    assertThat(report.differingShare()).isEqualTo(0.75);
    assertThat(names(report))
        .containsExactly("differs-from-origin", "newer-than-origin", "unreadable");
    assertThat(report.findings().get(0).samples())
        .containsExactlyInAnyOrder("older", "newer", "gone is not in the origin");
    assertThat(report.findings().get(1).corruption()).isTrue();
    assertThat(report.findings().get(1).samples())
        .containsExactly("newer changed 2026-11-23T03:58:20Z, in the origin 2026-11-23T03:58:19Z");
  }

  @Test
  void check_largeCache_comparesAsManyAsAskedInBatches() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      cache.add("k" + i, fresh().value(Fingerprint.of(i % 2)));
      origin.add("k" + i, Fingerprint.of(0));
    }

    FreshnessReport report = check(DAILY.comparedWith(origin, 250, 7));

    assertThat(report.compared()).isEqualTo(250);
    assertThat(origin.fetched()).containsExactly(100, 100, 50);
    // Half of all differ: beyond 6 standard deviations once in 10^9.
    assertThat(report.differing()).isBetween(125 - 48L, 125 + 48L);
    assertThat(check(DAILY.comparedWith(origin, 250, 7)).findings()).isEqualTo(report.findings());
    assertThat(check(DAILY.comparedWith(origin, 250, 8)).findings())
        .isNotEqualTo(report.findings());
  }

  @Test
  void settings_wrong_areRefusedAtOnce() {
    assertThatThrownBy(() -> Freshness.within(Duration.ZERO))
        .hasMessage("limit must be positive, was PT0S");
    assertThatThrownBy(() -> DAILY.endingWithin(Duration.ofHours(-1)))
        .hasMessage("soon must be positive, was PT-1H");
    assertThatThrownBy(() -> DAILY.shares(0.3, 0.2)).hasMessageContaining("was 0.3 and 0.2");
    assertThatThrownBy(() -> DAILY.shares(Double.NaN, 0.2)).hasMessageContaining("was NaN");
    assertThatThrownBy(() -> DAILY.comparedWith(origin, 0, 1))
        .hasMessage("entries must be 1 to 10000, was 0");
  }
}
