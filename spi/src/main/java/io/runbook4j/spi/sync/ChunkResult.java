package io.runbook4j.spi.sync;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a chunk: an outcome for each item, or one answer for the whole call. Immutable.
 *
 * <p>An item that the result does not speak of has failed with {@link FailureKind#UNKNOWN}; it
 * never counts as a success.
 */
public final class ChunkResult {
  private static final ChunkResult ALL_SUCCEEDED =
      new ChunkResult(Map.of(), Outcome.succeeded(), false);

  private final Map<String, Outcome> outcomes;
  private final @Nullable Outcome others;
  private final boolean wholeCall;

  private ChunkResult(Map<String, Outcome> outcomes, @Nullable Outcome others, boolean wholeCall) {
    this.outcomes = outcomes;
    this.others = others;
    this.wholeCall = wholeCall;
  }

  /** {@return every item was applied} */
  public static ChunkResult succeeded() {
    return ALL_SUCCEEDED;
  }

  /**
   * {@return the service refused the whole call and applied nothing} If the kind
   * {@linkplain FailureKind#isOfTheData speaks of the data}, the run bisects the chunk to find the
   * bad items; if it speaks of the call, it never does.
   */
  public static ChunkResult refused(Failure failure) {
    return new ChunkResult(Map.of(), Outcome.failed(failure), true);
  }

  /**
   * {@return the call was sent and its answer was lost: every item may or may not have been
   * applied}
   */
  public static ChunkResult unanswered(Failure failure) {
    return new ChunkResult(Map.of(), Outcome.inDoubt(failure), true);
  }

  /** {@return a builder for an outcome of each item} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the outcome of the item with this key; empty if the target did not report it} */
  public Optional<Outcome> outcome(String key) {
    Outcome own = outcomes.isEmpty() ? null : outcomes.get(key);
    return Optional.ofNullable(own != null ? own : others);
  }

  /** {@return the outcomes that were reported by key, in the order of reporting; not modifiable} */
  public Map<String, Outcome> reported() {
    return outcomes;
  }

  /** {@return the outcome of all items that were not reported by key; empty if there is none} */
  public Optional<Outcome> others() {
    return Optional.ofNullable(others);
  }

  /** {@return whether the call as a whole was refused or not answered, rather than its items} */
  public boolean isWholeCall() {
    return wholeCall;
  }

  @Override
  public String toString() {
    return "ChunkResult[reported=" + outcomes + ", others=" + others + "]";
  }

  /** Collects outcomes by key. Not safe for many threads. */
  public static final class Builder {
    private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
    private @Nullable Outcome others;
    private boolean isBuilt;

    private Builder() {}

    /**
     * Reports one item.
     *
     * @throws IllegalArgumentException if the key was reported before
     * @throws IllegalStateException if the result was built already
     */
    public Builder outcome(String key, Outcome outcome) {
      if (isBuilt) {
        throw new IllegalStateException("key \"" + key + "\" must be reported before build()");
      }
      Outcome before =
          outcomes.putIfAbsent(Keys.check(key), Objects.requireNonNull(outcome, "outcome"));
      if (before != null) {
        throw new IllegalArgumentException("key must be reported once, was \"" + key + "\" again: "
            + before + ", then " + outcome);
      }
      return this;
    }

    /** Reports that the item was applied. */
    public Builder succeeded(String key) {
      return outcome(key, Outcome.succeeded());
    }

    /** Reports that the item was not applied. */
    public Builder failed(String key, Failure failure) {
      return outcome(key, Outcome.failed(failure));
    }

    /**
     * Says that the service applied every item that is not reported by key: it names only the
     * others.
     */
    public Builder othersSucceeded() {
      others = Outcome.succeeded();
      return this;
    }

    /** {@return the result; the builder is of no use afterwards} */
    public ChunkResult build() {
      isBuilt = true;
      return new ChunkResult(Collections.unmodifiableMap(outcomes), others, false);
    }
  }
}
