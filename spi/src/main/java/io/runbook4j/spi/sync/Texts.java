package io.runbook4j.spi.sync;

/** What is said to people may come from a service, and is written to terminals and files. */
final class Texts {
  private static final char REPLACEMENT = '\ufffd';

  private Texts() {}

  /**
   * {@return the text with a space in the place of each control character, and with U+FFFD in that
   * of each half of a surrogate pair}
   */
  static String printable(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char printable = printable(text, i);
      if (printable != text.charAt(i)) {
        clean = clean == null ? new StringBuilder(text) : clean;
        clean.setCharAt(i, printable);
      }
    }
    return clean == null ? text : clean.toString();
  }

  private static char printable(String text, int at) {
    char c = text.charAt(at);
    if (Character.isISOControl(c)) {
      return ' ';
    }
    boolean isHalf = Character.isHighSurrogate(c)
        ? at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))
        : Character.isLowSurrogate(c)
            && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    return isHalf ? REPLACEMENT : c;
  }
}
