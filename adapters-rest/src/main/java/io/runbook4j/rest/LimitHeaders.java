package io.runbook4j.rest;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.LimitSignal.Closed;
import io.runbook4j.spi.LimitSignal.Policy;
import io.runbook4j.spi.LimitSignal.Remaining;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads what the headers of an answer say about the service's limit.
 *
 * <p>Knows {@code Retry-After} in seconds and in the three date forms (the longest of several, also
 * where a proxy has merged them; one of zero or in the past says no more than the status),
 * {@code RateLimit} and {@code RateLimit-Policy} of the IETF draft, from 03 on,
 * {@code RateLimit-Limit/-Remaining/-Reset}, {@code X-RateLimit-*} and {@code X-Rate-Limit-*} of
 * before (of several {@code -Remaining} the smallest), and {@code Sforce-Limit-Info}. Of several
 * policies of one name, or of none, in one answer each gets its window behind the name, such as
 * {@code ;w=60}. Dates count from the answer's own {@code Date}, so that a wrong clock here or
 * there does no harm. Every wait is rounded up to the second and at most 365 days. What makes no
 * sense is ignored; nothing throws.
 */
public final class LimitHeaders {
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final int LONGEST_NUMBER = 32;
  private static final List<String> DIALECTS = List.of("RateLimit", "X-RateLimit", "X-Rate-Limit");
  private static final Pattern API_USAGE =
      Pattern.compile("(?:^|[;,\\s])api-usage=([0-9]{1,15})/([0-9]{1,15})(?![0-9])");
  private static final Pattern MEMBER =
      Pattern.compile("[ \\t]*([a-z]{1,30})=([0-9]{1,15})[ \\t]*");
  private static final Comparator<Remaining> TIGHTEST_FIRST = Comparator.comparingLong(
          Remaining::remaining)
      .thenComparing(Remaining::reset, Comparator.reverseOrder());
  private static final Duration DAY = Duration.ofHours(24);

  /** One of several values of {@code Retry-After}; a date may have a comma of its own. */
  private static final Pattern ONE_WAIT =
      Pattern.compile("[ \\t]*+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*+,[^,]*+|[^,]++");

  private final int status;
  private final Map<String, List<String>> headers;
  private final Instant now;
  private final List<LimitSignal> signals = new ArrayList<>();

