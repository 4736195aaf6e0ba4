package io.runbook4j.run;

import io.runbook4j.gate.Gate;
import io.runbook4j.gate.GateException;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the gate what may leave, and sees to what may not: it waits, is skipped, or goes to the
 * outbox. An item is in the outbox before the ledger says so, so that none is lost in between. Not
 * safe for many threads.
 */
final class Outbound<T> {
  /** How the reason begins that an item was skipped for, if the outbox has it. */
  static final String DEFERRED = "deferred to the outbox: ";

  /** How it begins if the gate did not let the item out, and no outbox has it. */
  static final String KEPT_IN = "kept in: ";

  private static final Duration LOOK = Duration.ofSeconds(5);

  private final SyncJob<T> job;
  private final Parts<T> parts;
  private final Conclusion<T> conclusion;
  private final Conclusion.Stopper stopper;
  private final @Nullable Gate gate;
  private final Gating.@Nullable Deferral<T> deferral;

  Outbound(SyncJob<T> job, Parts<T> parts, Conclusion<T> conclusion, Conclusion.Stopper stopper) {
    this.job = job;
    this.parts = parts;
    this.conclusion = conclusion;
    this.stopper = stopper;
    this.gate = job.gating().gate().orElse(null);
    this.deferral = job.gating().deferral().orElse(null);
  }

  /** {@return whether nothing may leave, and the run does not go on without} */
  boolean isClosed() {
    return gate != null && deferral == null && gate.isLocalOnly();
  }

  /** {@return why nothing at all may leave now; empty if something may} */
  Optional<String> localOnly() {
    return gate != null && gate.isLocalOnly() ? Optional.of(state()) : Optional.empty();
  }

  /** Stops the run, or waits a while. */
  void holdBack(Waiting waiting) throws InterruptedException {
    if (job.gating().whileClosed() == WhileClosed.STOP) {
      stopper.stop(state() + "; resume the run when it is open");
    } else {
      waiting.openly(state(), LOOK);
    }
  }

  private String state() {
    return gate == null ? "" : "gate " + gate.name() + " is " + gate.state().text();
  }

  /**
   * {@return the batch, or what of it may leave; empty if nothing of it may now, and it was seen
   * to}
   */
  Optional<Batch<T>> admit(Batch<T> batch) {
    if (gate == null) {
      return Optional.of(batch);
    }
    BitSet free;
    try {
      free = free(gate, batch);
      if (free.cardinality() == batch.size()) {
        return Optional.of(batch);
      }
      if (isClosed()) {
        parts.workload.now(batch);
        return Optional.empty();
      }
    } catch (RuntimeException | Error e) { // the host has closed the gate or the outbox, say
      parts.putBack(batch);
      throw e;
    }
    return batch.intent().isPresent() ? putOff(batch) : split(batch, free);
  }

  private BitSet free(Gate gate, Batch<T> batch) {
    BitSet free = new BitSet(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      free.set(i, mayLeave(gate, batch.key(i)));
    }
    return free;
  }

  private boolean mayLeave(Gate gate, String key) {
    return gate.allows(key) && (deferral == null || !deferral.outbox().holds(key));
  }

  /** A chunk that may have been applied stays the chunk that it was. */
  private Optional<Batch<T>> putOff(Batch<T> batch) {
    if (job.gating().whileClosed() == WhileClosed.STOP) {
      parts.workload.now(batch);
      stopper.stop(state() + ", and a chunk in doubt waits for it; resume the run when it is open");
    } else {
      parts.workload.later(batch, parts.time.nanoTime() + LOOK.toNanos());
    }
    return Optional.empty();
  }

  private Optional<Batch<T>> split(Batch<T> batch, BitSet free) {
    List<Pending<T>> kept = new ArrayList<>();
    List<Pending<T>> sent = new ArrayList<>();
    List<Pending<T>> items = batch.items();
    for (int i = 0; i < items.size(); i++) {
      (free.get(i) ? sent : kept).add(items.get(i));
    }
    try {
      keep(Batch.of(kept));
    } catch (RuntimeException | Error e) {
      rest(batch, sent).ifPresent(parts.workload::now);
      throw e;
    }
    return rest(batch, sent);
  }

