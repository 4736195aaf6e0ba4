package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.LimitSignal.Closed;
import io.runbook4j.spi.LimitSignal.Policy;
import io.runbook4j.spi.LimitSignal.Remaining;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitHeadersTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final long EPOCH = NOW.getEpochSecond();

  private static List<LimitSignal> parse(int status, String... namesAndValues) {
    Map<String, List<String>> headers = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return LimitHeaders.parse(status, headers, NOW);
  }

  private static Closed closed(long seconds) {
    return new Closed(Duration.ofSeconds(seconds));
  }

  private static Remaining remaining(String policy, long left, long seconds) {
    return new Remaining(policy, left, Duration.ofSeconds(seconds));
  }

  private static Policy policy(String name, long permits, long seconds) {
    return new Policy(name, permits, Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | 7",
        "0 | 0",
        "1.2 | 2",
        "' 30 ' | 30",
        "Mon, 23 Nov 2026 10:00:09 GMT | 9",
        "Monday, 23-Nov-26 10:00:09 GMT | 9",
        "Mon Nov 23 10:00:09 2026 | 9",
        "Sun Nov  1 10:00:09 2026 | 0",
        "Mon, 23 Nov 2026 09:00:00 GMT | 0",
        "99999999999999999999 | 31536000"
      })
  void parse_retryAfter_closesForSoLong(String value, long seconds) {
    assertThat(parse(429, "Retry-After", value)).containsExactly(closed(seconds));
    assertThat(parse(503, "retry-after", value)).containsExactly(closed(seconds));
  }

  @Test
  void parse_twoDigitYearFarAhead_isInThePast() {
    assertThat(parse(429, "Retry-After", "Sunday, 06-Nov-94 08:49:37 GMT"))
        .containsExactly(closed(0));
  }

  @Test
  void parse_clocksApart_countsFromTheServicesDate() {
    List<LimitSignal> signals = parse(
        429,
        "Date",
        "Mon, 23 Nov 2026 12:30:00 GMT",
        "Retry-After",
        "Mon, 23 Nov 2026 12:30:20 GMT");

    assertThat(signals).containsExactly(closed(20));
  }

  @Test
  void parse_dateBetweenSeconds_isNeverEarly() {
    List<LimitSignal> signals = LimitHeaders.parse(
        503, Map.of("Retry-After", List.of("Mon, 23 Nov 2026 10:00:09 GMT")), NOW.plusMillis(300));

    assertThat(signals).containsExactly(closed(9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"soon", "-5", "1e999", "NaN", "", "0x10", "Mon, 32 Nov 2026 10:00:09 GMT", "١٢"})
  void parse_retryAfterMakesNoSense_closesForZeroOnlyIfTheStatusSaysSo(String value) {
    assertThat(parse(429, "Retry-After", value)).containsExactly(closed(0));
    assertThat(parse(503, "Retry-After", value)).containsExactly(closed(0));
    assertThat(parse(500, "Retry-After", value)).isEmpty();
    assertThat(parse(200, "Retry-After", value)).isEmpty();
  }

  @Test
  void parse_noRetryAfter_closesOnlyAt429() {
    assertThat(parse(429)).containsExactly(closed(0));
    assertThat(parse(503)).isEmpty();
    assertThat(parse(200)).isEmpty();
  }

  @Test
  void parse_draftFields_tellEveryPolicy() {
    List<LimitSignal> signals = parse(
        200,
        "RateLimit-Policy",
        "\"burst\";q=100;w=60,\"daily\";q=1000;w=86400, \"bytes\";q=9;w=1;qu=\"content-bytes\"",
        "RateLimit",
        "\"burst\";r=50;t=30, \"daily\";r=900, \"bytes\";r=1;t=1");

    assertThat(signals)
        .containsExactly(
            policy("burst", 100, 60),
            policy("daily", 1000, 86_400),
            remaining("burst", 50, 30),
            remaining("daily", 900, 86_400));
  }

  @Test
  void parse_partitionKey_keepsPoliciesApart() {
    assertThat(parse(200, "RateLimit", "default;r=1;t=2;pk=:c2VjcmV0:, default;r=5;t=6"))
        .containsExactly(remaining("default;pk=:c2VjcmV0:", 1, 2), remaining("default", 5, 6));
  }

  @Test
  void parse_retryAfterAndRateLimit_retryAfterTakesPrecedence() {
    List<LimitSignal> signals = parse(
        429,
        "Retry-After",
        "11",
        "RateLimit",
        "\"a\";r=50;t=30",
        "RateLimit-Policy",
        "\"a\";q=100;w=60");

    assertThat(signals).containsExactly(closed(11), policy("a", 100, 60));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a;r=1;t=1",
        "\"a\";r=1;t=1,",
        "\"a\";r=-1;t=1",
        "\"a\";r=1.5;t=1",
        "\"a\";r=1;t=9999999999999999",
        "\"a\" r=1;t=1",
        "(\"a\");r=1;t=1",
        "limit=100, remaining=50",
        "limit=100, remaining=50, reset=-1",
        "limit=100, remaining=x, reset=3",
        "limit=100, remaining=50, reset=30,",
        "12;r=1;t=1",
        "\"a\";r=1;t=1e999",
        "\"a\";R=1;t=1",
        "é;r=1;t=1",
        ""
      })
  void parse_draftFieldMalformed_isIgnored(String value) {
    assertThat(parse(200, "RateLimit", value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=100, remaining=50, reset=5",
        "limit=100,remaining=50,reset=5",
        " remaining=50 ,\treset=5 "
      })
  void parse_drafts03To07_tellWhatIsLeft(String value) {
    assertThat(parse(200, "RateLimit", value)).containsExactly(remaining("", 50, 5));
  }

  @Test
  void parse_drafts03To07InSeveralLines_areOneField() {
    Map<String, List<String>> headers = Map.of(
        "RateLimit",
        List.of("limit=100", "remaining=50, reset=5"),
        "RateLimit-Policy",
        List.of("100;w=60", "1000;w=3600"));

    assertThat(LimitHeaders.parse(200, headers, NOW))
        .containsExactly(
            policy(";w=60", 100, 60), policy(";w=3600", 1000, 3600), remaining("", 50, 5));
  }

  @Test
  void parse_severalRetryAfters_theLongestCounts() {
    assertThat(LimitHeaders.parse(
            429,
            Map.of("Retry-After", List.of("5", "soon", "60", "Mon Nov 23 10:00:09 2026")),
            NOW))
        .containsExactly(closed(60));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5, 60",
        "60,5",
        "soon, 60, -7",
        "5, Mon, 23 Nov 2026 10:01:00 GMT",
        "Mon, 23 Nov 2026 10:01:00 GMT, Mon, 23 Nov 2026 10:00:09 GMT",
        "Mon Nov 23 10:01:00 2026, 5"
      })
  void parse_retryAftersThatAProxyMerged_theLongestCounts(String value) {
    assertThat(parse(429, "Retry-After", value)).containsExactly(closed(60));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0, 0", "Mon, 23 Nov 2026 09:00:00 GMT"})
  void parse_retryAfterThatIsOver_leavesWhatIsSaidOfTheReset(String value) {
    assertThat(parse(
            429, "Retry-After", value, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "40"))
        .containsExactly(closed(0), remaining("", 0, 40));
  }

  @Test
  void parse_severalRemaining_theSmallestCountsWithItsReset() {
    assertThat(LimitHeaders.parse(
            200,
            Map.of(
                "X-RateLimit-Remaining", List.of("50", "0", "7"),
                "X-RateLimit-Reset", List.of("3600", "40", "1")),
            NOW))
        .containsExactly(remaining("", 0, 40));
    assertThat(parse(200, "X-RateLimit-Remaining", "3, 0", "X-RateLimit-Reset", "30"))
        .containsExactly(remaining("", 0, 30));
    assertThat(parse(200, "X-RateLimit-Remaining", "0, 0", "X-RateLimit-Reset", "30, 60"))
        .containsExactly(remaining("", 0, 60));
    assertThat(parse(200, "X-RateLimit-Remaining", "4", "X-RateLimit-Reset", "30, 60"))
        .containsExactly(remaining("", 4, 60));
  }

  @Test
  void parse_statusLineUnderANullName_isIgnored() {
    Map<String, List<String>> headers = new HashMap<>(Map.of("Retry-After", List.of("5")));
    headers.put(null, List.of("HTTP/1.1 429 Too Many Requests"));

    assertThat(LimitHeaders.parse(429, headers, NOW)).containsExactly(closed(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RateLimit", "X-RateLimit", "x-ratelimit", "X-Rate-Limit"})
  void parse_olderDialects_tellTheResetByItsSize(String prefix) {
    for (String reset : List.of(
        "30",
        "29.5",
        String.valueOf(EPOCH + 30),
        (EPOCH + 29) + ".001",
        String.valueOf((EPOCH + 30) * 1000 - 999))) {
      assertThat(parse(200, prefix + "-Remaining", "4", prefix + "-Reset", reset))
          .as(reset)
          .containsExactly(remaining("", 4, 30));
    }
  }

  @Test
  void parse_resetInThePast_isNow() {
    assertThat(parse(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "" + (EPOCH - 5)))
        .containsExactly(remaining("", 0, 0));
  }

  @Test
  void parse_earlyDraftLimitWithWindow_tellsThePolicy() {
    assertThat(parse(200, "RateLimit-Limit", "100, 100;w=60, 5000;w=3600"))
        .containsExactly(policy(";w=60", 100, 60), policy(";w=3600", 5000, 3600));
  }

  @Test
  void parse_oneWindow_keepsItsName() {
    assertThat(parse(200, "RateLimit-Limit", "100, 100;w=60")).containsExactly(policy("", 100, 60));
    assertThat(parse(200, "RateLimit-Limit", "100;w=60", "RateLimit-Policy", "100;w=60"))
        .containsExactly(policy("", 100, 60), policy("", 100, 60));
  }

  @Test
  void parse_windowsInSeveralHeadersOrOfOneName_areToldApart() {
    assertThat(parse(200, "RateLimit-Limit", "10;w=1", "RateLimit-Policy", "50;w=60"))
        .containsExactly(policy(";w=60", 50, 60), policy(";w=1", 10, 1));
    assertThat(parse(200, "RateLimit-Policy", "\"a\";q=10;w=1, \"a\";q=50;w=60, \"b\";q=9;w=1"))
        .containsExactly(policy("a;w=1", 10, 1), policy("a;w=60", 50, 60), policy("b", 9, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1e999", "", "99999999999999999999999999999999999", "abc"})
  void parse_olderDialectMakesNoSense_isIgnored(String value) {
    assertThat(parse(200, "X-RateLimit-Remaining", value, "X-RateLimit-Reset", "30"))
        .isEmpty();
    assertThat(parse(200, "X-RateLimit-Remaining", "1", "X-RateLimit-Reset", value))
        .isEmpty();
  }

  @Test
  void parse_salesforce_tellsTheDay() {
    assertThat(parse(200, "Sforce-Limit-Info", "api-usage=18/15000"))
        .containsExactly(
            remaining("api-usage", 14_982, 86_400), policy("api-usage", 15_000, 86_400));
    assertThat(parse(200, "Sforce-Limit-Info", "per-app-api-usage=1/2(x), api-usage=9/4"))
        .containsExactly(remaining("api-usage", 0, 86_400), policy("api-usage", 4, 86_400));
    assertThat(parse(200, "Sforce-Limit-Info", "api-usage=1/99999999999999999")).isEmpty();
  }

  @Test
  void parse_anyBytesWhatever_neverThrows() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "\"a0;=,:?-. rtqw9(\\*GMT\u0000\u00ff";
    List<String> names = List.of(
        "Retry-After",
        "Date",
        "RateLimit",
        "RateLimit-Policy",
        "RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "Sforce-Limit-Info");
    for (int round = 0; round < 5_000; round++) {
      Map<String, List<String>> headers = new HashMap<>();
      for (String name : names) {
        StringBuilder value = new StringBuilder();
        int length = round % 500 == 0 ? 10_240 : random.nextInt(24);
        for (int i = 0; i < length; i++) {
          value.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        headers.put(name, List.of(value.toString()));
      }

      List<LimitSignal> signals = LimitHeaders.parse(429, headers, NOW);

      assertThat(signals).as("seed " + seed).isNotEmpty();
    }
  }
}
