package io.runbook4j.rest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * As much of RFC 9651 as the rate limit fields need: a list of strings, tokens or integers with
 * parameters. A field with any mistake is ignored as a whole.
 */
final class StructuredField {
  private static final int LONGEST = 8_192;
  private static final int MOST_ITEMS = 64;
  private static final String TOKEN = "!#$%&'*+-.^_`|~:/";

  private final String text;
  private int at;

  private StructuredField(String text) {
    this.text = text;
  }

  /**
   * One item.
   *
   * @param value a number's digits, else the text
   * @param parameters their values as text; a string without its quotes
   */
  record Item(String value, boolean isNumber, Map<String, String> parameters) {
    /** {@return a parameter that must be a whole number of at least 0, if it is there} */
    OptionalLong wholeNumber(String name) throws Malformed {
      String digits = parameters.get(name);
      return digits == null ? OptionalLong.empty() : OptionalLong.of(number(digits));
    }

    long number() throws Malformed {
      return number(value);
    }

    private static long number(String digits) throws Malformed {
      if (!digits.matches("[0-9]{1,15}")) {
        throw new Malformed();
      }
      return Long.parseLong(digits);
    }
  }

  /** Says that a field is not what it must be. Never leaves this package. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** {@return the items; empty if the field is malformed} */
  static Optional<List<Item>> list(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      return Optional.of(new StructuredField(text.strip()).items());
    } catch (Malformed ignoredAsTheDraftWants) {
      return Optional.empty();
    }
  }

  private List<Item> items() throws Malformed {
    List<Item> items = new ArrayList<>();
    while (true) {
      items.add(item());
      if (items.size() > MOST_ITEMS) {
        throw new Malformed();
      }
      skipSpace();
      if (at == text.length()) {
        return items;
      }
      expect(',');
      skipSpace();
    }
  }

  private Item item() throws Malformed {
    boolean isNumber = isDigit(peek());
    String value = bare();
    Map<String, String> parameters = new LinkedHashMap<>();
    while (peek() == ';') {
      at++;
      skipSpace();
      String key = key();
      if (peek() == '=') {
        at++;
        parameters.put(key, bare());
      } else {
        parameters.put(key, "?1");
      }
    }
    return new Item(value, isNumber, parameters);
  }

  private String key() throws Malformed {
    int start = at;
    while (isLower(peek()) || (at > start && (isDigit(peek()) || "_-.*".indexOf(peek()) >= 0))) {
      at++;
    }
    return from(start);
  }

  private String bare() throws Malformed {
    char first = peek();
    int start = at;
    if (first == '"') {
      return quoted();
    }
    if (first == ':') {
      at = text.indexOf(':', at + 1) + 1;
      if (at == 0) {
        throw new Malformed();
      }
      return from(start);
    }
    if (first == '?' || first == '-' || isDigit(first)) {
      at++;
      while (isDigit(peek()) || peek() == '.') {
        at++;
      }
      return from(start);
    }
    if (!isLetter(first) && first != '*') {
      throw new Malformed();
    }
    while (isLetter(peek()) || isDigit(peek()) || TOKEN.indexOf(peek()) >= 0) {
      at++;
    }
    return from(start);
  }

  private String quoted() throws Malformed {
    StringBuilder unquoted = new StringBuilder();
    at++;
    while (peek() != '"') {
      char c = peek();
      if (c == '\\') {
        at++;
        c = peek();
        if (c != '"' && c != '\\') {
          throw new Malformed();
        }
      }
      if (c < 0x20 || c > 0x7e) {
        throw new Malformed();
      }
      unquoted.append(c);
      at++;
    }
    at++;
    return unquoted.toString();
  }

  private String from(int start) throws Malformed {
    if (at == start) {
      throw new Malformed();
    }
    return text.substring(start, at);
  }

  private void expect(char wanted) throws Malformed {
    if (peek() != wanted) {
      throw new Malformed();
    }
    at++;
  }

  private void skipSpace() {
    while (peek() == ' ' || peek() == '\t') {
      at++;
    }
  }

  /** {@return the next character; NUL at the end, which nothing accepts} */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isLetter(char c) {
    return isLower(c) || (c >= 'A' && c <= 'Z');
  }
}
