package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Percent-encoding by RFC 3986: all but the unreserved characters. */
final class Paths {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private Paths() {}

  /**
   * {@return one path segment, so that {@code K/2} stays one}
   *
   * @throws FailureException INVALID for a segment that no encoding keeps from being dropped
   */
  static String segment(String text) {
    if (text.isEmpty() || text.equals(".") || text.equals("..")) {
      throw new FailureException(Failure.of(
          FailureKind.INVALID,
          "path segment must be neither empty nor \".\" nor \"..\", was \"" + text + "\""));
    }
    return encode(text);
  }

  static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && UNRESERVED.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", b & 0xff));
      }
    }
    return encoded.toString();
  }
}
