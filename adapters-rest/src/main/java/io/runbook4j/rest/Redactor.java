package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Blots out what must not be told: what the host knows, the tokens and values that were sent. */
final class Redactor {
  private static final String BLOT = "[redacted]";
  private static final int TOKENS = 8;
  private static final int READ = 4_000;
  private static final int SHOWN = 200;
  private static final Pattern BEARER =
      Pattern.compile("(?i)\\b(Bearer|Basic)\\s++[A-Za-z0-9._~+/=-]++");

  /** A character that JSON need not escape, escaped; JSON in a string of JSON has more slashes. */
  private static final Pattern ESCAPED =
      Pattern.compile("\\\\{1,8}(?:/|u00([2-6][0-9A-Fa-f]|7[0-9A-Ea-e]))");

  private final UnaryOperator<String> host;
  private final List<String> tokens;
  private final List<String> sent;

  Redactor(UnaryOperator<String> host) {
    this(host, new CopyOnWriteArrayList<>(), List.of());
  }

  private Redactor(UnaryOperator<String> host, List<String> tokens, List<String> sent) {
    this.host = host;
    this.tokens = tokens;
    this.sent = sent;
  }

  /** {@return one that blots out these, too, and learns the same tokens} */
  Redactor knowing(Collection<String> values) {
    List<String> all = Stream.concat(sent.stream(), values.stream())
        .sorted(Comparator.comparingInt(String::length).reversed())
        .toList();
    return new Redactor(host, tokens, all);
  }

  /** Learns a token; nothing of one that is blank, which stands everywhere. */
  void learn(String token) {
    if (token.isBlank() || tokens.contains(token)) {
      return;
    }
    tokens.add(token);
    if (tokens.size() > TOKENS) {
      tokens.remove(0);
    }
  }

  /** {@return the text without what must not be told, be it in JSON's escapes} */
  String redact(String text) {
    String clean = blotted(text);
    String plain = unescaped(clean);
    String told = plain.equals(clean) ? plain : blotted(plain);
    return told.equals(plain) ? clean : told;
  }

  /** {@return the failure, with its message and code redacted} */
  Failure redact(Failure failure) {
    Failure clean = Failure.of(failure.kind(), redact(failure.message()));
    clean = failure.code().map(this::redact).map(clean::withCode).orElse(clean);
    return failure.retryAfter().map(clean::withRetryAfter).orElse(clean);
  }

  /** Some serializers write = as \\u003d, + as \\u002B, and / with a backslash before it. */
  private static String unescaped(String text) {
    return ESCAPED.matcher(text).replaceAll(escaped -> {
      String hex = escaped.group(1);
      return Matcher.quoteReplacement(
          hex == null ? "/" : Character.toString(Integer.parseInt(hex, 16)));
    });
  }

  private String blotted(String text) {
    String clean = text;
    for (String token : tokens) {
      clean = clean
          .replace(token, BLOT)
          .replace(URLEncoder.encode(token, StandardCharsets.UTF_8), BLOT);
    }
    for (String value : sent) {
      clean = clean.replace(value, BLOT);
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
