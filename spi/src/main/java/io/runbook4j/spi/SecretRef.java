package io.runbook4j.spi;

import java.util.Locale;

/**
 * Names a secret without holding it.
 *
 * @param place where it is
 * @param name the environment variable, the file's path, or what the host's own resolver knows
 */
public record SecretRef(Place place, String name) {
  /** Checks that there is a name. */
  public SecretRef {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "secret reference must name something behind \"" + place.prefix() + "\", was blank");
    }
  }

  /**
   * {@return the reference that this text is: {@code env:NAME}, {@code file:PATH} or
   * {@code host:NAME}}
   *
   * @throws IllegalArgumentException for anything else; the message does not repeat the text, which
   *     may be a secret
   */
  public static SecretRef parse(String text) {
    for (Place place : Place.values()) {
      if (text.startsWith(place.prefix())) {
        return new SecretRef(place, text.substring(place.prefix().length()));
      }
    }
    throw new IllegalArgumentException(
        "secret reference must be env:NAME, file:PATH or host:NAME, was " + text.length()
            + " other characters (not shown)");
  }

  /** Where a secret is. */
  public enum Place {
    /** An environment variable. */
    ENV,
    /** A file, whose content without a trailing line break is the secret. */
    FILE,
    /** The host's own resolver. */
    HOST;

    private String prefix() {
      return name().toLowerCase(Locale.ROOT) + ":";
    }
  }

  @Override
  public String toString() {
    return place.prefix() + name;
  }
}
