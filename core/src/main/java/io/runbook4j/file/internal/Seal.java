package io.runbook4j.file.internal;

import java.util.zip.CRC32C;

/** Checks the checksum at the end of a line that {@link JsonLine} has sealed. */
final class Seal {
  private static final byte[] NAME = Ascii.bytes(",\"crc\":\"");
  private static final byte[] WRITE = Ascii.bytes(",\"from\":");
  private static final int LENGTH = NAME.length + 8 + 2;
  private static final String HEX = "0123456789abcdef";

  private Seal() {}

  /** {@return whether these bytes are one whole line, its line break excluded} */
  static boolean isIntact(byte[] bytes, int from, int to) {
    int seal = to - LENGTH;
    if (seal <= from
        || bytes[from] != '{'
        || !Ascii.has(NAME, bytes, seal, to)
        || bytes[to - 2] != '"'
        || bytes[to - 1] != '}') {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, seal - from);
    long value = crc.getValue();
    for (int i = 0; i < 8; i++) {
      if (bytes[seal + NAME.length + i] != HEX.charAt((int) (value >>> (28 - 4 * i)) & 0xf)) {
        return false;
      }
    }
    return true;
  }

  /**
   * {@return where in the file the write began that wrote this whole line; the line's own offset if
   * it was the write's first}
   */
  static long writeOffset(byte[] bytes, int from, int to, long offset) {
    int last = to - LENGTH;
    int digits = last;
    while (digits > from && bytes[digits - 1] >= '0' && bytes[digits - 1] <= '9') {
      digits--;
    }
    int name = digits - WRITE.length;
    if (digits == last || name < from || !Ascii.has(WRITE, bytes, name, last)) {
      return offset;
    }
    long start = 0;
    for (int i = digits; i < last; i++) {
      start = 10 * start + bytes[i] - '0';
    }
    return start;
  }
}
