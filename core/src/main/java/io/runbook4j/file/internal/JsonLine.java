package io.runbook4j.file.internal;

import java.time.Instant;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes JSON objects, one a line, into one buffer that grows and is reused: nothing is allocated
 * for an item. The last member of each line is the CRC32C of all bytes before it. Not safe for many
 * threads.
 */
public final class JsonLine {
  private static final byte PLAIN = 0;
  private static final byte UNICODE = 1;
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  /** By ASCII character: plain, to be written as four hex digits, or the letter after \. */
  private static final byte[] ESCAPES = escapes();

  private final CRC32C crc = new CRC32C();
  private byte[] bytes = new byte[16 * 1024];
  private int length;
  private int lineStart;
  private boolean comma;

  /** The second that was written last, and its text: entries come many a second. */
  private long second = Long.MIN_VALUE;

  private String secondText = "";

  private static byte[] escapes() {
    byte[] escapes = new byte[128];
    Arrays.fill(escapes, 0, 0x20, UNICODE);
    escapes['\n'] = 'n';
    escapes['\r'] = 'r';
    escapes['\t'] = 't';
    escapes['"'] = '"';
    escapes['\\'] = '\\';
    escapes[0x7f] = UNICODE; // DEL, like the other controls, is not for a terminal
    return escapes;
  }

  /** Forgets all lines. */
  public void clear() {
    length = 0;
    lineStart = 0;
  }

  /** {@return the buffer; valid up to {@link #length}, until the next line} */
  public byte[] bytes() {
    return bytes;
  }

  /** {@return the bytes of all sealed lines} */
  public int length() {
    return lineStart;
  }

  /** Begins a line, and drops one that was begun and not sealed. */
  public JsonLine begin() {
    length = lineStart;
    comma = false;
    return open('{');
  }

  /** Ends the line with its checksum. */
  public void seal() {
    crc.reset();
    crc.update(bytes, lineStart, length - lineStart);
    int value = (int) crc.getValue();
    name("crc");
    put('"');
    for (int shift = 28; shift >= 0; shift -= 4) {
      put(HEX[(value >>> shift) & 0xf]);
    }
    put('"');
    put('}');
    put('\n');
    lineStart = length;
  }

  /** Writes a text. */
  public JsonLine text(String name, String value) {
    name(name);
    string(value);
    return this;
  }

  /** Writes a whole number. */
  public JsonLine number(String name, long value) {
    name(name);
    digits(value);
    return this;
  }

  /** Writes an instant as {@link Instant#toString} does. */
  public JsonLine time(String name, Instant value) {
    name(name);
    put('"');
    if (value.getEpochSecond() != second) {
      second = value.getEpochSecond();
      String whole = Instant.ofEpochSecond(second).toString();
      secondText = whole.substring(0, whole.length() - 1);
    }
    ascii(secondText);
    fraction(value.getNano());
    put('Z');
    put('"');
    return this;
  }

  /** Writes no digits, or three, six or nine of them. */
  private void fraction(int nanos) {
    if (nanos == 0) {
      return;
    }
    put('.');
    int end = nanos % 1_000_000 == 0 ? 1_000_000 : nanos % 1_000 == 0 ? 1_000 : 1;
    for (int unit = 100_000_000; unit >= end; unit /= 10) {
      put('0' + nanos / unit % 10);
    }
  }

  private void digits(long value) {
    if (value < 0) {
      ascii(Long.toString(value));
      return;
    }
    long unit = 1;
    while (value / unit >= 10) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      put((int) ('0' + value / unit % 10));
    }
  }

  /** Writes {@code true}. */
  public JsonLine isTrue(String name) {
    name(name);
    ascii("true");
    return this;
  }

  /** Writes an array of strings. */
  public JsonLine texts(String name, Iterable<String> values) {
    array(name);
    for (String value : values) {
      separate();
      string(value);
    }
    return end(']');
  }

  /** Begins an array. */
  public JsonLine array(String name) {
    name(name);
    comma = false;
    return open('[');
  }

  /** Begins an object. */
  public JsonLine object(String name) {
    name(name);
    return open('{');
  }

  /** Begins an object that is an element of an array. */
  public JsonLine element() {
    separate();
    return open('{');
  }

  /** Writes an array of two numbers as an element of an array. */
  public JsonLine pair(long first, long second) {
    separate();
    put('[');
    digits(first);
    put(',');
    digits(second);
    return end(']');
  }

  /** Ends what was begun with {@code object}, {@code element} or {@code array}. */
  public JsonLine end(char bracket) {
    put(bracket);
    comma = true;
    return this;
  }

  private JsonLine open(char bracket) {
    put(bracket);
    comma = false;
    return this;
  }

  private void name(String name) {
    separate();
    put('"');
    ascii(name);
    put('"');
    put(':');
  }

  private void separate() {
    if (comma) {
      put(',');
    }
    comma = true;
  }

  private void ascii(String text) {
    ensure(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
  }

  private void string(String value) {
    ensure(6L * value.length() + 2);
    bytes[length++] = '"';
    int i = plain(value, 0);
    while (i < value.length()) {
      i = plain(value, i + odd(value, i));
    }
    bytes[length++] = '"';
  }

  /**
   * Writes plain characters, which are all of nearly every text, for which there is room. A loop
   * that calls nothing: a fifth of what a run's file costs is in here.
   *
   * @return where the first one is that is not plain, or the text's length
   */
  private int plain(String value, int from) {
    int chars = value.length();
    byte[] target = bytes;
    int behind = length - from;
    int i = from;
    while (i < chars) {
      char c = value.charAt(i);
      if (c >= 0x80 || ESCAPES[c] != PLAIN) {
        break;
      }
      target[behind + i] = (byte) c;
      i++;
    }
    length = behind + i;
    return i;
  }

  /**
   * Writes the character at {@code i}, which is not plain, and the one behind it if both are one.
   *
   * @return how many
   */
  private int odd(String value, int i) {
    char c = value.charAt(i);
    if (c < 0x80) {
      escape(c, ESCAPES[c]);
    } else if (c < 0xa0) {
      unicode(c); // the C1 controls
    } else if (c < 0x800) {
      put(0xc0 | c >> 6);
      put(0x80 | (c & 0x3f));
    } else if (!Character.isSurrogate(c)) {
      put(0xe0 | c >> 12);
      put(0x80 | (c >> 6 & 0x3f));
      put(0x80 | (c & 0x3f));
    } else if (Character.isHighSurrogate(c)
        && i + 1 < value.length()
        && Character.isLowSurrogate(value.charAt(i + 1))) {
      pair(Character.toCodePoint(c, value.charAt(i + 1)));
      return 2;
    } else {
      unicode(c); // a lone surrogate has no UTF-8
    }
    return 1;
  }

  private void pair(int codePoint) {
    put(0xf0 | codePoint >> 18);
    put(0x80 | (codePoint >> 12 & 0x3f));
    put(0x80 | (codePoint >> 6 & 0x3f));
    put(0x80 | (codePoint & 0x3f));
  }

  private void escape(char c, byte how) {
    if (how == UNICODE) {
      unicode(c);
    } else {
      put('\\');
      put(how);
    }
  }

  private void unicode(char c) {
    put('\\');
    put('u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      put(HEX[c >> shift & 0xf]);
    }
  }

  private void put(int b) {
    if (length == bytes.length) {
      ensure(1);
    }
    bytes[length++] = (byte) b;
  }

  private void ensure(long more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(length + more, 2L * bytes.length)));
    }
  }
}
