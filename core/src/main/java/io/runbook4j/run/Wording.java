package io.runbook4j.run;

/** What messages say that differ only in numbers. */
final class Wording {
  private Wording() {}

  /**
   * {@return the message with an asterisk wherever the key stands, but not inside of a word, nor if
   * the key is nothing but white space}
   */
  static String without(String key, String message) {
    if (key.isBlank()) {
      return message;
    }
    StringBuilder text = new StringBuilder(message.length());
    int copied = 0;
    for (int at = message.indexOf(key); at >= 0; at = message.indexOf(key, at + 1)) {
      int end = at + key.length();
      if (at >= copied && !isInside(message, at) && !isInside(message, end)) {
        text.append(message, copied, at).append('*');
        copied = end;
      }
    }
    return text.append(message, copied, message.length()).toString();
  }

  /** {@return whether there are letters or digits on both sides of this place} */
  private static boolean isInside(String text, int at) {
    return at > 0
        && at < text.length()
        && Character.isLetterOrDigit(text.charAt(at - 1))
        && Character.isLetterOrDigit(text.charAt(at));
  }

  /** {@return the message with every number as a hash sign: the same for all that are alike} */
  static String masked(String message) {
    StringBuilder masked = new StringBuilder(message.length());
    int at = 0;
    while (at < message.length()) {
      int end = numberEnd(message, at);
      masked.append(end > at ? '#' : message.charAt(at));
      at = Math.max(end, at + 1);
    }
    return masked.toString();
  }

  /**
   * {@return the text with a hash sign for each number in which the message differs from it} So a
   * number that all share stays: a ticket's, an instant's, that of a standard.
   *
   * @param text what all say that came before; with hash signs for numbers, it may be
   * @param message one more, the same as the text when both are {@linkplain #masked masked}
   */
  static String common(String text, String message) {
    if (text.equals(message)) {
      return text;
    }
    StringBuilder common = new StringBuilder(text.length());
    int at = 0;
    int its = 0;
    while (at < text.length() && its < message.length()) {
      int end = numberEnd(text, at);
      int itsEnd = numberEnd(message, its);
      if (end - at == itsEnd - its && text.regionMatches(at, message, its, Math.max(1, end - at))) {
        common.append(text, at, Math.max(end, at + 1));
      } else {
        common.append('#');
      }
      at = Math.max(end, at + 1);
      its = Math.max(itsEnd, its + 1);
    }
    return common.toString();
  }

  /** {@return where the number ends that begins here; here if none does} */
  private static int numberEnd(String text, int at) {
    int end = at;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }
}