  private LimitHeaders(int status, Map<String, List<String>> headers, Instant receivedAt) {
    this.status = status;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) -> {
      if (name != null) { // HttpURLConnection has the status line under null
        this.headers.put(name, values);
      }
    });
    this.now = first("Date").flatMap(d -> HttpDates.parse(d, receivedAt)).orElse(receivedAt);
  }

  /**
   * {@return what the headers say, the most urgent first; empty if they say nothing}
   *
   * @param status the answer's status: {@code Retry-After} counts from 400 on; a 429 without it,
   *     and a 429 or 503 where it makes no sense, is {@link Closed} for zero
   * @param headers the headers, in any case; a null name is ignored
   * @param receivedAt when the answer came, for an answer without {@code Date}
   */
  public static List<LimitSignal> parse(
      int status, Map<String, List<String>> headers, Instant receivedAt) {
    return new LimitHeaders(status, headers, receivedAt).read();
  }

  private List<LimitSignal> read() {
    Optional<Duration> told = retryAfter();
    closed(told).ifPresent(delay -> signals.add(new Closed(delay)));
    List<StructuredField.Item> policies = items("RateLimit-Policy");
    policies.forEach(this::policy);
    numbers("RateLimit-Policy").forEach(this::windowOfLimit);
    items("RateLimit").forEach(item -> remaining(item, policies));
    members();
    DIALECTS.forEach(this::dialect);
    salesforce();
    if (told.filter(wait -> !wait.isZero()).isPresent()) {
      signals.removeIf(Remaining.class::isInstance); // Retry-After takes precedence
    }
    return apart(signals);
  }

  /** {@return the signals, of which no two windows have the same name} */
  private static List<LimitSignal> apart(List<LimitSignal> signals) {
    Map<String, Set<Duration>> windows = new HashMap<>();
    for (LimitSignal signal : signals) {
      if (signal instanceof Policy policy) {
        windows.computeIfAbsent(policy.policy(), n -> new HashSet<>()).add(policy.window());
      }
    }
    return signals.stream()
        .<LimitSignal>map(signal -> signal instanceof Policy policy
                && windows.getOrDefault(policy.policy(), Set.of()).size() > 1
            ? new Policy(
                policy.policy() + ";w=" + policy.window().toSeconds(),
                policy.permits(),
                policy.window())
            : signal)
        .toList();
  }

  private Optional<Duration> retryAfter() {
    return headers.getOrDefault("Retry-After", List.of()).stream()
        .filter(v -> status >= 400)
        .flatMap(v -> delay(v).map(Stream::of).orElseGet(() -> delays(v)))
        .max(Comparator.naturalOrder());
  }

  /** {@return what stands in one line that a proxy made of several: {@code 5, 60}} */
  private Stream<Duration> delays(String values) {
    return ONE_WAIT.matcher(values).results().flatMap(one -> delay(one.group()).stream());
  }

  private Optional<Duration> delay(String value) {
    return seconds(value)
        .map(LimitHeaders::capped)
        .or(() -> HttpDates.parse(value, now).map(this::until));
  }

  private Optional<Duration> closed(Optional<Duration> told) {
    boolean isForSomeTime = status == 429 || (status == 503 && headers.containsKey("Retry-After"));
    return told.or(() -> isForSomeTime ? Optional.of(Duration.ZERO) : Optional.empty());
  }

  private void policy(StructuredField.Item item) {
    try {
      OptionalLong quota = item.wholeNumber("q");
      OptionalLong window = item.wholeNumber("w");
      if (isOfRequests(item) && quota.isPresent() && window.isPresent() && window.getAsLong() > 0) {
        signals.add(new Policy(name(item), quota.getAsLong(), capped(window.getAsLong())));
      }
    } catch (StructuredField.Malformed ignored) {
      return; // the draft: "malformed fields MUST be ignored"
    }
  }

  private void remaining(StructuredField.Item item, List<StructuredField.Item> policies) {
    try {
      StructuredField.Item policy = policies.stream()
          .filter(p -> p.value().equals(item.value()))
          .findFirst()
          .orElse(item);
      OptionalLong left = item.wholeNumber("r");
      OptionalLong reset = item.wholeNumber("t");
      // without t, all that is known is that it lasts no longer than the window
      OptionalLong wait = reset.isPresent() ? reset : policy.wholeNumber("w");
      if (isOfRequests(policy) && isOfRequests(item) && left.isPresent() && wait.isPresent()) {
        signals.add(new Remaining(name(item), left.getAsLong(), capped(wait.getAsLong())));
      }
    } catch (StructuredField.Malformed ignored) {
      return; // as above
    }
  }

  /** The drafts 03 to 07: {@code RateLimit: limit=100, remaining=50, reset=5}. */
  private void members() {
    Map<String, Long> told = new HashMap<>();
    for (String part : joined("RateLimit").split(",", -1)) {
      Matcher member = MEMBER.matcher(part);
      if (!member.matches()) {
        return;
      }
      told.put(member.group(1), Long.valueOf(member.group(2)));
    }
    Long left = told.get("remaining");
    Long reset = told.get("reset");
    if (left != null && reset != null) {
      signals.add(new Remaining("", left, capped(reset)));
    }
  }

  private void dialect(String prefix) {
    list(prefix + "-Limit").ifPresent(items -> items.forEach(this::windowOfLimit));
    List<Long> left = all(prefix + "-Remaining", LimitHeaders::seconds);
    List<Duration> resets = all(prefix + "-Reset", this::reset);
    resets.stream()
        .max(Comparator.naturalOrder())
        .flatMap(longest -> IntStream.range(0, left.size())
            .mapToObj(i -> new Remaining(
                "", left.get(i), left.size() == resets.size() ? resets.get(i) : longest))
            .min(TIGHTEST_FIRST))
        .ifPresent(signals::add);
  }

  /** {@return what can be read of all values of a header, in several lines or in one} */
  private <T> List<T> all(String header, Function<String, Optional<T>> reader) {
    return headers.getOrDefault(header, List.of()).stream()
        .flatMap(line -> Stream.of(line.split(",", -1)))
        .flatMap(value -> reader.apply(value).stream())
        .toList();
  }

  /** The drafts before 08: {@code 100;w=60} in {@code RateLimit-Limit} or {@code -Policy}. */
  private void windowOfLimit(StructuredField.Item item) {
    try {
      OptionalLong window = item.wholeNumber("w");
      if (item.isNumber() && window.isPresent() && window.getAsLong() > 0) {
        signals.add(new Policy("", item.number(), capped(window.getAsLong())));
      }
    } catch (StructuredField.Malformed ignored) {
      return; // as above
    }
  }

  /** Salesforce counts over a rolling 24 hours and does not say when there is more. */
  private void salesforce() {
    Matcher usage = API_USAGE.matcher(first("Sforce-Limit-Info").orElse(""));
    if (usage.find()) {
      long used = Long.parseLong(usage.group(1));
      long limit = Long.parseLong(usage.group(2));
      signals.add(new Remaining("api-usage", Math.max(0, limit - used), DAY));
      signals.add(new Policy("api-usage", limit, DAY));
    }
  }

  /**
   * Tells by its size what a reset is: up to 3 years it is seconds from now, up to the year 5138 it
   * is unix seconds, beyond it is unix milliseconds.
   */
  private Optional<Duration> reset(String text) {
    return seconds(text).flatMap(value -> {
      if (value < 100_000_000L) {
        return Optional.of(capped(value));
      }
      if (value < 100_000_000_000L) {
        return Optional.of(until(Instant.ofEpochSecond(value)));
      }
      return value < 100_000_000_000_000L
          ? Optional.of(until(Instant.ofEpochMilli(value)))
          : Optional.empty();
    });
  }

  private Duration until(Instant then) {
    Duration wait = Duration.between(now, then);
    return wait.isNegative()
        ? Duration.ZERO
        : capped(wait.getSeconds() + (wait.getNano() > 0 ? 1 : 0));
  }

  private static Duration capped(long seconds) {
    return seconds > LONGEST.toSeconds() ? LONGEST : Duration.ofSeconds(seconds);
  }

  /** {@return a plain number of at least 0, rounded up; empty for anything else} */
  private static Optional<Long> seconds(String text) {
    String trimmed = text.strip();
    if (trimmed.length() > LONGEST_NUMBER || !trimmed.matches("[0-9]+(\\.[0-9]+)?")) {
      return Optional.empty();
    }
    BigDecimal up = new BigDecimal(trimmed).setScale(0, RoundingMode.CEILING);
    return Optional.of(up.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValueExact());
  }

  private static boolean isOfRequests(StructuredField.Item item) {
    return item.parameters().getOrDefault("qu", "requests").equals("requests");
  }

  private static String name(StructuredField.Item item) {
    String partition = item.parameters().get("pk");
    return partition == null ? item.value() : item.value() + ";pk=" + partition;
  }

  private List<StructuredField.Item> items(String header) {
    return list(header)
        .filter(items -> items.stream().noneMatch(StructuredField.Item::isNumber))
        .orElse(List.of());
  }

  private List<StructuredField.Item> numbers(String header) {
    return list(header)
        .filter(items -> items.stream().allMatch(StructuredField.Item::isNumber))
        .orElse(List.of());
  }

  private Optional<List<StructuredField.Item>> list(String header) {
    String value = joined(header);
    return value.isEmpty() ? Optional.empty() : StructuredField.list(value);
  }

  private String joined(String header) {
    return String.join(", ", headers.getOrDefault(header, List.of()));
  }

  private Optional<String> first(String header) {
    return headers.getOrDefault(header, List.of()).stream().findFirst();
  }
}
