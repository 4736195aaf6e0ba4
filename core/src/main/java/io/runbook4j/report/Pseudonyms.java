package io.runbook4j.report;

import io.runbook4j.adapter.Redactor;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names that stand for item keys: the first 64 bits of HMAC-SHA-256 of the key, so that equal keys
 * have equal names in every report made with the same secret, and nobody without it can find the
 * key by trying. Takes memory for each key that was told of.
 */
final class Pseudonyms {
  /** What RFC 2104 asks for at least is the hash's length; half of it is beyond guessing. */
  static final int SHORTEST_SECRET = 16;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 8;

  private final SecretKeySpec secret;

  // As they are, as the redactor leaves them, so that they are found in redacted text, and as they
  // stand in URLs, in JSON, on one line and in small letters.
  private final TreeSet<String> known = new TreeSet<>();
  private final Map<String, String> originals = new HashMap<>();

  Pseudonyms(byte[] secret) {
    this.secret = new SecretKeySpec(secret, ALGORITHM);
  }

  /** Remembers keys, so that they are found inside of other text. */
  void know(Collection<String> keys, Redactor redactor) {
    for (String key : keys) {
      if (!key.isBlank()) {
        originals.put(key, key); // rather than what another one is in another form
      }
    }
    for (String key : keys) {
      String redacted = redactor.redact(key);
      if (!redacted.equals("[redacted]")) {
        know(redacted, key);
      }
      forms(key).forEach(form -> know(form, key));
    }
  }

  private static Set<String> forms(String key) {
    Set<String> forms = new HashSet<>();
    for (String form : List.of(key, SafeText.inert(key))) {
      for (String spelled : List.of(form, form.toLowerCase(Locale.ROOT))) {
        forms.add(spelled);
        forms.addAll(Redactor.escaped(spelled));
      }
    }
    return forms;
  }

  private void know(String form, String key) {
    if (!form.isBlank()) {
      originals.putIfAbsent(form, key);
      known.add(form);
    }
  }

  /** {@return the name of this key} */
  String of(String key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      byte[] hash = mac.doFinal(key.getBytes(StandardCharsets.UTF_8));
      return "k-" + HexFormat.of().formatHex(Arrays.copyOf(hash, BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " must be there in every Java, was not", e);
    }
  }

  /** {@return the text with every known key, where it stands as a word of its own, replaced} */
  String replaceIn(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int length = isInsideOfWord(text, at) ? 0 : keyAt(text, at);
      if (length == 0) {
        out.append(text.charAt(at++));
      } else {
        out.append(of(originals.getOrDefault(text.substring(at, at + length), "")));
        at += length;
      }
    }
    return out.toString();
  }

  /**
   * {@return the length of the longest known key that begins here and ends with a word; 0 for none}
   *
   * <p>A key that begins here is not after the rest of the text in the order of the set. If the
   * last key that is not after it is no beginning of it, every shorter one that is lies in what the
   * two have in common.
   */
  private int keyAt(String text, int at) {
    String rest = text.substring(at);
    while (!rest.isEmpty()) {
      String candidate = known.floor(rest);
      if (candidate == null) {
        return 0;
      }
      int common = common(rest, candidate);
      if (common < candidate.length()) {
        rest = candidate.substring(0, common);
      } else if (!isInsideOfWord(text, at + common)) {
        return common;
      } else {
        rest = candidate.substring(0, common - 1);
      }
    }
    return 0;
  }

  private static int common(String a, String b) {
    int length = Math.min(a.length(), b.length());
    int mismatch = 0;
    while (mismatch < length && a.charAt(mismatch) == b.charAt(mismatch)) {
      mismatch++;
    }
    return mismatch;
  }

  /**
   * {@return whether the letters or digits on both sides of this place belong together} What is
   * URL-encoded, {@code %2F} say, is no letter, and is not taken apart.
   */
  private static boolean isInsideOfWord(String text, int at) {
    if (isEncoded(text, at - 1) || isEncoded(text, at - 2)) {
      return true;
    }
    return at > 0
        && at < text.length()
        && !isEncoded(text, at - 3)
        && Character.isLetterOrDigit(text.charAt(at - 1))
        && Character.isLetterOrDigit(text.charAt(at));
  }

  private static boolean isEncoded(String text, int at) {
    return at >= 0
        && at + 2 < text.length()
        && text.charAt(at) == '%'
        && HexFormat.isHexDigit(text.charAt(at + 1))
        && HexFormat.isHexDigit(text.charAt(at + 2));
  }
}
