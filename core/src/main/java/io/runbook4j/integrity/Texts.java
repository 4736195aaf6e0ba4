package io.runbook4j.integrity;

import java.nio.charset.StandardCharsets;

/**
 * Text as bytes, one to one. UTF-8 is that only for well-formed text: it makes all lone surrogates
 * the same question mark, and two keys that differ there would be taken for one. So each UTF-16
 * unit is written by itself (CESU-8, Unicode Technical Report 26).
 */
final class Texts {
  private Texts() {}

  /** {@return how many bytes the text takes} */
  static int length(String text) {
    int length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      length += c < 0x80 ? 0 : c < 0x800 ? 1 : 2;
    }
    return length;
  }

  /** Writes the text, and returns where it ends. */
  static int write(String text, byte[] bytes, int from) {
    int at = from;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes[at++] = (byte) c;
      } else if (c < 0x800) {
        bytes[at++] = (byte) (0xC0 | (c >> 6));
        bytes[at++] = (byte) (0x80 | (c & 0x3F));
      } else {
        bytes[at++] = (byte) (0xE0 | (c >> 12));
        bytes[at++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        bytes[at++] = (byte) (0x80 | (c & 0x3F));
      }
    }
    return at;
  }

  static String read(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < 0) {
        return readWide(bytes, from, to);
      }
    }
    return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
  }

  private static String readWide(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    int at = from;
    while (at < to) {
      int first = bytes[at] & 0xFF;
      if (first < 0x80) {
        text.append((char) first);
        at += 1;
      } else if (first < 0xE0) {
        text.append((char) (((first & 0x1F) << 6) | (bytes[at + 1] & 0x3F)));
        at += 2;
      } else {
        text.append((char)
            (((first & 0x0F) << 12) | ((bytes[at + 1] & 0x3F) << 6) | (bytes[at + 2] & 0x3F)));
        at += 3;
      }
    }
    return text.toString();
  }
}
