package io.runbook4j.adapter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Blots secrets out of text. Takes time in proportion to the text. Safe for many threads.
 *
 * <p>First go the secrets that it was told of, wherever they stand, and their URL-encoded, Base64
 * and JSON-escaped forms of at least 8 characters. Then what looks like a secret: private keys,
 * tokens behind {@code Bearer} and {@code Basic}, the headers of credentials and cookies, tokens of
 * a known shape such as {@code xoxb-}, user information in URLs, and the values of parameters and
 * fields whose names end in token, secret, password and the like, or, in URLs, in key. Where a name
 * without quotes is followed by a colon and a blank, as in YAML and logs, that may be prose: only a
 * value of at least 6 characters goes, and amid words only one with a digit or mixed letters.
 *
 * <p>It remembers the last {@value #MOST_SECRETS} secrets that it was told of, and fewer if they
 * are long.
 */
public final class Redactor {
  /** How many secrets are remembered. */
  public static final int MOST_SECRETS = 128;

  static final String BLOT = TokenPatterns.BLOT;
  private static final int MOST_CHARACTERS = 256 * 1024;

  private final Object changes = new Object();

  // guarded by changes; the one told of least recently comes first
  private final LinkedHashMap<String, Set<String>> known = new LinkedHashMap<>(16, 0.75f, true);
  private int characters;

  // written under changes, read by all; null if it has to be built anew
  private volatile @Nullable Needles needles;

  /** Makes a redactor that has been told of nothing. */
  public Redactor() {}

  /**
   * Blots the secret out from now on.
   *
   * @param secret not blank
   */
  public void register(String secret) {
    if (secret.isBlank()) {
      throw new IllegalArgumentException(
          "secret must not be blank, was " + secret.length() + " blank characters");
    }
    synchronized (changes) {
      if (known.get(secret) == null) {
        Set<String> forms = SecretForms.of(secret);
        known.put(secret, forms);
        characters += size(forms);
        forgetOldest();
        needles = null;
      }
    }
  }

  /**
   * {@return the text with every secret replaced by {@code [redacted]}} Redacting the result again
   * changes nothing.
   */
  public String redact(String text) {
    Objects.requireNonNull(text, "text");
    return text.isEmpty() ? text : TokenPatterns.redact(needles().redact(text));
  }

  /**
   * {@return the forms in which a text stands in URLs and in JSON: encoded, escaped, and as it is
   * where that changes nothing} What a registered secret is blotted out in, too.
   */
  public static Set<String> escaped(String text) {
    return Collections.unmodifiableSet(SecretForms.escaped(text));
  }

  /**
   * {@return this if neither its message nor those of its causes and suppressed exceptions tell a
   * secret; otherwise a copy of it, with its stack trace, that tells its class and its redacted
   * message}
   */
  public Throwable safe(Throwable thrown) {
    Objects.requireNonNull(thrown, "thrown");
    List<Throwable> all = new ArrayList<>();
    gather(thrown, all, Collections.newSetFromMap(new IdentityHashMap<>()));
    boolean isClean =
        all.stream().map(Throwable::toString).allMatch(t -> redact(t).equals(t));
    if (isClean) {
      return thrown;
    }
    IdentityHashMap<Throwable, RedactedException> copies = new IdentityHashMap<>();
    all.forEach(t -> copies.put(t, new RedactedException(redact(t.toString()), t)));
    all.forEach(t -> link(t, copies));
    return Objects.requireNonNull(copies.get(thrown));
  }

  private Needles needles() {
    Needles built = needles;
    if (built != null) {
      return built;
    }
    synchronized (changes) {
      List<String> all = new ArrayList<>();
      known.values().forEach(all::addAll);
      Needles fresh = new Needles(all, BLOT);
      needles = fresh;
      return fresh;
    }
  }

  /** Never the one that has just been told of. */
  private void forgetOldest() {
    Iterator<Set<String>> oldest = known.values().iterator();
    while (known.size() > MOST_SECRETS || (characters > MOST_CHARACTERS && known.size() > 1)) {
      characters -= size(oldest.next());
      oldest.remove();
    }
  }

  private static int size(Set<String> forms) {
    return forms.stream().mapToInt(String::length).sum();
  }

  private static void gather(Throwable thrown, List<Throwable> all, Set<Throwable> seen) {
    List<Throwable> open = new ArrayList<>(List.of(thrown));
    while (!open.isEmpty()) {
      Throwable next = open.remove(open.size() - 1);
      if (seen.add(next)) {
        all.add(next);
        if (next.getCause() != null) {
          open.add(next.getCause());
        }
        open.addAll(List.of(next.getSuppressed()));
      }
    }
  }

  private static void link(
      Throwable original, IdentityHashMap<Throwable, RedactedException> copies) {
    RedactedException copy = Objects.requireNonNull(copies.get(original));
    Throwable cause = original.getCause();
    if (cause != null && cause != original) {
      copy.initCause(copies.get(cause));
    }
    for (Throwable suppressed : original.getSuppressed()) {
      copy.addSuppressed(copies.get(suppressed));
    }
  }

  /**
   * Stands in for an exception that told a secret: its message is the other's class and message.
   */
  private static final class RedactedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RedactedException(String message, Throwable original) {
      super(message);
      setStackTrace(original.getStackTrace());
    }
  }
}
