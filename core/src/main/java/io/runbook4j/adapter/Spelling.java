package io.runbook4j.adapter;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What somebody wrote, and what they may have meant. */
final class Spelling {
  private static final Pattern HARMLESS = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,47}");
  private static final Pattern LONG_RUN = Pattern.compile("[A-Za-z0-9]{20,}+");
  private static final int LONGEST = 64;

  private Spelling() {}

  /** {@return the name in quotes, or its length if it may be a secret in the wrong place} */
  static String quoted(String name, Redactor redactor) {
    boolean isShown = HARMLESS.matcher(name).matches()
        && !LONG_RUN.matcher(name).find()
        && redactor.redact(name).equals(name);
    return isShown ? "\"" + name + "\"" : "of " + name.length() + " characters (not shown)";
  }

  /** {@return {@code , did you mean "x"?}, or nothing if no known name is near} */
  static String suggestion(String name, Collection<String> known) {
    return nearest(name, known).map(near -> " (did you mean \"" + near + "\"?)").orElse("");
  }

  static Optional<String> nearest(String name, Collection<String> known) {
    if (name.length() > LONGEST) {
      return Optional.empty();
    }
    String plain = plain(name);
    return known.stream()
        .filter(other -> distance(plain, plain(other)) <= Math.min(3, other.length() / 3))
        .min(Comparator.<String>comparingInt(other -> distance(plain, plain(other)))
            .thenComparing(Comparator.naturalOrder()));
  }

  /** {@return the name without what is written in many ways: {@code baseUrl}, {@code base_url}} */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /**
   * {@return how many letters to insert, drop, change or swap with the next (optimal alignment)}
   */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        d[i][j] = i == 0 || j == 0 ? i + j : step(d, i, j, a.charAt(i - 1) == b.charAt(j - 1));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }

  private static int step(int[][] d, int i, int j, boolean isSame) {
    int changed = d[i - 1][j - 1] + (isSame ? 0 : 1);
    return Math.min(changed, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
  }
}
