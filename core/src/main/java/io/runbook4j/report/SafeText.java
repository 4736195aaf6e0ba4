package io.runbook4j.report;

import io.runbook4j.adapter.Redactor;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The one gate that text passes on its way out: secrets are blotted out, item keys replaced if
 * asked for, and what a terminal or a browser would obey rather than show is spelled out. Immutable
 * but for what the redactor learns.
 */
final class SafeText {
  private static final String CUT = "\u2026";
  private static final int LONGEST_NAME = 64;

  // With at least four letters and three numbers; a date has fewer letters. Bounded, for the time.
  private static final Pattern MIXED = Pattern.compile(
      "(?<![A-Za-z_+=#-])(?=(?:[^A-Za-z\\s]{0,99}+[A-Za-z]){4})(?:[A-Za-z_+=-]{0,99}+#){3}[A-Za-z_+=#-]*+");

  private final Redactor redactor;
  private final Optional<Pseudonyms> pseudonyms;

  SafeText(Redactor redactor, Optional<Pseudonyms> pseudonyms) {
    this.redactor = redactor;
    this.pseudonyms = pseudonyms;
  }

  /** {@return a text of any lines without secrets, but else as it is} */
  String redacted(String raw) {
    return redactor.redact(raw);
  }

  /** {@return a text on one line, at most so many characters and an ellipsis} */
  String text(String raw, int most) {
    // Cut last: half a secret does not look like one.
    String redacted = redactor.redact(raw);
    return cut(inert(pseudonyms.map(p -> p.replaceIn(redacted)).orElse(redacted)), most);
  }

  /**
   * {@return the text of a reason, in which a number may be a hash sign, so that secrets do not
   * look like any} Zeros stand for hash signs while it is looked at, and a word in which letters
   * and numbers take turns is left out. If anything is, all numbers are hash signs.
   */
  String reason(String raw, int most) {
    String masked = masked(redactor.redact(raw.replace('#', '0')));
    String clean = MIXED.matcher(masked).replaceAll("[redacted]");
    return text(clean.equals(masked(raw)) ? raw : clean, most);
  }

  private static String masked(String text) {
    return text.replaceAll("[0-9]+", "#");
  }

  /** {@return an item's key, or what stands for it} */
  String key(String raw, int most) {
    return pseudonyms.map(p -> p.of(raw)).orElseGet(() -> cut(inert(redactor.redact(raw)), most));
  }

  /** {@return the value of something that has a name, blotted out if the name is a secret's} */
  String value(String name, String raw, int most) {
    return isSecret(name) ? "[redacted]" : text(raw, most);
  }

  /** {@return whether the redactor takes what has this name for a secret, however it is spelled} */
  private boolean isSecret(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9]", "");
    String end = plain.substring(Math.max(0, plain.length() - LONGEST_NAME));
    return !redactor.redact("\"" + end + "\": \"probe\"").contains("probe");
  }

  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + CUT;
  }

  /**
   * {@return the text on one line, with control characters, invisible ones that change the
   * direction of writing, and halves of characters spelled out}
   */
  static String inert(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> {
      if (c == '\n' || c == '\r' || c == '\t' || isSeparator(c)) {
        out.append(' ');
      } else if (isObeyed(c)) {
        out.append(String.format(Locale.ROOT, "\\u%04x", c));
      } else {
        out.appendCodePoint(c);
      }
    });
    return out.toString();
  }

  private static boolean isSeparator(int c) {
    int type = Character.getType(c);
    return type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR;
  }

  private static boolean isObeyed(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.SURROGATE
        || (c & 0xfffe) == 0xfffe
        || (type == Character.FORMAT && !isJoiner(c));
  }

  /** Joiners make up letters of Indic and Persian script, and emoji. */
  private static boolean isJoiner(int c) {
    return c == 0x200c || c == 0x200d;
  }
}
