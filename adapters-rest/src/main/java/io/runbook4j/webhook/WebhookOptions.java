package io.runbook4j.webhook;

import io.runbook4j.spi.AdapterContext;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of the target, checked.
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
  static WebhookOptions from(AdapterContext context) {
    long maxItems = context.wholeNumber("max-items-per-call").orElse(100L);
    if (maxItems < 1 || maxItems > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "max-items-per-call must be 1 to " + Integer.MAX_VALUE + ", was " + maxItems);
    }
    return new WebhookOptions(
        (int) maxItems,
        oneOf(context, "idempotent", Set.of("yes", "no"), "no").equals("yes"),
        oneOf(context, "without-results", Set.of("succeeded", "in-doubt"), "succeeded")
            .equals("succeeded"),
        headerName("signature-header", context.text("signature-header"))
            .orElse("X-Webhook-Signature"),
        headerName("timestamp-header", context.text("timestamp-header")));
  }

  static String oneOf(
      AdapterContext context, String setting, Set<String> values, String otherwise) {
    String value = context.text(setting).orElse(otherwise).toLowerCase(Locale.ROOT);
    if (!values.contains(value)) {
      throw new IllegalArgumentException(setting + " must be one of "
          + values.stream().sorted().toList() + ", was \"" + value + "\"");
    }
    return value;
  }

  private static Optional<String> headerName(String setting, Optional<String> value) {
    value.filter(v -> !v.matches("[A-Za-z0-9-]{1,100}")).ifPresent(v -> {
      throw new IllegalArgumentException(
          setting + " must be letters, digits and dashes, was \"" + v + "\"");
    });
    return value;
  }
}
