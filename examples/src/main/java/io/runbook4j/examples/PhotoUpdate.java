package io.runbook4j.examples;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.util.Map;

/**
 * One user's photo, as it goes over the wire.
 *
 * @param userId the user, and the item's key
 * @param slackUserId whom the user is in Slack
 * @param photoUrl where the service gets the photo
 */
record PhotoUpdate(String userId, String slackUserId, String photoUrl) {
  static final String KEY = "user_id";

  /**
   * {@return the update in this row}
   *
   * @throws FailureException MAPPING_MISSING if the user has no Slack id, INVALID if there is no
   *     photo
   */
  static PhotoUpdate of(Map<String, String> row) {
    return new PhotoUpdate(
        row.getOrDefault(KEY, ""),
        required(row, "slack_user_id", FailureKind.MAPPING_MISSING),
        required(row, "photo_url", FailureKind.INVALID));
  }

  private static String required(Map<String, String> row, String column, FailureKind kind) {
    String value = row.getOrDefault(column, "").strip();
    if (value.isEmpty()) {
      throw new FailureException(Failure.of(kind, "column " + column + " is empty"));
    }
    return value;
  }
}
