package io.runbook4j.rest;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Blots out what must not be told: what the host knows, and the tokens that were sent. */
final class Redactor {
  private static final String BLOT = "[redacted]";
  private static final int TOKENS = 8;
  private static final int READ = 4_000;
  private static final int SHOWN = 200;
  private static final Pattern BEARER =
      Pattern.compile("(?i)\\b(Bearer|Basic)\\s++[A-Za-z0-9._~+/=-]++");

  private final UnaryOperator<String> host;
  private final List<String> tokens = new CopyOnWriteArrayList<>();

  Redactor(UnaryOperator<String> host) {
    this.host = host;
  }

  void learn(String token) {
    if (tokens.contains(token)) {
      return;
    }
    tokens.add(token);
    if (tokens.size() > TOKENS) {
      tokens.remove(0);
    }
  }

  String redact(String text) {
    String clean = text;
    for (String token : tokens) {
      clean = clean
          .replace(token, BLOT)
          .replace(URLEncoder.encode(token, StandardCharsets.UTF_8), BLOT);
    }
    return host.apply(BEARER.matcher(clean).replaceAll("$1 " + BLOT));
  }

  /** {@return the beginning of what came, in quotes} */
  String quote(String text) {
    String clean = redact(text.length() > READ ? text.substring(0, READ) : text);
    return clean.length() > SHOWN || text.length() > READ
        ? "\"" + clean.substring(0, Math.min(SHOWN, clean.length())) + "\"... (" + text.length()
            + " characters)"
        : "\"" + clean + "\"";
  }

  /** {@return type and message of a cause} */
  String text(Throwable cause) {
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : ": " + redact(message));
  }

  /** {@return the cause, or null if a message in it, or in what caused it, holds a secret} */
  @Nullable Throwable safe(Throwable cause) {
    int depth = 0;
    for (Throwable t = cause; t != null && depth++ < 20; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (!redact(message).equals(message)) {
        return null;
      }
    }
    return cause;
  }
}
