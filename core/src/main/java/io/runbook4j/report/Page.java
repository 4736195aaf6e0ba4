package io.runbook4j.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * A self-contained HTML page that is well-formed XML as well. Its policy lets a browser load
 * nothing and run nothing but the one script that is part of this library. Takes texts that are
 * safe already, and escapes them.
 */
final class Page {
  private static final String POLICY = "default-src 'none'; style-src '" + hash(Look.STYLE)
      + "'; script-src '" + hash(Look.SCRIPT) + "'; base-uri 'none'; form-action 'none'";

  private final StringBuilder html = new StringBuilder(16 * 1024);

  Page(String title) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
        .append("<meta http-equiv=\"Content-Security-Policy\" content=\"")
        .append(escape(POLICY))
        .append("\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
        .append("<meta name=\"color-scheme\" content=\"light dark\"/>\n")
        .append("<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>")
        .append(escape(title))
        .append("</title>\n<style>")
        .append(Look.STYLE)
        .append("</style>\n</head>\n<body>\n<main>\n");
  }

  /** Appends an element that holds a text. */
  Page element(String name, String text) {
    return element(name, "", text);
  }

  /** Appends an element of a class that holds a text. */
  Page element(String name, String style, String text) {
    open(name, style).html.append(escape(text));
    return close(name);
  }

  Page open(String name, String style) {
    html.append('<').append(name);
    if (!style.isEmpty()) {
      html.append(" class=\"").append(escape(style)).append('"');
    }
    html.append('>');
    return this;
  }

  Page close(String name) {
    html.append("</").append(name).append(">\n");
    return this;
  }

  /** Appends markup as it is. */
  Page markup(String markup) {
    html.append(markup);
    return this;
  }

  /** Begins a section. */
  Page section(String title) {
    return open("section", "").element("h2", title);
  }

  /** Appends a list; none if there is nothing to list. */
  Page list(List<String> texts) {
    if (!texts.isEmpty()) {
      open("ul", "");
      texts.forEach(text -> element("li", text));
      close("ul");
    }
    return this;
  }

  /** {@return how many characters there are so far} */
  int length() {
    return html.length();
  }

  String end() {
    return html.append("</main>\n<script>")
        .append(Look.SCRIPT)
        .append("</script>\n</body>\n</html>\n")
        .toString();
  }

  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be there in every Java, was not", e);
    }
  }
}
