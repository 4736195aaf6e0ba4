package io.runbook4j.spi.ledger;

import io.runbook4j.spi.sync.FailureKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Chooses items of a run or of a job that did not succeed. Immutable; each method returns a
 * narrower filter. The default takes all of them, in the order in which they were recorded.
 */
public final class ItemFilter {
  private static final ItemFilter ALL = new ItemFilter(
      EnumSet.of(ItemState.FAILED, ItemState.SKIPPED, ItemState.IN_DOUBT, ItemState.NOT_REACHED),
      EnumSet.noneOf(FailureKind.class),
      "",
      Set.of(),
      "",
      Integer.MAX_VALUE,
      false);

  private final Set<ItemState> states;
  private final Set<FailureKind> kinds;
  private final String code;
  private final Set<String> keys;
  private final String text;
  private final int limit;
  private final boolean newestFirst;

  private ItemFilter(
      Set<ItemState> states,
      Set<FailureKind> kinds,
      String code,
      Set<String> keys,
      String text,
      int limit,
      boolean newestFirst) {
    this.states = states;
    this.kinds = kinds;
    this.code = code;
    this.keys = keys;
    this.text = text;
    this.limit = limit;
    this.newestFirst = newestFirst;
  }

  /** {@return every item that did not succeed: failed, skipped, in doubt or not reached} */
  public static ItemFilter all() {
    return ALL;
  }

  /** {@return the failed items only} */
  public static ItemFilter failed() {
    return ALL.states(ItemState.FAILED);
  }

  /**
   * {@return items in one of these states; SUCCEEDED is not kept by key in every ledger and is
   * refused}
   */
  public ItemFilter states(ItemState first, ItemState... more) {
    Set<ItemState> wanted = EnumSet.of(first, more);
    if (wanted.contains(ItemState.SUCCEEDED)) {
      throw new IllegalArgumentException("states must be other than SUCCEEDED, was " + wanted);
    }
    return new ItemFilter(wanted, kinds, code, keys, text, limit, newestFirst);
  }

  /** {@return items whose failure is of one of these kinds} */
  public ItemFilter kinds(FailureKind first, FailureKind... more) {
    return new ItemFilter(states, EnumSet.of(first, more), code, keys, text, limit, newestFirst);
  }

  /** {@return items whose failure has exactly this service code} */
  public ItemFilter code(String code) {
    return new ItemFilter(states, kinds, nonEmpty(code, "code"), keys, text, limit, newestFirst);
  }

  /** {@return items with these keys, at least one; their order is kept} */
  public ItemFilter keys(Collection<String> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("keys must be at least one, was none");
    }
    return new ItemFilter(
        states,
        kinds,
        code,
        Collections.unmodifiableSet(new LinkedHashSet<>(keys)),
        text,
        limit,
        newestFirst);
  }

  /** {@return items whose message or reason contains this text, whatever the case} */
  public ItemFilter text(String text) {
    return new ItemFilter(states, kinds, code, keys, nonEmpty(text, "text"), limit, newestFirst);
  }

  /** {@return at most so many items, at least 1} */
  public ItemFilter limit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, was " + limit);
    }
    return new ItemFilter(states, kinds, code, keys, text, limit, newestFirst);
  }

  /** {@return the oldest items first, which is the default} */
  public ItemFilter oldestFirst() {
    return new ItemFilter(states, kinds, code, keys, text, limit, false);
  }

  /** {@return the newest items first} */
  public ItemFilter newestFirst() {
    return new ItemFilter(states, kinds, code, keys, text, limit, true);
  }

  /** {@return whether the item passes; the limit and the order are applied by {@link #select}} */
  public boolean accepts(ItemRecord item) {
    return states.contains(item.state())
        && (kinds.isEmpty()
            || item.failure().filter(f -> kinds.contains(f.kind())).isPresent())
        && (code.isEmpty()
            || item.failure().flatMap(f -> f.code()).filter(code::equals).isPresent())
        && (keys.isEmpty() || keys.contains(item.key()))
        && (text.isEmpty()
            || item.text().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)));
  }

  /**
   * {@return those of these items that pass, in the filter's order and limit; {@code items} in
   * order of recording}
   */
  public List<ItemRecord> select(Collection<ItemRecord> items) {
    if (!newestFirst) {
      return items.stream().filter(this::accepts).limit(limit).toList();
    }
    List<ItemRecord> passing =
        new ArrayList<>(items.stream().filter(this::accepts).toList());
    Collections.reverse(passing);
    return List.copyOf(passing.subList(0, Math.min(limit, passing.size())));
  }

  /** {@return the states that pass} */
  public Set<ItemState> states() {
    return Set.copyOf(states);
  }

  /** {@return the failure kinds that pass; empty for any} */
  public Set<FailureKind> kinds() {
    return Set.copyOf(kinds);
  }

  /** {@return the service code that passes; empty for any} */
  public Optional<String> code() {
    return code.isEmpty() ? Optional.empty() : Optional.of(code);
  }

  /** {@return the keys that pass; empty for any} */
  public Set<String> keys() {
    return keys;
  }

  /** {@return the text that must occur; empty for any} */
  public Optional<String> text() {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** {@return the most items; {@link Integer#MAX_VALUE} for all} */
  public int limit() {
    return limit;
  }

  /** {@return whether the newest come first} */
  public boolean isNewestFirst() {
    return newestFirst;
  }

  private static String nonEmpty(String value, String name) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " must be non-empty, was \"\"");
    }
    return value;
  }

  @Override
  public String toString() {
    LinkedHashSet<String> parts = new LinkedHashSet<>();
    parts.add("states=" + states);
    Stream.of(
            kinds.isEmpty() ? "" : "kinds=" + kinds,
            code.isEmpty() ? "" : "code=" + code,
            keys.isEmpty() ? "" : "keys=" + keys.size(),
            text.isEmpty() ? "" : "text=" + text,
            limit == Integer.MAX_VALUE ? "" : "limit=" + limit,
            newestFirst ? "newest first" : "")
        .filter(part -> !part.isEmpty())
        .forEach(parts::add);
    return "ItemFilter" + parts;
  }
}