  /** {@return what of a batch may leave; if nothing may, what comes after it has its turn} */
  private Optional<Batch<T>> rest(Batch<T> batch, List<Pending<T>> sent) {
    if (sent.isEmpty()) {
      conclusion.nextSibling(batch, false);
      return Optional.empty();
    }
    return Optional.of(Batch.of(sent)
        .like(batch)
        .followedBy(batch.sibling().orElse(null))
        .badIfSiblingClean(batch.isBadIfSiblingClean()));
  }

  private void keep(Batch<T> batch) {
    try {
      keepIn(batch);
    } catch (RuntimeException | Error e) {
      parts.putBack(batch); // in doubt: the outbox may have some of it
      throw e;
    }
  }

  private void keepIn(Batch<T> batch) {
    if (deferral != null) {
      defer(batch, deferral);
      return;
    }
    Outcome skipped = Outcome.skipped(KEPT_IN + state());
    parts.intents.begin(batch);
    Map<String, Outcome> outcomes = new HashMap<>();
    batch.keys().forEach(key -> outcomes.put(key, skipped));
    conclusion.keptIn(batch, outcomes);
  }

  /**
   * The ledger has the intent before the outbox has an item, so that whoever resumes the run asks
   * the outbox; which remembers what it took until the ledger has the result. Has it for good: the
   * outbox forces each change, so a ledger that forces later would know less after a power cut.
   */
  private void defer(Batch<T> batch, Gating.Deferral<T> deferral) {
    parts.intents.beginDeferred(batch);
    parts.recorder.force();
    String idempotencyKey = idempotencyKey(batch);
    Map<String, Outcome> outcomes = new HashMap<>();
    try {
      for (Pending<T> item : batch.items()) {
        outcomes.put(item.key(), defer(item, idempotencyKey, deferral));
      }
    } catch (GateException e) { // a full outbox, or one that cannot be written
      stopper.stop("items could not be deferred: " + e.getMessage());
    }
    deferred(batch, outcomes, deferral);
  }

  private static String idempotencyKey(Batch<?> batch) {
    return batch.intent().orElseThrow().idempotencyKey();
  }

  private void deferred(
      Batch<T> batch, Map<String, Outcome> outcomes, Gating.Deferral<T> deferral) {
    conclusion.keptIn(batch, outcomes);
    parts.recorder.force();
    try {
      deferral.outbox().forget(idempotencyKey(batch));
    } catch (GateException | IllegalStateException e) {
      parts.tally.problem("the outbox remembers more than it has to: " + e.getMessage());
    }
  }

  /** {@return whether a chunk that went to the outbox can be taken up again} */
  boolean isDeferring() {
    return deferral != null;
  }

  /**
   * Asks the outbox what it took of a chunk before the run died; the rest has its turn again.
   *
   * @return the keys that it took, or all if it cannot be asked: these need not come up again
   */
  Set<String> takeUp(Batch<T> open) {
    Gating.Deferral<T> to = Objects.requireNonNull(deferral);
    Outcome skipped = Outcome.skipped(DEFERRED + "before the run was resumed");
    Map<String, Outcome> outcomes = new HashMap<>();
    try {
      to.outbox().taken(idempotencyKey(open)).forEach(key -> outcomes.put(key, skipped));
    } catch (IllegalStateException e) { // the host has closed it
      parts.workload.now(open); // in doubt until it can be asked
      stopper.fail("the outbox could not be asked what it took: " + e.getMessage());
      return Set.copyOf(open.keys());
    }
    deferred(open, outcomes, to);
    return outcomes.keySet();
  }

  private Outcome defer(Pending<T> item, String idempotencyKey, Gating.Deferral<T> deferral) {
    String payload;
    try {
      payload = Objects.requireNonNull(deferral.payload().apply(item.value()), "payload");
    } catch (RuntimeException e) {
      return invalid(e);
    }
    try {
      deferral.outbox().put(item.key(), payload, idempotencyKey);
    } catch (IllegalArgumentException e) { // larger than the whole outbox may be, say
      return invalid(e);
    }
    return Outcome.skipped(DEFERRED + state());
  }

  private static Outcome invalid(RuntimeException e) {
    return Outcome.failed(
        Failure.of(FailureKind.INVALID, "cannot be written for the outbox: " + e));
  }
}
