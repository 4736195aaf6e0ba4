package io.runbook4j.adapter;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The texts as which a secret may turn up. */
final class SecretForms {
  private static final int SHORTEST_FORM = 8;
  private static final int SHORTEST_LINE = 16;
  private static final int LONGEST_ENCODED = 4_096;

  /** What serializers of JSON escape without need: Go and Rails, Gson, .NET, and all of it. */
  private static final List<String> NEEDLESSLY_ESCAPED =
      List.of("<>&", "<>&'=", "<>&'+`", "<>&'=+`");

  private static final String NEEDLESS = "<>&'=+`/";

  private final Set<String> forms = new LinkedHashSet<>();

  private final int shortest;

  private SecretForms(int shortest) {
    this.shortest = shortest;
  }

  /**
   * {@return the secret itself, and its URL-encoded, Base64 and JSON-escaped forms of at least 8
   * characters} Of a secret of several lines, each line of at least 16 characters too; of one of
   * more than 4096 characters no URL and Base64 forms, and no needless escapes of JSON.
   */
  static Set<String> of(String secret) {
    SecretForms all = new SecretForms(SHORTEST_FORM);
    all.forms.add(secret);
    all.forms.add(secret.strip());
    all.lines(secret);
    all.json(secret);
    if (secret.length() <= LONGEST_ENCODED) {
      all.url(secret);
      all.base64(secret.getBytes(StandardCharsets.UTF_8));
    }
    return all.forms;
  }

  /** {@return the URL-encoded and JSON-escaped forms of any text, which it may be itself} */
  static Set<String> escaped(String text) {
    SecretForms all = new SecretForms(0);
    all.json(text);
    all.url(text);
    return all.forms;
  }

  private void add(String form) {
    if (form.length() >= shortest) {
      forms.add(form);
    }
  }

  private void lines(String secret) {
    secret
        .lines()
        .map(String::strip)
        .filter(line -> line.length() >= SHORTEST_LINE)
        .forEach(forms::add);
  }

  private void json(String secret) {
    String escaped = jsonEscaped(secret);
    add(escaped);
    add(escaped.replace("/", "\\/"));
    boolean hasNeedless = secret.length() <= LONGEST_ENCODED
        && secret.chars().anyMatch(c -> NEEDLESS.indexOf(c) >= 0);
    for (String format : List.of("\\u%04x", "\\u%04X")) {
      add(unicode(escaped, format, ""));
      for (String needless : hasNeedless ? NEEDLESSLY_ESCAPED : List.<String>of()) {
        String form = unicode(escaped, format, needless);
        add(form);
        add(form.replace("/", "\\/"));
        add(unicode(form, format, "/"));
      }
    }
  }

  private void url(String secret) {
    String form = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    String percent = form.replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    add(form);
    add(percent);
    add(lowerCaseHex(form));
    add(lowerCaseHex(percent));
  }

  /**
   * Base64 depends on where in a longer text, such as {@code user:password}, the secret begins:
   * there are three ways. The characters that its neighbours have a part in are left out.
   */
  private void base64(byte[] secret) {
    add(Base64.getEncoder().encodeToString(secret));
    add(Base64.getUrlEncoder().encodeToString(secret));
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + secret.length];
      System.arraycopy(secret, 0, shifted, before, secret.length);
      int from = (before * 8 + 5) / 6;
      int to = shifted.length * 8 / 6;
      if (to > from) {
        add(Base64.getEncoder().encodeToString(shifted).substring(from, to));
        add(Base64.getUrlEncoder().encodeToString(shifted).substring(from, to));
      }
    }
  }

  private static String jsonEscaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> out.append(c < ' ' ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c);
      }
    }
    return out.toString();
  }

  /** {@return the text with these characters, and those that are not ASCII, escaped} */
  private static String unicode(String text, String format, String characters) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(
          c < 0x7f && characters.indexOf(c) < 0
              ? String.valueOf(c)
              : String.format(Locale.ROOT, format, (int) c));
    }
    return out.toString();
  }

  private static String lowerCaseHex(String encoded) {
    StringBuilder out = new StringBuilder(encoded);
    for (int i = 0; i + 2 < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        out.setCharAt(i + 1, Character.toLowerCase(encoded.charAt(i + 1)));
        out.setCharAt(i + 2, Character.toLowerCase(encoded.charAt(i + 2)));
      }
    }
    return out.toString();
  }
}
