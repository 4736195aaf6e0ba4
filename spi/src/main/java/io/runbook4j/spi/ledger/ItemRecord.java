package io.runbook4j.spi.ledger;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.Outcome;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a ledger knows about one item of one run. Immutable. */
public final class ItemRecord {
  private final RunId run;
  private final String key;
  private final Instant at;
  private final ItemState state;
  private final @Nullable Failure failure;
  private final String reason;

  private ItemRecord(
      RunId run,
      String key,
      Instant at,
      ItemState state,
      @Nullable Failure failure,
      String reason) {
    this.run = Objects.requireNonNull(run, "run");
    this.key = Objects.requireNonNull(key, "key");
    this.at = Objects.requireNonNull(at, "at");
    this.state = Objects.requireNonNull(state, "state");
    this.failure = failure;
    this.reason = reason;
  }

  /**
   * {@return the record of an outcome; {@code retried} says that the run tries the item again, so
   * it is not reached yet}
   */
  public static ItemRecord of(RunId run, String key, Instant at, ItemResult result) {
    return result.outcome().fold(new Outcome.Cases<>() {
      @Override
      public ItemRecord succeeded() {
        return new ItemRecord(run, key, at, ItemState.SUCCEEDED, null, "");
      }

      @Override
      public ItemRecord failed(Failure failure) {
        return new ItemRecord(run, key, at, settled(ItemState.FAILED), failure, "");
      }

      @Override
      public ItemRecord skipped(String reason) {
        return new ItemRecord(run, key, at, ItemState.SKIPPED, null, reason);
      }

      @Override
      public ItemRecord inDoubt(Failure failure) {
        return new ItemRecord(run, key, at, settled(ItemState.IN_DOUBT), failure, "");
      }

      private ItemState settled(ItemState state) {
        return result.retried() ? ItemState.NOT_REACHED : state;
      }
    });
  }

  /** {@return the record of an item that the run has read and that has no outcome} */
  public static ItemRecord notReached(RunId run, String key, Instant at) {
    return new ItemRecord(run, key, at, ItemState.NOT_REACHED, null, "");
  }

  /** {@return the run} */
  public RunId run() {
    return run;
  }

  /** {@return the item's key} */
  public String key() {
    return key;
  }

  /** {@return when this was recorded} */
  public Instant at() {
    return at;
  }

  /** {@return where the item stands} */
  public ItemState state() {
    return state;
  }

  /** {@return why it failed, is in doubt, or was to be tried again; empty otherwise} */
  public Optional<Failure> failure() {
    return Optional.ofNullable(failure);
  }

  /** {@return the failure's message or the reason for skipping; empty if there is neither} */
  public String text() {
    return failure == null ? reason : failure.message();
  }

  @Override
  public String toString() {
    return key + " " + state
        + (failure == null ? reason.isEmpty() ? "" : " " + reason : " " + failure);
  }
}
