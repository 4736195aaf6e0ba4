package io.runbook4j.gate;

import io.runbook4j.file.internal.Claim;
import io.runbook4j.file.internal.Disk;
import io.runbook4j.spi.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes that wait while a gate keeps them in: a file, for one process at a time. Safe for
 * many threads.
 *
 * <p><b>Durable:</b> when {@link #put} has returned, a kill or a power cut keeps the change. <b>In
 * order:</b> a key's changes are sent one by one, oldest first; keys do not wait for each other.
 * <b>At least once:</b> a change is taken out after it was acknowledged, so one that was sent when
 * the process died is sent again, with the same {@link Change#id}; a receiver that takes this as
 * the idempotency key applies it once. <b>Bounded:</b> by default 100,000 changes and 64 MiB, which
 * are in memory, too; the file is about twice that at most.
 *
 * <p>To keep the order, whoever changes an item sends directly only if the gate
 * {@linkplain Gate#allows allows} it and the outbox does not {@linkplain #holds hold} its key; else
 * puts the change in.
 */
public final class Outbox implements AutoCloseable {
  private final Path path;
  private final Time time;
  private final Bounds bounds;
  private final boolean newestWins;
  private final Claim claim;
  private final OutboxFile file;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed;

  /** The most it takes. */
  private record Bounds(int changes, long bytes) {}

  /** When what was written is forced to the disk. */
  public enum Force {
    /** At each change: what was acknowledged outlasts a power cut. */
    EACH_CHANGE,
    /** Never: what was acknowledged outlasts the process, not a power cut. */
    NEVER
  }

  private Outbox(Builder builder) throws IOException {
    this.path = builder.file;
    this.time = builder.time;
    this.bounds = new Bounds(builder.maxChanges, builder.maxBytes);
    this.newestWins = builder.newestWins;
    this.claim = Claim.on(path)
        .orElseThrow(() -> new GateException("Outbox " + path
            + " is held by another outbox, of this process or another one. Nothing was changed. Wait"
            + " until it is closed, or end its process."));
    OutboxFile opened = null;
    try {
      opened = new OutboxFile(
          path, builder.disk, builder.force == Force.EACH_CHANGE, builder.compactFrom);
    } finally {
      if (opened == null) {
        claim.close();
      }
    }
    this.file = opened;
  }

  /**
   * {@return the outbox in this file, which is created if there is none, in a folder that exists}
   *
   * @throws GateException if the file cannot be read or written, is damaged other than at its end,
   *     or is held by another outbox
   */
  public static Outbox open(Path file, Time time) {
    return builder(file, time).open();
  }

  /** {@return a builder of the outbox in this file} */
  public static Builder builder(Path file, Time time) {
    return new Builder(file, time);
  }

  /**
   * Keeps a change. If the newest change of a key wins, it takes the place of the one that waits.
   *
   * @param key the item's; not blank
   * @param payload whatever the sender needs; binary data as Base64
   * @return the change as it will be sent
   * @throws OutboxFullException if there is no room; nothing was changed
   * @throws GateException if it could not be written; it is not kept then, and the outbox takes no
   *     more until it is opened again
   */
  public Change put(String key, String payload) {
    check(key, payload);
    return locked(() -> keep(key, payload, ""));
  }

  /**
   * Keeps a change once: one that was put in before with the same key and idempotency key is not
   * put in again, even if it was sent and taken out meanwhile. For whoever may have to repeat
   * itself after a crash. The outbox remembers it, in its file and in memory, until it is told to
   * {@link #forget} the idempotency key.
   *
   * @param idempotencyKey the putter's; the same for any number of keys; not blank
   * @return whether it was put in now
   * @throws OutboxFullException as {@link #put(String, String)}
   * @throws GateException as {@link #put(String, String)}
   */
  public boolean put(String key, String payload, String idempotencyKey) {
    check(key, payload);
    if (idempotencyKey.isBlank()) {
      throw new IllegalArgumentException(
          "idempotencyKey must not be blank, was \"" + idempotencyKey + "\"");
    }
    return locked(() -> {
      if (file.taken(idempotencyKey).contains(key)) {
        return false;
      }
      keep(key, payload, idempotencyKey);
      return true;
    });
  }

  /** {@return the keys whose change was put in with this idempotency key, unless forgotten} */
  public Set<String> taken(String idempotencyKey) {
    return locked(() -> Set.copyOf(file.taken(idempotencyKey)));
  }

  /**
   * Forgets an idempotency key: nothing is put in with it any more. The changes stay.
   *
   * @throws GateException if it could not be written; the outbox takes no more until it is opened
   *     again
   */
  public void forget(String idempotencyKey) {
    locked(() -> {
      file.forgetTaken(idempotencyKey);
      return idempotencyKey;
    });
  }

  private static void check(String key, String payload) {
    if (key.isBlank()) {
      throw new IllegalArgumentException("key must not be blank, was \"" + key + "\"");
    }
    Objects.requireNonNull(payload, "payload");
  }

  private Change keep(String key, String payload, String idempotencyKey) {
    Pending replaced = newestWins ? file.queue().replaceable(key).orElse(null) : null;
    Pending change = file.prepare(key, payload, time.now(), replaced, idempotencyKey);
    refuseIfFull(change, replaced);
    file.put(change, replaced, idempotencyKey);
    return change.change();
  }

  private void refuseIfFull(Pending change, @Nullable Pending replaced) {
    if (change.bytes() > bounds.bytes) {
      throw new IllegalArgumentException("payload must be at most " + bounds.bytes
          + " bytes with its key, the bound of outbox " + path + ", was " + change.bytes());
    }
    Queue queue = file.queue();
    int changes = queue.count() + (replaced == null ? 1 : 0);
    long bytes = queue.bytes() + change.bytes() - (replaced == null ? 0 : replaced.bytes());
    if (changes > bounds.changes || bytes > bounds.bytes) {
      throw new OutboxFullException(
          "Outbox " + path + " is full: " + queue.count() + " changes of at most " + bounds.changes
              + ", " + queue.bytes() + " bytes of at most " + bounds.bytes + "; key "
              + change.key() + " needs " + change.bytes() + ". Nothing was dropped, and this change"
              + " was not kept. Drain it, or open it with larger bounds.",
          queue.count(),
          queue.bytes());
    }
  }

  /** {@return whether a change of this key waits or is on its way, so that a new one must wait} */
  public boolean holds(String key) {
    return locked(() -> file.queue().holds(key));
  }

  /** {@return how many changes wait, those on their way included} */
  public int count() {
    return locked(() -> file.queue().count());
  }

  /** {@return how many bytes they take} */
  public long bytes() {
    return locked(() -> file.queue().bytes());
  }

  /**
   * {@return since when a change waits; empty if none does} When the newest wins, since the first
   * of those that it has replaced.
   */
  public Optional<Instant> oldest() {
    return locked(() -> file.queue().oldest().map(oldest -> oldest.line().since()));
  }

  /** {@return the changes that wait, in line; no more than {@code limit}} */
  public List<Change> changes(int limit) {
    return locked(() -> {
      List<Change> changes = new ArrayList<>();
      for (Pending change : file.queue().all()) {
        if (changes.size() >= limit) {
          break;
        }
        changes.add(change.change());
      }
      return List.copyOf(changes);
    });
  }

  /**
   * Gives a change up that can never be sent, such as one the service refuses for good.
   *
   * @param id the change's
   * @param reason for a person who reads the file later; not blank
   * @return whether it waited; one on its way is not given up
   */
  public boolean discard(String id, String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("reason must not be blank, was \"" + reason + "\"");
    }
    return locked(() -> {
      for (Pending change : file.queue().all()) {
        if (change.change().id().equals(id)) {
          if (!file.queue().mayGo(change)) {
            return false;
          }
          file.remove(change, "discarded: " + reason);
          return true;
        }
      }
      return false;
    });
  }

  /** {@return what to tell users; empty if the gate is open and nothing waits} */
  public Optional<PausedMessage> message(GateState state) {
    Objects.requireNonNull(state, "state");
    Optional<Instant> oldest = oldest();
    if (state instanceof GateState.Open && oldest.isEmpty()) {
      return Optional.empty();
    }
    Duration age = oldest.map(since -> Duration.between(since, time.now())).orElse(Duration.ZERO);
    return Optional.of(PausedMessage.of(state, count(), age.isNegative() ? Duration.ZERO : age));
  }

  /** {@return the first change behind a place that is its key's first, and in nobody's hands} */
  Optional<Pending> after(long place) {
    return locked(() -> file.queue().after(place));
  }

  /** {@return whether the change's key is the caller's now, until {@link #release}} */
  boolean claim(Pending change) {
    return locked(() -> file.queue().claim(change));
  }

  /**
   * {@return the change to send of a claimed key; if the newest wins, older ones are dropped; empty
   * if all were discarded meanwhile}
   */
  Optional<Pending> begin(String key) {
    return locked(() -> {
      List<Pending> changes = file.queue().claimed(key);
      if (changes.isEmpty()) {
        return Optional.empty();
      }
      int first = newestWins ? changes.size() - 1 : 0;
      for (Pending older : changes.subList(0, first)) {
        file.remove(older, "a newer change won");
      }
      Pending change = changes.get(first);
      file.queue().send(change);
      return Optional.of(change);
    });
  }

  /** Takes out a change that was acknowledged. */
  void remove(Pending change, String why) {
    locked(() -> {
      file.remove(change, why);
      return change;
    });
  }

  /** Gives a claimed key back, whatever came of it. */
  void release(String key) {
    locked(() -> {
      file.queue().release(key);
      return key;
    });
  }

  private <R> R locked(Supplier<R> work) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("Outbox " + path + " must be open, was closed");
      }
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /** Closes the file; what waits is in it. A second time does nothing. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        closeFiles();
      }
    } catch (IOException e) {
      throw new GateException(
          "Outbox " + path + " could not be closed: " + e + ". What was acknowledged is in it.", e);
    } finally {
      lock.unlock();
    }
  }

  private void closeFiles() throws IOException {
    try {
      file.close();
    } finally {
      claim.close();
    }
  }

  @Override
  public String toString() {
    return "Outbox[" + path.getFileName() + "]";
  }

  /** Collects what an outbox needs. Not safe for many threads. */
  public static final class Builder {
    private static final long COMPACT_FROM = 1 << 20;

    private final Path file;
    private final Time time;
    private int maxChanges = 100_000;
    private long maxBytes = 64L << 20;
    private boolean newestWins;
    private Force force = Force.EACH_CHANGE;
    private Disk disk = Disk.system();
    private long compactFrom = COMPACT_FROM;

    private Builder(Path file, Time time) {
      this.file = Objects.requireNonNull(file, "file");
      this.time = Objects.requireNonNull(time, "time");
    }

    /** Sets how many changes may wait. Default 100,000; at least 1. */
    public Builder maxChanges(int changes) {
      if (changes < 1) {
        throw new IllegalArgumentException("changes must be at least 1, was " + changes);
      }
      this.maxChanges = changes;
      return this;
    }

    /** Sets how many bytes they may take, as lines of the file. Default 64 MiB; at least 1. */
    public Builder maxBytes(long bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException("bytes must be at least 1, was " + bytes);
      }
      this.maxBytes = bytes;
      return this;
    }

    /** Lets the newest change of a key replace one that waits. Default all are sent, in order. */
    public Builder newestWins() {
      this.newestWins = true;
      return this;
    }

    /** Sets when it is forced to the disk. Default {@link Force#EACH_CHANGE}. */
    public Builder force(Force force) {
      this.force = Objects.requireNonNull(force, "force");
      return this;
    }

    Builder disk(Disk disk) {
      this.disk = disk;
      return this;
    }

    /** Sets from which size on a file is compacted when more than half of it is of no use. */
    Builder compactFrom(long bytes) {
      this.compactFrom = bytes;
      return this;
    }

    /**
     * {@return the outbox}
     *
     * @throws GateException as {@link Outbox#open}
     */
    public Outbox open() {
      try {
        return new Outbox(this);
      } catch (IOException e) {
        throw new GateException(
            "Outbox " + file + " cannot be locked: " + e
                + ". Nothing was changed. Check that its folder exists and may be written.",
            e);
      }
    }
  }
}
