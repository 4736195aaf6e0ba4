package io.runbook4j.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Whether a 2xx without results can be taken for the success of all items. */
final class WebhookSuccess {
  private static final List<String> VERDICTS = List.of("success", "ok");
  private static final List<String> ERRORS = List.of("error", "errors");
  private static final Set<String> BAD = Set.of("error", "fail", "failed", "failure");

  private WebhookSuccess() {}

  /** {@return whether the receiver says itself that it failed} */
  static boolean isDenied(JsonNode answer) {
    return VERDICTS.stream().map(answer::path).anyMatch(v -> v.isBoolean() && !v.booleanValue());
  }

  /**
   * Lets nothing pass but an empty answer, or an object without a trace of an error.
   *
   * @param answer missing if the body is empty
   * @throws RestException in doubt, if it is anything else
   */
  static void check(RestResponse response, JsonNode answer) {
    if (response.status() == 304) {
      throw response.nonsense("status must be 200 to 299, was 304");
    }
    if (!answer.isMissingNode() && !answer.isObject()) {
      throw response.nonsense("answer must be a JSON object, was " + answer.getNodeType());
    }
    for (String verdict : VERDICTS) {
      JsonNode said = answer.path(verdict);
      if (!said.isMissingNode() && !said.isNull() && !said.isBoolean()) {
        throw response.nonsense(verdict + " must be true or false, was " + said.getNodeType());
      }
    }
    for (String error : ERRORS) {
      JsonNode said = answer.path(error);
      if (!isNothing(said)) {
        throw response.nonsense(error + " must not be in a success, was " + said.getNodeType());
      }
    }
    if (BAD.contains(answer.path("status").asText("").toLowerCase(Locale.ROOT))) {
      throw response.nonsense("status must not be an error in a success, was one");
    }
  }

  private static boolean isNothing(JsonNode said) {
    return said.isMissingNode()
        || said.isNull()
        || (said.isContainerNode() && said.isEmpty())
        || (said.isTextual() && said.textValue().isBlank())
        || (said.isBoolean() && !said.booleanValue());
  }
}
