package io.runbook4j.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestResponse;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads what a receiver says about each item. */
final class WebhookResults {
  private static final long LONGEST_WAIT_SECONDS = 365L * 24 * 3600;
  private static final String RESULTS = "results";
  private static final String NO_MESSAGE = "the receiver gave no message";

  private WebhookResults() {}

  /** {@return whether a refusal of this status may say that a part was applied} */
  static boolean mayHaveResults(int status) {
    return status == 400 || status == 409 || status == 422;
  }

  /**
   * {@return what the answer says}
   *
   * @throws RestException if it makes no sense, or refuses
   */
  static ChunkResult read(RestResponse response, WebhookPayload payload, boolean trustsBare) {
    Optional<JsonNode> read = response.jsonIfAny();
    Optional<JsonNode> results = read.map(answer -> answer.get(RESULTS));
    if (results.isPresent()) {
      return outcomes(response, results.get(), payload);
    }
    read.ifPresentOrElse(
        answer -> checkForOthers(response, answer), () -> checkForUnreadable(response));
    if (mayHaveResults(response.status())) {
      throw response.refusal();
    }
    JsonNode answer = response.text().isBlank() ? MissingNode.getInstance() : response.json();
    if (WebhookSuccess.isDenied(answer)) {
      return ChunkResult.refused(failure(response, answer));
    }
    if (!trustsBare) {
      throw response.nonsense("results must be given, were not");
    }
    WebhookSuccess.check(response, answer);
    ChunkResult.Builder all = payload.unwritable();
    payload.written().forEach(all::succeeded);
    return all.build();
  }

  /** Lets no results pass that stand where they are not read: they may say anything. */
  private static void checkForOthers(RestResponse response, JsonNode answer) {
    for (Map.Entry<String, JsonNode> field : answer.properties()) {
      if (field.getKey().equalsIgnoreCase(RESULTS)) {
        throw response.nonsense("results must be called so, were called " + field.getKey());
      }
      for (Map.Entry<String, JsonNode> inner : field.getValue().properties()) {
        if (inner.getKey().equalsIgnoreCase(RESULTS) && inner.getValue().isContainerNode()) {
          throw response.nonsense(
              "results must be in the answer itself, were in its " + field.getKey());
        }
      }
    }
  }

  /** An answer that was cut may have said that a part was applied. */
  private static void checkForUnreadable(RestResponse response) {
    if (response.text().toLowerCase(Locale.ROOT).contains('"' + RESULTS + '"')) {
      throw response.nonsense("results must be readable JSON, were not");
    }
  }

  private static ChunkResult outcomes(
      RestResponse response, JsonNode results, WebhookPayload payload) {
    if (!results.isArray()) {
      throw response.nonsense("results must be an array, was " + results.getNodeType());
    }
    ChunkResult.Builder result = payload.unwritable();
    int index = 0;
    for (JsonNode one : results) {
      String key = one.path("key").textValue();
      if (key == null || key.isEmpty() || !one.path("status").isTextual()) {
        throw response.nonsense(
            "results[" + index + "] must have a key and a status, both text, had not");
      }
      try {
        result.outcome(key, outcome(response, one));
      } catch (IllegalArgumentException twice) {
        throw response.nonsense(
            "results[" + index + "] must have a key of its own, had that of another");
      }
      index++;
    }
    return result.build();
  }

  private static Outcome outcome(RestResponse response, JsonNode one) {
    String status = one.path("status").asText();
    return switch (status.toLowerCase(Locale.ROOT)) {
      case "ok" -> Outcome.succeeded();
      case "skipped" ->
        Outcome.skipped(failure(response, one, "the receiver gave no reason").message());
      case "failed" -> Outcome.failed(failure(response, one));
      case "in-doubt" -> Outcome.inDoubt(failure(response, one));
      default ->
        Outcome.inDoubt(Failure.of(
            FailureKind.UNKNOWN,
            "status must be ok, failed, skipped or in-doubt, was \"" + response.redact(status)
                + "\""));
    };
  }

  /** {@return the failure that stands in an object of the answer} */
  static Failure failure(RestResponse response, JsonNode one) {
    return failure(response, one, NO_MESSAGE);
  }

  private static Failure failure(RestResponse response, JsonNode one, String noMessage) {
    Failure failure =
        Failure.of(kind(field(one, "kind").asText("")), response.redact(message(one, noMessage)));
    JsonNode code = field(one, "code");
    if (code.isValueNode() && !code.isNull() && !code.asText().isEmpty()) {
      failure = failure.withCode(response.redact(code.asText()));
    }
    JsonNode wait = field(one, "retryAfter");
    if (wait.isNumber() && wait.doubleValue() >= 0) {
      failure = failure.withRetryAfter(
          Duration.ofSeconds((long) Math.ceil(Math.min(wait.doubleValue(), LONGEST_WAIT_SECONDS))));
    }
    return failure;
  }

  private static String message(JsonNode one, String otherwise) {
    for (String field : List.of("message", "error")) {
      String message = field(one, field).asText("");
      if (!message.isBlank()) {
        return message;
      }
    }
    return otherwise;
  }

  /** {@return a field, whatever the case of its name} */
  private static JsonNode field(JsonNode one, String name) {
    JsonNode exact = one.path(name);
    if (!exact.isMissingNode()) {
      return exact;
    }
    return one.properties().stream()
        .filter(field -> field.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(exact);
  }

  private static FailureKind kind(String name) {
    for (FailureKind kind : FailureKind.values()) {
      if (kind.name().equals(name.toUpperCase(Locale.ROOT).replace('-', '_'))) {
        return kind;
      }
    }
    return FailureKind.UNKNOWN;
  }
}
