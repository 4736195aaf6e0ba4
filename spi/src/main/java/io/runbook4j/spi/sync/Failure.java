package io.runbook4j.spi.sync;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why something failed. Immutable.
 *
 * <p>Message and code often come from the service, so they are bounded ({@value #MAX_MESSAGE} and
 * {@value #MAX_CODE} characters) and stripped of control characters and of halves of surrogate
 * pairs, which no file in UTF-8 can hold. An adapter redacts secrets before it makes a failure.
 */
public final class Failure {
  /** The longest message kept, in characters. */
  public static final int MAX_MESSAGE = 500;

  /** The longest service code kept, in characters. */
  public static final int MAX_CODE = 100;

  private final FailureKind kind;
  private final String message;
  private final @Nullable String code;
  private final @Nullable Duration retryAfter;

  private Failure(
      FailureKind kind, String message, @Nullable String code, @Nullable Duration retryAfter) {
    this.kind = Objects.requireNonNull(kind, "kind");
    this.message = bounded(message, MAX_MESSAGE);
    this.code = code == null ? null : bounded(code, MAX_CODE);
    this.retryAfter = retryAfter;
  }

  /** {@return a failure with no service code and no {@code retryAfter}} */
  public static Failure of(FailureKind kind, String message) {
    return new Failure(kind, message, null, null);
  }

  /**
   * {@return this failure with the service's own code, such as {@code UNABLE_TO_LOCK_ROW} or
   * {@code 10009}}
   */
  public Failure withCode(String code) {
    return new Failure(kind, message, Objects.requireNonNull(code, "code"), retryAfter);
  }

  /** {@return this failure with the time that the service asks to wait; negative counts as zero} */
  public Failure withRetryAfter(Duration retryAfter) {
    return new Failure(kind, message, code, retryAfter.isNegative() ? Duration.ZERO : retryAfter);
  }

  /** {@return the kind, which decides the reaction} */
  public FailureKind kind() {
    return kind;
  }

  /** {@return what happened, for a person; never empty of meaning, never with a secret} */
  public String message() {
    return message;
  }

  /** {@return the service's own code} */
  public Optional<String> code() {
    return Optional.ofNullable(code);
  }

  /** {@return how long the service asks to wait, counted from when the failure was made} */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  private static String bounded(String text, int most) {
    return Texts.printable(text.length() <= most ? text : text.substring(0, most));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Failure that
        && kind == that.kind
        && message.equals(that.message)
        && Objects.equals(code, that.code)
        && Objects.equals(retryAfter, that.retryAfter);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, message, code, retryAfter);
  }

  @Override
  public String toString() {
    return kind + (code == null ? "" : "[" + code + "]") + ": " + message
        + (retryAfter == null ? "" : " (retry after " + retryAfter + ")");
  }
}
