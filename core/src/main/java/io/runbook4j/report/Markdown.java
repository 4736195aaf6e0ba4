package io.runbook4j.report;

/** Texts that a Markdown reader shows as they are. */
final class Markdown {
  private Markdown() {}

  /**
   * {@return a text on one line as a code span: neither links nor markup nor HTML means anything in
   * it} The fence is longer than any run of back-ticks in the text (CommonMark 0.31, 6.1).
   */
  static String code(String text) {
    int longest = 0;
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      run = text.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    String fence = "`".repeat(longest + 1);
    // One blank at both ends is taken away again, so that the text may begin with a back-tick.
    return text.isBlank() ? "(empty)" : fence + " " + text + " " + fence;
  }
}
