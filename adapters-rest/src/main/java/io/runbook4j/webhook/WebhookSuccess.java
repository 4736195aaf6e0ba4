package io.runbook4j.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestResponse;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether a 2xx without results can be taken for the success of all items. Receivers in C# begin
 * names with a capital, so that the case of names tells nothing.
 */
final class WebhookSuccess {
  private static final Set<String> VERDICTS = Set.of("success", "ok");
  private static final Set<String> STATUSES = Set.of("status", "statuscode");
  private static final Set<String> BAD = Set.of("error", "fail", "failed", "failure");
  private static final int LEAST_BAD = 400; // of a status as HTTP has it

  /** {@code errors}, {@code errcode}, {@code hasError}, {@code fault}, and no {@code default}. */
  private static final Pattern ERROR = Pattern.compile("^err|error|exception|(?<!de)fault");

  /** What stands for no error in a text: DingTalk says errcode 0 and errmsg "ok" of a success. */
  private static final Set<String> NO_ERROR = Set.of("", "0", "ok", "none", "success");

  private WebhookSuccess() {}

  /** {@return whether the receiver says itself that it failed} */
  static boolean isDenied(JsonNode answer) {
    return answer.properties().stream()
        .filter(field -> VERDICTS.contains(lower(field.getKey())))
        .anyMatch(field -> field.getValue().isBoolean() && !field.getValue().booleanValue());
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
    answer.properties().forEach(field -> check(response, field.getKey(), field.getValue()));
  }

  private static void check(RestResponse response, String name, JsonNode said) {
    String lower = lower(name);
    if (VERDICTS.contains(lower) && !said.isNull() && !said.isBoolean()) {
      throw response.nonsense(name + " must be true or false, was " + said.getNodeType());
    }
    if (ERROR.matcher(lower).find() && !isNothing(said)) {
      throw response.nonsense(name + " must not be in a success, was " + said.getNodeType());
    }
    if (STATUSES.contains(lower) && isBad(said)) {
      throw response.nonsense(name + " must not be an error in a success, was one");
    }
  }

  private static boolean isBad(JsonNode status) {
    if (status.isNumber()) {
      return status.doubleValue() >= LEAST_BAD;
    }
    String text = lower(status.asText("").strip());
    return BAD.contains(text)
        || (text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= LEAST_BAD);
  }

  private static boolean isNothing(JsonNode said) {
    return said.isNull()
        || (said.isContainerNode() && said.isEmpty())
        || (said.isTextual() && NO_ERROR.contains(lower(said.textValue().strip())))
        || (said.isNumber() && said.decimalValue().signum() == 0)
        || (said.isBoolean() && !said.booleanValue());
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
