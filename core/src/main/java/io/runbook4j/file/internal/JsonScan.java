package io.runbook4j.file.internal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads the members of a line that {@link JsonLine} has written, in the order in which it wrote
 * them. Makes no tree of them: a person waits for the 200,000 lines of ten million items. The last
 * members of a line need not be read. Not safe for many threads.
 *
 * <p>Where the line has something else than what is asked for, that is an
 * {@link IllegalArgumentException} that names it.
 */
public final class JsonScan {
  private final byte[] bytes;
  private final int to;
  private int at;

  /** Reads an object, or what follows the name of a member; these bytes must not change. */
  public JsonScan(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.to = to;
    this.at = from;
  }

  /** {@return whether the next member has this name} */
  public boolean has(String name) {
    int start = memberStart();
    int end = start + name.length() + 3; // two quotes and a colon
    if (end > to || bytes[start] != '"' || bytes[end - 2] != '"' || bytes[end - 1] != ':') {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (bytes[start + 1 + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int memberStart() {
    return isAt(',') || isAt('{') ? at + 1 : at;
  }

  private void name(String name) {
    if (!has(name)) {
      throw new IllegalArgumentException(name + " must be present, was not");
    }
    at = memberStart() + name.length() + 3;
  }

  /**
   * Goes to the value of the next member, which must begin with {@code first}. The message is put
   * together only where it does not: that costs more than all the rest.
   */
  private void begin(String name, char first, String rule) {
    name(name);
    if (!isAt(first)) {
      throw expected(name + rule);
    }
  }

  /** Reads a text. */
  public String text(String name) {
    begin(name, '"', " must be text");
    return string();
  }

  /** Reads a whole number. */
  public long number(String name) {
    name(name);
    return digits(name);
  }

  private long digits(String name) {
    int start = at;
    while (at < to && (bytes[at] == '-' || (bytes[at] >= '0' && bytes[at] <= '9'))) {
      at++;
    }
    if (at == start) {
      throw expected(name + " must be a whole number");
    }
    return Long.parseLong(latin(start, at));
  }

  /**
   * Reads an instant.
   *
   * @throws java.time.DateTimeException if the text is none
   */
  public Instant instant(String name) {
    return IsoTimes.instant(text(name));
  }

  /**
   * Reads a duration.
   *
   * @throws java.time.DateTimeException if the text is none
   */
  public Duration duration(String name) {
    return IsoTimes.duration(text(name));
  }

  /** {@return whether the next member is this one, which is read then and must be {@code true}} */
  public boolean isTrue(String name) {
    if (!has(name)) {
      return false;
    }
    name(name);
    for (char letter : "true".toCharArray()) {
      if (!isAt(letter)) {
        throw expected(name + " must be true");
      }
      at++;
    }
    return true;
  }

  /** Reads an array of texts. */
  public List<String> texts(String name) {
    array(name);
    return texts();
  }

  /** Reads an array of texts whose name was read already. */
  public List<String> texts() {
    List<String> texts = new ArrayList<>();
    while (more()) {
      require('"', "an element must be text");
      texts.add(string());
    }
    return List.copyOf(texts);
  }

  /** Goes into an object; {@link #end} leaves it. */
  public void object(String name) {
    begin(name, '{', " must be an object");
  }

  /** Goes into an array, up to its first element; {@link #more} leaves it. */
  public void array(String name) {
    begin(name, '[', " must be an array");
  }

  /** {@return whether the array has another element, which is read next; if not, leaves it} */
  public boolean more() {
    if (isAt('[') || isAt(',')) {
      at++;
    }
    if (isAt(']')) {
      at++;
      return false;
    }
    return true;
  }

  /** Reads an element that is an array of two numbers. */
  public long[] pair() {
    long[] pair = new long[2];
    for (int i = 0; i < pair.length; i++) {
      require(i == 0 ? '[' : ',', "an element must be two numbers");
      at++;
      pair[i] = digits("an element's number");
    }
    require(']', "an element must be two numbers");
    at++;
    return pair;
  }

  /** Leaves an object, all of whose members were read. */
  public void end() {
    require('}', "an object must end");
    at++;
  }

  /** {@return the value of a member and all that follows it} */
  public byte[] rest(String name) {
    name(name);
    return Arrays.copyOfRange(bytes, at, to);
  }

  private String string() {
    int start = ++at;
    while (at < to && bytes[at] != '"' && bytes[at] != '\\' && bytes[at] >= ' ') {
      at++;
    }
    if (!isAt('"')) {
      at = start;
      return odd();
    }
    return latin(start, at++);
  }

  /** Reads a text that is not plain ASCII. */
  private String odd() {
    StringBuilder text = new StringBuilder();
    int start = at;
    while (!isAt('"')) {
      if (at >= to) {
        throw expected("a text must end");
      }
      if (bytes[at++] == '\\') {
        text.append(new String(bytes, start, at - 1 - start, StandardCharsets.UTF_8));
        text.append(escaped());
        start = at;
      }
    }
    text.append(new String(bytes, start, at++ - start, StandardCharsets.UTF_8));
    return text.toString();
  }

  private char escaped() {
    int letter = at < to ? bytes[at++] : -1;
    return switch (letter) {
      case '"', '\\' -> (char) letter;
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        at = Math.min(at + 4, to);
        yield (char) HexFormat.fromHexDigits(latin(at - 4, at));
      }
      default -> throw expected("\\ must be followed by one of \"\\nrtu");
    };
  }

  private String latin(int from, int end) {
    return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
  }

  private boolean isAt(char c) {
    return at < to && bytes[at] == c;
  }

  private void require(char c, String rule) {
    if (!isAt(c)) {
      throw expected(rule);
    }
  }

  private IllegalArgumentException expected(String rule) {
    return new IllegalArgumentException(
        rule + ", was " + (at < to ? "\"" + latin(at, at + 1) + "\"" : "the end of the line"));
  }
}
