package io.runbook4j.adapter;

import io.runbook4j.spi.SecretRef;
import io.runbook4j.spi.Setting;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks the text of a setting. What is wrong may be a secret in the wrong place, so that a value
 * is only shown if it looks like what it should be; and no exception of a parser is handed on,
 * because those repeat what they were given.
 */
final class SettingValue {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,254}");
  private static final Pattern LIKE_A_NUMBER =
      Pattern.compile("[+-]?[0-9][0-9.,_]{0,9}(?: ?(?:[smhdk]|ms|secs?|mins?|seconds?|minutes?"
          + "|hours?|days?|milliseconds?))?");
  private static final Pattern LIKE_A_DURATION = Pattern.compile(
      "[+-]?P(?:T|(?:[+-]?[0-9.]{1,10}[DHMSTWY]){1,2})" + "(?:T?[+-]?[0-9.]{1,10}[DHMSTWY]){0,4}");
  private static final int HIGHEST_PORT = 65_535;

  private SettingValue() {}

  /** {@return what the value must be and is not, as {@code must be RULE, was VALUE}; or empty} */
  static Optional<String> problem(Setting.Type type, String value) {
    return switch (type) {
      case TEXT -> Optional.empty();
      case URL -> urlProblem(value);
      case DURATION -> durationProblem(value);
      case WHOLE_NUMBER -> numberProblem(value);
      case SECRET -> secretProblem(value);
    };
  }

  private static Optional<String> numberProblem(String value) {
    if (NUMBER.matcher(value).matches() && isLong(value)) {
      return Optional.empty();
    }
    return Optional.of(
        "must be a whole number of 0 to " + Long.MAX_VALUE + ", was " + shown(value));
  }

  private static boolean isLong(String digits) {
    try {
      return Long.parseLong(digits) >= 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static Optional<String> durationProblem(String value) {
    return isPositiveDuration(value)
        ? Optional.empty()
        : Optional.of("must be a positive ISO-8601 duration such as PT30S, was " + shown(value));
  }

  private static boolean isPositiveDuration(String value) {
    try {
      Duration duration = Duration.parse(value);
      return !duration.isNegative() && !duration.isZero();
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static Optional<String> urlProblem(String value) {
    String rule = "must be an absolute http or https URL without user information, was ";
    try {
      return urlFlaw(new URI(value)).map(flaw -> rule + hidden(value) + " with " + flaw);
    } catch (URISyntaxException e) {
      return Optional.of(rule + hidden(value) + " with an error at character " + e.getIndex());
    }
  }

  private static Optional<String> urlFlaw(URI url) {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return Optional.of(scheme.isEmpty() ? "no scheme" : "another scheme");
    }
    String authority = url.getRawAuthority();
    if (authority != null && authority.indexOf('@') >= 0) {
      return Optional.of("user information: give it as a secret");
    }
    if (url.getHost() == null) {
      return Optional.of("no valid host");
    }
    return url.getPort() > HIGHEST_PORT ? Optional.of("port " + url.getPort()) : Optional.empty();
  }

  private static Optional<String> secretProblem(String value) {
    try {
      return referenceProblem(SecretRef.parse(value));
    } catch (IllegalArgumentException e) {
      return Optional.of(
          "must be a reference to a secret, env:NAME, file:PATH or host:NAME, and not"
              + " the secret itself, was " + hidden(value));
    }
  }

  private static Optional<String> referenceProblem(SecretRef reference) {
    String name = reference.name();
    if (reference.place() == SecretRef.Place.ENV && !VARIABLE.matcher(name).matches()) {
      return Optional.of("must name an environment variable (letters, digits and underscores)"
          + " behind env:, was " + hidden(name));
    }
    if (reference.place() == SecretRef.Place.FILE && !isPath(name)) {
      return Optional.of("must name a file behind file:, was " + hidden(name));
    }
    return Optional.empty();
  }

  private static boolean isPath(String name) {
    try {
      return !Path.of(name).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String shown(String value) {
    boolean isHarmless =
        LIKE_A_NUMBER.matcher(value).matches() || LIKE_A_DURATION.matcher(value).matches();
    return isHarmless ? "\"" + value + "\"" : hidden(value);
  }

  private static String hidden(String value) {
    return value.length() + " characters (not shown)";
  }
}
