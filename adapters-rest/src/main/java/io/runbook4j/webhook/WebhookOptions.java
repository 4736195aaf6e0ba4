package io.runbook4j.webhook;

import io.runbook4j.rest.RestRequest;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.sync.FailureException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of the target, which core has checked by {@link #problems}.
 *
 * @param timestampHeader empty if the signature covers the body alone
 * @param trustsBareSuccess whether a 2xx without results, and without an error, means that all
 *     items were applied
 */
record WebhookOptions(
    int maxItems,
    boolean isIdempotent,
    boolean trustsBareSuccess,
    String signatureHeader,
    Optional<String> timestampHeader) {
  private static final Map<String, List<String>> WORDS = Map.of(
      "idempotent", List.of("no", "yes"),
      "without-results", List.of("in-doubt", "succeeded"),
      "alert-format", List.of("alertmanager", "json", "pagerduty"));

  /** As {@link io.runbook4j.spi.Adapter#check}. */
  static Map<String, String> problems(Map<String, String> settings) {
    Map<String, String> problems = new HashMap<>();
    WORDS.forEach((setting, words) -> {
      String value = settings.getOrDefault(setting, words.get(0));
      if (!words.contains(value.toLowerCase(Locale.ROOT))) {
        problems.put(setting, "must be one of " + words + ", was " + quoted(value));
      }
    });
    long maxItems = Long.parseLong(settings.getOrDefault("max-items-per-call", "1"));
    if (maxItems < 1 || maxItems > Integer.MAX_VALUE) {
      problems.put("max-items-per-call", "must be 1 to " + Integer.MAX_VALUE + ", was " + maxItems);
    }
    for (String setting : List.of("signature-header", "timestamp-header")) {
      String header = settings.getOrDefault(setting, "X");
      if (!header.matches("[A-Za-z0-9-]{1,100}")) {
        problems.put(
            setting, "must be of letters, digits and dashes (at most 100), was " + quoted(header));
      } else if (!maySet(header)) {
        problems.put(setting, "must be a header that may be set, was " + quoted(header));
      }
    }
    if ("pagerduty".equalsIgnoreCase(settings.get("alert-format"))
        && !settings.containsKey("routing-key")) {
      problems.put("routing-key", "must be given for alert-format pagerduty, was not");
    }
    return problems;
  }

  private static boolean maySet(String header) {
    try {
      RestRequest.post().header(header, "");
      return true;
    } catch (FailureException refused) {
      return false;
    }
  }

  private static String quoted(String value) {
    return '"' + value.replaceAll("\\p{Cc}", "?") + '"';
  }

  static WebhookOptions from(AdapterContext context) {
    return new WebhookOptions(
        context.wholeNumber("max-items-per-call").orElse(100L).intValue(),
        word(context, "idempotent").equals("yes"),
        !word(context, "without-results").equals("in-doubt"),
        context.text("signature-header").orElse("X-Webhook-Signature"),
        context.text("timestamp-header"));
  }

  /** {@return one of the words that the setting may be; blank if it was not given} */
  static String word(AdapterContext context, String setting) {
    return context.text(setting).orElse("").toLowerCase(Locale.ROOT);
  }
}
