package io.runbook4j.integrity;

import static io.runbook4j.integrity.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {
  private static final String ABC_SHA256 =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir
  Path folder;

  private static List<Finding> find(Check check, Source<Map<String, @Nullable Object>> rows)
      throws InterruptedException {
    return Checks.of(check).over("snapshots", rows);
  }

  private static List<String> samples(Check check, Source<Map<String, @Nullable Object>> rows)
      throws InterruptedException {
    List<Finding> findings = find(check, rows);
    assertThat(findings).as("findings").hasSize(1);
    Finding finding = findings.get(0);
    assertThat(finding.check()).isEqualTo(check.name());
    assertThat(finding.subject()).isEqualTo("snapshots");
    return finding.samples();
  }

  // -- versions

  @Test
  void versionsForward_orderedByTime_comparesWithTheRowBeforeWhateverComesFirst() throws Exception {
    Check check = Check.versionsForward("user", "version", "at");

    assertThat(samples(
            check,
            Rows.of(
                row("user", "u1", "version", 3, "at", Instant.ofEpochSecond(30)),
                row("user", "u1", "version", 5, "at", Instant.ofEpochSecond(20)),
                row("user", "u2", "version", 1, "at", Instant.ofEpochSecond(25)),
                row("user", "u1", "version", 6, "at", Instant.ofEpochSecond(-5)),
                row("user", "u1", "version", 3, "at", Instant.ofEpochSecond(40)))))
        .containsExactly("r1: user=u1 version=5 after 6", "r0: user=u1 version=3 after 5");
  }

  @Test
  void versionsForward_withoutOrder_takesThatOfTheRows() throws Exception {
    assertThat(samples(
            Check.versionsForward("user", "version"),
            Rows.of(
                row("user", "u1", "version", 1L),
                row("user", "u2", "version", 9),
                row("user", "u1", "version", new BigDecimal("3.0")),
                row("user", "u2", "version", BigInteger.valueOf(-9)),
                row("user", "u1", "version", 3))))
        .containsExactly("r3: user=u2 version=-9 after 9");
  }

  @Test
  void versionsForward_mixedWaysToWriteATime_orderTheSame() throws Exception {
    assertThat(find(
            Check.versionsForward("user", "version", "at"),
            Rows.of(
                row(
                    "user",
                    1,
                    "version",
                    4,
                    "at",
                    OffsetDateTime.parse("2026-11-23T05:00:00+01:00")),
                row("user", 1, "version", 2, "at", "2026-11-23T03:59:59.5Z"),
                row("user", 1, "version", 3, "at", LocalDateTime.parse("2026-11-23T03:59:59.6")),
                row("user", 1, "version", 1, "at", "2026-11-23T03:59:59Z"),
                row(
                    "user",
                    1,
                    "version",
                    5,
                    "at",
                    ZonedDateTime.parse("2026-11-23T05:00:01+01:00")),
                row("user", 1, "version", 6, "at", null))))
        .isEmpty();
  }

  @Test
  void versionsForward_numbersAsOrder_sortAsNumbers() throws Exception {
    assertThat(find(
            Check.versionsForward("user", "version", "seq"),
            Rows.of(
                row("user", 1, "version", 3, "seq", 10),
                row("user", 1, "version", 2, "seq", 9),
                row("user", 1, "version", 1, "seq", -10))))
        .isEmpty();
  }

  @Test
  void versionsForward_nullVersion_breaksTheChainAsInSql() throws Exception {
    assertThat(find(
            Check.versionsForward("user", "version"),
            Rows.of(
                row("user", 1, "version", 3),
                row("user", 1, "version", null),
                row("user", 1, "version", 1))))
        .isEmpty();
  }

  @Test
  void versionsForward_garbage_isUnreadableAndTheOthersAreChecked() throws Exception {
    List<Finding> findings = find(
        Check.versionsForward("user", "version", "at"),
        Rows.of(
            row("user", 1, "version", 3, "at", 1),
            row("user", 1, "version", "v2", "at", 2),
            row("user", 1, "version", 1.5, "at", 2),
            row("user", 1, "at", 2),
            row("user", 1, "version", 2, "at", "yesterday"),
            row("user", new Object(), "version", 2, "at", 2),
            row("user", 1, "version", new BigDecimal("1e999999999"), "at", 2),
            row("user", 1, "version", 2, "at", 3)));

    assertThat(findings)
        .extracting(Finding::check)
        .containsExactly("versions-backwards", "unreadable");
    assertThat(findings.get(0).samples()).containsExactly("r7: user=1 version=2 after 3");
    assertThat(findings.get(1).corruption()).isFalse();
    assertThat(findings.get(1).total()).isEqualTo(6);
    assertThat(findings.get(1).samples().get(0))
        .isEqualTo("r1 for versions-backwards: version must be a whole number, was \"v2\"");
    assertThat(findings.get(1).samples().get(2))
        .isEqualTo("r3 for versions-backwards: column must be one of [user, at], was version");
  }

  // -- duplicates and orphans

  @Test
  void unique_severalColumns_tellsApartWhatLooksTheSameWhenJoined() throws Exception {
    assertThat(samples(
            Check.unique("a", "b"),
            Rows.of(
                row("a", "x|V1:y", "b", "z"),
                row("a", "x", "b", "y|V1:z"),
                row("a", "1", "b", null),
                row("a", "1", "b", "null"),
                row("a", 1, "b", null),
                row("a", "", "b", "N"),
                row("a", new BigDecimal("1.00"), "b", null))))
        .containsExactly("a=1 b=null (3 times)");
  }

  @Test
  void uniqueVersions_sameVersionTwice_isNamedAfterTheRunbook() throws Exception {
    assertThat(samples(
            Check.uniqueVersions("user", "version"),
            Rows.of(
                row("user", "u", "version", 1),
                row("user", "v", "version", 1),
                row("user", "u", "version", 1))))
        .containsExactly("user=u version=1 (2 times)");
  }

  @Test
  void noOrphans_parentMissingOrNull_namesTheChild() throws Exception {
    Source<String> parents = Sources.of(List.of("1", "2", "2", "7"), id -> id);

    assertThat(samples(
            Check.noOrphans("parent", parents),
            Rows.of(
                row("parent", 1),
                row("parent", 3),
                row("parent", "2"),
                row("parent", null),
                row("parent", 3L),
                row("parent", 1))))
        .containsExactlyInAnyOrder("r1: parent=3", "r4: parent=3", "r3: parent=null");
  }

  @Test
  void noOrphans_noParentsAtAll_allAreOrphans() throws Exception {
    Source<String> parents = Sources.of(List.of(), id -> id);

    assertThat(find(Check.noOrphans("parent", parents), Rows.of(row("parent", 1)))
            .get(0)
            .total())
        .isEqualTo(1);
  }

  // -- hashes

  @Test
  void sha256_knownVector_acceptsHexBase64AndBytes() throws Exception {
    byte[] raw = java.util.HexFormat.of().parseHex(ABC_SHA256);
    Check check = Check.sha256("payload", "hash");

    assertThat(find(
            check,
            Rows.of(
                row("payload", "abc", "hash", ABC_SHA256),
                row(
                    "payload",
                    "abc".getBytes(StandardCharsets.UTF_8),
                    "hash",
                    ABC_SHA256.toUpperCase(java.util.Locale.ROOT)),
                row("payload", "abc", "hash", raw),
                row("payload", "abc", "hash", java.util.Base64.getEncoder().encodeToString(raw)),
                row("payload", null, "hash", null))))
        .isEmpty();
  }

  @Test
  void sha256_otherContentOrNone_isCorruption() throws Exception {
    Check check = Check.sha256("payload", "hash");
    List<Finding> findings = find(
        check,
        Rows.of(
            row("payload", "abd", "hash", ABC_SHA256),
            row("payload", "abc", "hash", ABC_SHA256.substring(2)),
            row("payload", null, "hash", ABC_SHA256),
            row("payload", "abc", "hash", ""),
            row("payload", "abc", "hash", null)));

    assertThat(findings).extracting(Finding::check).containsExactly("sha-256", "unreadable");
    assertThat(findings.get(0).corruption()).isTrue();
    assertThat(findings.get(0).total()).isEqualTo(4);
    assertThat(findings.get(0).samples().get(0))
        .startsWith("r0: hash is \"ba7816bf")
        .contains("a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9");
    assertThat(findings.get(1).samples())
        .containsExactly("r4 for sha-256: hash must be there to be compared, was null");
  }

  @Test
  void crc32c_checkValueOfTheAlgorithm_acceptsHexAndNumbers() throws Exception {
    // The check value of CRC-32/ISCSI in the catalogue of parametrised CRC algorithms.
    Check check = Check.crc32c("payload", "crc");

    assertThat(samples(
            check,
            Rows.of(
                row("payload", "123456789", "crc", "e3069283"),
                row("payload", "123456789", "crc", 0xe3069283L),
                row("payload", "123456789", "crc", 0xe3069283),
                row("payload", "123456789", "crc", 0xe3069284),
                row("payload", "123456789", "crc", 0x1e3069283L))))
        .containsExactly(
            "r3: crc is -486108540 but should be e3069283",
            "r4: crc is 8103826051 but should be e3069283");
  }

  // -- invariants, UTC, counts

  @Test
  void invariant_falseOrThrowing_namesTheRow() throws Exception {
    List<Finding> findings = find(
        Check.invariant("delta-not-negative", row -> row.whole("delta").orElseThrow() >= 0),
        Rows.of(row("delta", 1), row("delta", -1), row("delta", null), row("delta", "x")));

    assertThat(findings)
        .extracting(Finding::check)
        .containsExactly("delta-not-negative", "unreadable");
    assertThat(findings.get(0).samples()).containsExactly("r1");
    assertThat(findings.get(1).samples()).hasSize(2);
  }

  @Test
  void utc_zonesAndNone_findsAllThatIsNotUtc() throws Exception {
    List<@Nullable Object> right = new ArrayList<>(List.of(
        Instant.EPOCH,
        1_700_000_000_000L,
        "2026-11-23T04:31:12.114Z",
        "2026-11-23T04:31:12+00:00",
        OffsetDateTime.parse("2026-11-23T04:31:12Z"),
        ZonedDateTime.parse("2026-11-23T04:31:12Z[UTC]")));
    right.add(null);
    List<Object> wrong = List.of(
        "2026-11-23T04:31:12",
        "2026-11-23T04:31:12+01:00",
        "2026-11-23 04:31",
        "",
        OffsetDateTime.parse("2026-11-23T04:31:12+01:00"),
        LocalDateTime.parse("2026-11-23T04:31:12"),
        ZonedDateTime.parse("2026-01-23T04:31:12Z[Europe/London]"));
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    right.forEach(value -> rows.add(row("at", value)));
    wrong.forEach(value -> rows.add(row("at", value)));

    assertThat(samples(Check.utc("at"), Rows.of(rows)))
        .extracting(sample -> sample.replaceAll(":.*", ""))
        .containsExactlyElementsOf(IntStream.range(7, 14).mapToObj(i -> "r" + i).toList());
  }

  @Test
  void count_tooFewOrTooMany_saysByHowMany() throws Exception {
    Source<Map<String, @Nullable Object>> three = Rows.of(row("a", 1), row("a", 2), row("a", 3));

    assertThat(find(Check.count(3, 3), three)).isEmpty();
    assertThat(find(Check.count(0, 3), three)).isEmpty();
    assertThat(find(Check.count(5, 9), three).get(0))
        .isEqualTo(new Finding("count", "snapshots", false, 2, List.of("3 rows, expected 5 to 9")));
    assertThat(find(Check.count(1, 2), three).get(0).total()).isEqualTo(1);
  }

  @Test
  void over_itemsTheSourceCannotRead_areCountedAndNamed() throws Exception {
    Source<Map<String, @Nullable Object>> broken = from -> limit -> {
      Page.Builder<Map<String, @Nullable Object>> page = Page.builder(2);
      page.add("a", row("x", 1)).unreadable("b", Failure.of(FailureKind.INVALID, "torn"));
      return page.last();
    };

    List<Finding> findings = Checks.of(Check.count(2, 2), Check.unique("x")).over("file", broken);

    assertThat(findings)
        .containsExactly(new Finding("unreadable", "file", false, 1, List.of("b: torn")));
  }

  // -- the pass as a whole

  @Test
  void over_severalChecks_givesFindingsInTheirOrderAndNothingWhenAllIsWell() throws Exception {
    Checks checks = Checks.of(
        Check.utc("at"), Check.unique("id").asWarning(), Check.utc("at").asCorruption());

    assertThat(checks.over("t", Rows.of(row("id", 1, "at", "2026-11-23T04:31:12Z"))))
        .isEmpty();
    assertThat(checks.over("t", Rows.of(row("id", 1, "at", ""), row("id", 1, "at", ""))))
        .extracting(Finding::check, Finding::corruption, Finding::total)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("utc", false, 2L),
            org.assertj.core.groups.Tuple.tuple("duplicate-keys", false, 1L),
            org.assertj.core.groups.Tuple.tuple("utc", true, 2L));
  }

  @Test
  void over_moreFindingsThanSamples_limitsTheSamplesAndNotTheTotal() throws Exception {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      rows.add(row("user", i % 100, "version", -i));
    }
    Workspace small = new Workspace(folder, 1 << 20);

    List<Finding> findings = Checks.of(
            Check.versionsForward("user", "version"),
            Check.noOrphans("user", Sources.of(List.of("0"), id -> id)))
        .samples(7)
        .in(small)
        .over("t", Rows.of(rows));

    assertThat(findings).extracting(Finding::total).containsExactly(49_900L, 49_500L);
    assertThat(findings).allMatch(finding -> finding.samples().size() == 7);
    assertNothingIsLeft();
  }

  @Test
  void over_sourceFails_throwsItsFailureAndLeavesNoFiles() throws Exception {
    Source<Map<String, @Nullable Object>> failing = from -> limit -> {
      throw new FailureException(Failure.of(FailureKind.NETWORK, "gone"));
    };

    assertThatThrownBy(() ->
            Checks.of(Check.unique("a")).in(new Workspace(folder, 1 << 20)).over("t", failing))
        .isInstanceOf(FailureException.class);
    assertNothingIsLeft();
  }

  @Test
  void over_interrupted_stops() {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      rows.add(row("a", i));
    }
    Check interrupting = Check.invariant("interrupts", row -> {
      if (row.name().equals("r500")) {
        Thread.currentThread().interrupt();
      }
      return true;
    });

    assertThatThrownBy(() -> Checks.of(interrupting, Check.unique("a"))
            .in(new Workspace(folder, 1 << 20))
            .over("t", Rows.of(rows)))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void over_interruptedWhileWritingToDisk_isAnInterruptAndNoTroubleOfTheDisk() {
    // One page holds all rows, so that nothing but the disk can notice.
    Source<Map<String, @Nullable Object>> onePage = from -> limit -> {
      Page.Builder<Map<String, @Nullable Object>> page = Page.builder(60_000);
      for (int i = 0; i < 60_000; i++) {
        page.add("r" + i, row("a", i));
      }
      Thread.currentThread().interrupt();
      return page.last();
    };

    assertThatThrownBy(() ->
            Checks.of(Check.unique("a")).in(new Workspace(folder, 1 << 20)).over("t", onePage))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
    Path open = Path.of("/proc/self/fd");
    if (Files.isDirectory(open)) {
      // On Linux the files have no name; the space is free when nobody has them open.
      try (Stream<Path> files = Files.list(open)) {
        assertThat(files.map(ChecksTest::linkOf)).noneMatch(to -> to.contains(folder.toString()));
      }
    }
  }

  private static String linkOf(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "closed meanwhile: " + e;
    }
  }

  @Test
  void settings_wrong_areRefusedAtOnceWithNameRuleAndValue() {
    assertThatThrownBy(() -> Check.unique("a", " "))
        .hasMessage("name must be non-blank, was \" \"");
    assertThatThrownBy(() -> Check.count(3, 2))
        .hasMessage("least must be 0 to most, was 3 with most 2");
    assertThatThrownBy(() -> Checks.of(Check.unique("a")).samples(101))
        .hasMessage("most must be 1 to 100, was 101");
    assertThatThrownBy(() -> new Workspace(folder.resolve("none"), 1 << 20))
        .hasMessageContaining("folder must be an existing folder, was");
    assertThatThrownBy(() -> new Workspace(folder, 1_000))
        .hasMessage("memoryBytes must be 1048576 to 1073741824, was 1000");
  }
}
