package io.runbook4j.spi;

import java.util.Objects;
import java.util.Optional;

/**
 * One setting that an adapter needs.
 *
 * @param name lower case letters, digits and dashes
 * @param type what its value must be
 * @param need whether it must be given
 * @param help what it is for, for a person
 */
public record Setting(String name, Type type, Need need, String help) {
  /** Checks that nothing is missing. */
  public Setting {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(need, "need");
    Objects.requireNonNull(help, "help");
  }

  /** {@return a setting that must be given} */
  public static Setting required(String name, Type type, String help) {
    return new Setting(name, type, new Need(true, Optional.empty()), help);
  }

  /** {@return a setting that may be left out, and then has no value} */
  public static Setting optional(String name, Type type, String help) {
    return new Setting(name, type, new Need(false, Optional.empty()), help);
  }

  /** {@return a setting that may be left out, and then has this value} */
  public static Setting defaulted(String name, Type type, String value, String help) {
    return new Setting(name, type, new Need(false, Optional.of(value)), help);
  }

  /**
   * Whether a setting must be given.
   *
   * @param required whether it is an error to leave it out
   * @param value what it is when it is left out
   */
  public record Need(boolean required, Optional<String> value) {}

  /** What a value must be. */
  public enum Type {
    /** Any text. */
    TEXT,
    /** An absolute http or https URL without user information. */
    URL,
    /** An ISO-8601 duration such as {@code PT30S}; positive. */
    DURATION,
    /** A whole number of at least 0. */
    WHOLE_NUMBER,
    /** A {@link SecretRef}: where the secret is, never the secret. */
    SECRET
  }
}
