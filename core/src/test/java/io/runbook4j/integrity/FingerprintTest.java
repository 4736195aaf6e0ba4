package io.runbook4j.integrity;

import static io.runbook4j.integrity.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  @Test
  void of_values_isTheSha256OfTheDocumentedText() {
    byte[] expected = HashTest.sha256("V1:1|V3:x|y|N|V0:|V2:ü👍".getBytes(StandardCharsets.UTF_8));

    assertThat(Fingerprint.of(1, "x|y", null, "", "ü👍").toString())
        .isEqualTo(HexFormat.of().formatHex(expected));
  }

  @Test
  void of_sameValueOfDifferentTypes_isTheSame() {
    List<List<Object>> groups = List.of(
        List.of(1, 1L, (short) 1, BigInteger.ONE, new BigDecimal("1.00"), 1.0, 1.0f, "1"),
        List.of(0.1, new BigDecimal("0.10"), 0.1f, "0.1"),
        List.of(1e20, new BigDecimal("1e20"), new BigInteger("100000000000000000000")),
        List.of(
            Instant.ofEpochMilli(1_500),
            OffsetDateTime.parse("1970-01-01T01:00:01.5+01:00"),
            ZonedDateTime.parse("1970-01-01T01:00:01.5+01:00[Europe/Paris]"),
            new Timestamp(1_500),
            Date.from(Instant.ofEpochMilli(1_500)),
            "1970-01-01T00:00:01.500Z"),
        List.of(new byte[] {1, -1}, "01ff"),
        List.of(List.of(1, "a"), Arrays.asList(1L, "a"), new Object[] {1, "a"}),
        List.of(Map.of("a", 1, "b", 2), Map.of("b", 2L, "a", "1")),
        List.of(LocalDate.of(2026, 11, 23), java.sql.Date.valueOf("2026-11-23"), "2026-11-23"),
        List.of(new UUID(1, 2), "00000000-0000-0001-0000-000000000002"));

    for (List<Object> group : groups) {
      for (Object value : group) {
        assertThat(Fingerprint.of(value)).as("%s", value).isEqualTo(Fingerprint.of(group.get(0)));
      }
    }
  }

  @Test
  void of_differentSeries_areDifferent() {
    List<Fingerprint> all = List.of(
        Fingerprint.of(),
        Fingerprint.of((Object) null),
        Fingerprint.of(""),
        Fingerprint.of("N"),
        Fingerprint.of("null"),
        Fingerprint.of("", ""),
        Fingerprint.of("a", "b"),
        Fingerprint.of("b", "a"),
        Fingerprint.of("a|V1:b"),
        Fingerprint.of(List.of("a", "b")),
        Fingerprint.of(List.of("a", List.of("b"))),
        Fingerprint.of(Map.of("a", "b")),
        Fingerprint.of(true),
        Fingerprint.of(Double.NaN));

    assertThat(all).doesNotHaveDuplicates();
  }

  @Test
  void ofRow_columnsInAnotherOrder_isTheSameAndOneValueMakesADifference() {
    Map<String, @Nullable Object> row = row("a", 1, "b", null);

    assertThat(Fingerprint.ofRow(row)).isEqualTo(Fingerprint.ofRow(row("b", null, "a", 1L)));
    assertThat(Fingerprint.ofRow(row)).isNotEqualTo(Fingerprint.ofRow(row("a", 1, "b", "")));
    assertThat(Fingerprint.ofRow(row)).isNotEqualTo(Fingerprint.ofRow(row("a", 1)));
  }

  @Test
  void of_numberWithAHugeExponent_takesNoMemory() {
    assertThat(Canonical.text(new BigDecimal("1e2000000000"))).isEqualTo("1E+2000000000");
  }

  @Test
  void of_valueWithoutText_isRefused() {
    assertThatThrownBy(() -> Fingerprint.of(new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("value must be text, a number, a time, bytes, a list or a map")
        .hasMessageContaining("java.lang.Object");
  }

  @Test
  void parts_ofASeries_areItsValues() {
    assertThat(Canonical.parts(Canonical.series(Arrays.asList("a|N", null, "", "👍", 12, "V1:x"))))
        .containsExactly("a|N", "null", "", "👍", "12", "V1:x");
    assertThat(Canonical.parts("")).isEmpty();
  }
}
