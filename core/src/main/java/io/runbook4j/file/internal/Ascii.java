package io.runbook4j.file.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds names in the bytes of a line without making text of them. */
public final class Ascii {
  private Ascii() {}

  /** {@return the bytes of an ASCII text} */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** {@return whether {@code bytes} has {@code part} at {@code from}, before {@code to}} */
  public static boolean has(byte[] part, byte[] bytes, int from, int to) {
    return to - from >= part.length
        && Arrays.equals(bytes, from, from + part.length, part, 0, part.length);
  }
}
