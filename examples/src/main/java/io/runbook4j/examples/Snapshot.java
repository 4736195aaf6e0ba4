package io.runbook4j.examples;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A user's resume as it was saved on a device.
 *
 * @param userId the user, and the item's key
 * @param version counts the user's changes, from 1
 * @param payload the resume
 */
record Snapshot(String userId, long version, String payload) {
  /** {@return the snapshot that {@link #line} wrote} */
  static Snapshot ofLine(String userId, String line) {
    int end = line.indexOf(' ');
    return new Snapshot(userId, Long.parseLong(line.substring(0, end)), line.substring(end + 1));
  }

  /** {@return version and payload, as the outbox keeps them} */
  String line() {
    return version + " " + payload;
  }

  /** {@return the SHA-256 of the payload, in hex} */
  String contentHash() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(payload.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256, this one has not", e);
    }
  }
}
