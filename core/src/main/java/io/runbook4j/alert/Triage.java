package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.sync.FailureKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an operator does about a symptom: symptom, likely cause, action, for a failure kind or any
 * other symptom, and for one service or all of them. Immutable.
 *
 * <p>A service's own row wins over the row for all. A service is found by a word of its name, so
 * that the row of {@code instagram} is good for {@code graph.instagram.com}; case does not matter.
 */
public final class Triage {
  /** A health check fails. */
  public static final String HEALTH_CHECK = "HEALTH_CHECK";

  /** Entries of a cache are old. */
  public static final String STALE_CACHE = "STALE_CACHE";

  /** A source has nothing where there should be something. */
  public static final String EMPTY_FEED = "EMPTY_FEED";

  /** Settings are missing or cannot be read. */
  public static final String CONFIGURATION = "CONFIGURATION";

  /** A service answers slower than it should. */
  public static final String SLOW = "SLOW";

  /** Jobs of a queue fail again and again. */
  public static final String QUEUE_FAILURE = "QUEUE_FAILURE";

  private static final String ANY = "";
  private static final Triage DEFAULTS = RunbookTriage.table();

  private final Map<Row, Advice> rows;

  private Triage(Map<Row, Advice> rows) {
    this.rows = new LinkedHashMap<>(rows);
  }

  /** {@return the runbooks' table, with a row for every failure kind} */
  public static Triage defaults() {
    return DEFAULTS;
  }

  /** {@return a builder for a table without rows} */
  public static Builder builder() {
    return new Builder(Map.of());
  }

  /** {@return a builder that begins with these rows} */
  public Builder toBuilder() {
    return new Builder(rows);
  }

  /**
   * {@return what to do about this kind of failure of this service}
   *
   * @param service as a target names it; empty if it is not known
   */
  public Optional<Advice> advice(FailureKind kind, String service) {
    return advice(kind.name(), service);
  }

  /**
   * {@return what to do about this symptom of this service}
   *
   * @param symptom such as {@link #HEALTH_CHECK}, or a host's own
   * @param service as a target names it; empty if it is not known
   */
  public Optional<Advice> advice(String symptom, String service) {
    for (String word : words(service)) {
      Optional<Advice> own = row(symptom, word);
      if (own.isPresent()) {
        return own;
      }
    }
    return row(symptom, ANY);
  }

  /**
   * {@return what to do about what this alert of this service is about: the likeliest of its
   * symptoms that has a row}
   *
   * @param service as a target names it; empty if it is not known
   */
  public Optional<Advice> advice(Alert alert, String service) {
    return Symptoms.of(alert).stream()
        .flatMap(symptom -> advice(symptom, service).stream())
        .findFirst();
  }

  /** {@return what every row says} */
  Stream<Advice> advice() {
    return rows.values().stream();
  }

  private static List<String> words(String service) {
    String name = service.toLowerCase(Locale.ROOT);
    List<String> words = new ArrayList<>(List.of(name));
    words.addAll(List.of(name.split("[^a-z0-9]+", -1)));
    words.removeIf(String::isEmpty);
    return words;
  }

  private Optional<Advice> row(String symptom, String service) {
    return Optional.ofNullable(rows.get(new Row(symptom.toUpperCase(Locale.ROOT), service)));
  }

  /**
   * What one row says.
   *
   * @param symptom what is seen
   * @param cause what it likely is
   * @param action what to do
   */
  public record Advice(String symptom, String cause, String action) {
    /** Checks that nothing is missing. */
    public Advice {
      if (symptom.isBlank() || cause.isBlank() || action.isBlank()) {
        throw new IllegalArgumentException("symptom, cause and action must be given, was \""
            + symptom + "\", \"" + cause + "\", \"" + action + "\"");
      }
    }

    /** {@return the row in one line} */
    @Override
    public String toString() {
      return symptom + ": " + cause + "; " + action;
    }
  }

  private record Row(String symptom, String service) {}

  /** Collects rows. Not safe for many threads. */
  public static final class Builder {
    private final Map<Row, Advice> rows;

    private Builder(Map<Row, Advice> rows) {
      this.rows = new LinkedHashMap<>(rows);
    }

    /**
     * Adds a row for a kind of failure, in place of an earlier one.
     *
     * @param service a word of the service's name; empty for all services
     */
    public Builder add(FailureKind kind, String service, Advice advice) {
      return add(kind.name(), service, advice);
    }

    /**
     * Adds a row for a symptom, in place of an earlier one.
     *
     * @param symptom one of this type's constants, or a host's own
     * @param service a word of the service's name; empty for all services
     */
    public Builder add(String symptom, String service, Advice advice) {
      if (symptom.isBlank()) {
        throw new IllegalArgumentException("symptom must be non-empty, was \"" + symptom + "\"");
      }
      rows.put(
          new Row(symptom.toUpperCase(Locale.ROOT), service.toLowerCase(Locale.ROOT)),
          Objects.requireNonNull(advice, "advice"));
      return this;
    }

    /** {@return the table} */
    public Triage build() {
      return new Triage(rows);
    }
  }
}
