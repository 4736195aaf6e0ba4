package io.runbook4j.adapter;

import io.runbook4j.spi.SecretRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads secrets, anew each time, and tells the redactor of them. Its messages name the reference
 * and never show a value. Safe for many threads if the host's resolver is.
 */
final class Secrets {
  static final int MOST_BYTES = 64 * 1024;

  private final Function<String, @Nullable String> environment;
  private final Optional<SecretResolver> resolver;
  private final Redactor redactor;

  Secrets(
      Function<String, @Nullable String> environment,
      Optional<SecretResolver> resolver,
      Redactor redactor) {
    this.environment = environment;
    this.resolver = resolver;
    this.redactor = redactor;
  }

  boolean canResolve() {
    return resolver.isPresent();
  }

  /**
   * {@return the secret}
   *
   * @throws IllegalStateException if the reference leads nowhere
   */
  String read(SecretRef reference) {
    String secret = switch (reference.place()) {
      case ENV -> variable(reference);
      case FILE -> file(reference);
      case HOST -> host(reference);
    };
    if (secret.isBlank()) {
      throw broken(reference, "must not be blank, was " + secret.length() + " characters", null);
    }
    if (secret.length() > MOST_BYTES) {
      throw broken(
          reference, "must be at most " + MOST_BYTES + " characters, was " + secret.length(), null);
    }
    redactor.register(secret);
    return secret;
  }

  private String variable(SecretRef reference) {
    String value = environment.apply(reference.name());
    if (value == null) {
      throw broken(reference, "must be an environment variable that is set, was not set", null);
    }
    return value;
  }

  private String host(SecretRef reference) {
    SecretResolver host = resolver.orElseThrow(
        () -> broken(reference, "needs the resolver of the host, which was not given", null));
    Optional<String> found;
    try {
      found = Objects.requireNonNullElse(host.resolve(reference.name()), Optional.empty());
    } catch (RuntimeException e) {
      throw broken(
          reference,
          "could not be resolved by the host, which threw " + redactor.redact(e.toString()),
          redactor.safe(e));
    }
    if (found.isEmpty()) {
      throw broken(reference, "must be known to the resolver of the host, was unknown", null);
    }
    return found.get();
  }

  private String file(SecretRef reference) {
    Path path = Path.of(reference.name()).toAbsolutePath();
    byte[] content;
    try (InputStream in = Files.newInputStream(path)) {
      content = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw broken(reference, "must be a file that can be read, was " + path + " (" + e + ")", e);
    }
    if (content.length > MOST_BYTES) {
      throw broken(
          reference, "must be at most " + MOST_BYTES + " bytes, was more in " + path, null);
    }
    try {
      return withoutDressing(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString());
    } catch (CharacterCodingException e) {
      throw broken(reference, "must be UTF-8 text, was something else in " + path, e);
    }
  }

  /** Takes away what editors put around a text: a byte order mark, and a line break at the end. */
  private static String withoutDressing(String content) {
    int from = content.startsWith("\ufeff") ? 1 : 0;
    int to = content.length();
    to -= content.endsWith("\n") ? 1 : 0;
    to -= to > from && content.charAt(to - 1) == '\r' ? 1 : 0;
    return content.substring(from, to);
  }

  private IllegalStateException broken(
      SecretRef reference, String problem, @Nullable Throwable cause) {
    return new IllegalStateException(redactor.redact("secret " + reference + " " + problem), cause);
  }
}
