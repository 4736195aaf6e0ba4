package io.runbook4j.alert;

import io.runbook4j.spi.sync.FailureKind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What was reported of one job, as far as its rules look at it.
 *
 * <p>Time here is the watch's own, in milliseconds, which never steps. {@link #outcome} and
 * {@link #latency} are for many threads and take no lock; all else is for one thread at a time.
 */
final class JobSeries {
  /** One for success, and one for each kind of failure. */
  static final int CELLS = 1 + FailureKind.values().length;

  static final int KIND_MINUTES = 62;
  static final int LATENCY_MINUTES = 64;
  private static final int OK = 0;
  private static final Map<FailureKind, Integer> KIND_CELLS = kindCells();
  private static final int EVENTS = 0;
  private static final int FAILED = 1;
  /** From which format on users are hashed as they are now; those of before are counted anew. */
  private static final int USERS_FORMAT = 2;

  private static final int STREAK_FORMAT = 2;
  private static final long DAY = TimeUnit.DAYS.toMillis(1);

  private final SipHash userHash;
  private final Inbox inbox = new Inbox(CELLS);
  private final @Nullable Inbox latencyInbox;
  private final @Nullable UserTable users;
  private final boolean allUsers;
  private final Latencies latencyCells;
  private final AtomicInteger streak = new AtomicInteger();
  private final AtomicInteger longestStreak = new AtomicInteger();
  private final AtomicLong lateDropped = new AtomicLong();

  private final Map<Tier, CountRing> rings = new EnumMap<>(Tier.class);
  private final CountRing kinds = new CountRing(KIND_MINUTES, CELLS - 1);
  private final @Nullable CountRing latencies;
  private final Map<String, Double> gauges = new HashMap<>();
  private final Map<Rule.Signal, Long> last = new EnumMap<>(Rule.Signal.class);
  private int streakSeen;
  private long wallOffset;
  private int probesFailed;
  private long probeNanos;
  private long runFailures;
  private long corruptions;
  private long lastCorruption;
  private long troubledSince = Long.MAX_VALUE;

  JobSeries(Needs needs, SipHash userHash, long now) {
    this.userHash = userHash;
    needs.tiers.forEach(tier -> rings.put(tier, new CountRing(tier.buckets(), 2)));
    users = needs.userMinutes == 0 ? null : new UserTable(needs.userMinutes);
    allUsers = needs.allUsers;
    latencyCells = needs.latencies();
    boolean timed = !needs.thresholdMicros.isEmpty();
    latencyInbox = timed ? new Inbox(latencyCells.cells()) : null;
    latencies = timed ? new CountRing(LATENCY_MINUTES, latencyCells.cells()) : null;
    needs.gauges.forEach(name -> gauges.put(name, Double.NaN));
    for (Rule.Signal signal : Rule.Signal.values()) {
      last.put(signal, now);
    }
    current(now);
  }

  private static Map<FailureKind, Integer> kindCells() {
    Map<FailureKind, Integer> cells = new EnumMap<>(FailureKind.class);
    for (FailureKind kind : FailureKind.values()) {
      cells.put(kind, OK + 1 + cells.size());
    }
    return cells;
  }

  static int cell(FailureKind kind) {
    return KIND_CELLS.getOrDefault(kind, OK); // every kind has one
  }

  static int success() {
    return OK;
  }

  // --- for many threads

  /** {@return whether it was counted; else the caller settles its time and counts it below} */
  boolean outcome(String user, int cell, long at) {
    if (!inbox.add(Tier.FINE.bucket(at), cell)) {
      return false;
    }
    count(user, cell, at);
    return true;
  }

  private void count(String user, int cell, long at) {
    if (cell == OK) {
      if (streak.getPlain() != 0) {
        streak.set(0);
      }
    } else {
      longestStreak.accumulateAndGet(streak.incrementAndGet(), Math::max);
    }
    if (users != null && (allUsers || cell != OK) && !user.isEmpty()) {
      users.record(userHash.hash(user), minute(at), cell != OK);
    }
  }

  private static int minute(long at) {
    return (int) Tier.MINUTES.bucket(at);
  }

  boolean latency(long nanos, long at) {
    return latencyInbox == null
        || latencyInbox.add(Tier.FINE.bucket(at), latencyCells.cell(nanos / 1_000));
  }

  // --- for one thread at a time

  /** Counts an outcome whose time is not near now. */
  void settledOutcome(String user, int cell, long at) {
    if (add(Tier.FINE.bucket(at), cell, 1)) {
      count(user, cell, at);
    } else {
      lateDropped.incrementAndGet();
    }
  }

  void settledLatency(long nanos, long at) {
    if (latencies != null
        && !latencies.add(Tier.MINUTES.bucket(at), latencyCells.cell(nanos / 1_000), 1)) {
      lateDropped.incrementAndGet();
    }
  }

  /** Takes what many threads have counted into the rings. */
  void drain() {
    inbox.drain(this::add);
    if (latencyInbox != null && latencies != null) {
      latencyInbox.drain((bucket, cell, count) ->
          latencies.add(Tier.MINUTES.bucket(bucket * Tier.FINE.millis()), cell, count));
    }
  }

  /** Begins a new look for the longest streak, from the one that goes on. */
  void takeStreak() {
    int longest = longestStreak.getAndSet(0);
    streakSeen = Math.max(longest, streak.get());
  }

  /** {@return whether a ring took it} Without any ring there is nothing to be too late for. */
  private boolean add(long bucket, int cell, int count) {
    long at = bucket * Tier.FINE.millis();
    boolean taken = rings.isEmpty();
    for (Map.Entry<Tier, CountRing> entry : rings.entrySet()) {
      CountRing ring = entry.getValue();
      long its = entry.getKey().bucket(at);
      taken |= ring.add(its, EVENTS, count);
      if (cell != OK) {
        ring.add(its, FAILED, count);
      }
    }
    if (cell != OK) {
      kinds.add(Tier.MINUTES.bucket(at), cell - 1, count);
    } else {
      seen(Rule.Signal.SUCCESS, at + Tier.FINE.millis());
    }
    return taken;
  }

  void current(long now) {
    rings.forEach((tier, ring) -> ring.reach(tier.bucket(now)));
    inbox.current(Tier.FINE.bucket(now));
    if (latencyInbox != null) {
      latencyInbox.current(Tier.FINE.bucket(now));
    }
    if (users != null) {
      users.tick(minute(now));
    }
  }

  void wallOffset(long offset) {
    wallOffset = offset;
  }

  void probe(boolean healthy, long nanos, long at) {
    probesFailed = healthy ? 0 : probesFailed + 1;
    probeNanos = nanos;
    seen(Rule.Signal.PROBE, at);
  }

  void gauge(String name, double value) {
    gauges.replace(name, value);
  }

  void run(long failed, long at) {
    runFailures = failed;
    seen(Rule.Signal.RUN, at);
  }

  /** Takes the failures of a run that did not complete: fewer of them are no better news. */
  void runBrokeOff(long failed) {
    runFailures = Math.max(runFailures, failed);
  }

  void corruption(long at) {
    corruptions++;
    lastCorruption = at;
  }

  void intact() {
    corruptions = 0;
  }

  void troubledSince(long at) {
    troubledSince = at;
  }

  private void seen(Rule.Signal signal, long at) {
    last.merge(signal, at, Math::max);
  }

  // --- what conditions read

  long events(long end, Duration window) {
    return events(Tier.of(window), end, window);
  }

  long events(Tier tier, long end, Duration window) {
    return ring(tier).sum(EVENTS, tier.bucket(end), tier.length(window));
  }

  long failures(long end, Duration window) {
    return failures(Tier.of(window), end, window);
  }

  long failures(Tier tier, long end, Duration window) {
    return ring(tier).sum(FAILED, tier.bucket(end), tier.length(window));
  }

  private CountRing ring(Tier tier) {
    CountRing ring = rings.get(tier);
    if (ring == null) {
      throw new IllegalStateException("no rule declared a window of tier " + tier);
    }
    return ring;
  }

  long usersSeen(long since) {
    return users == null ? 0 : users.seenSince(minute(since));
  }

  long usersFailed(long since) {
    return users == null ? 0 : users.failedSince(minute(since));
  }

  long utcMidnightBefore(long end) {
    return Math.floorDiv(end - 1 + wallOffset, DAY) * DAY - wallOffset;
  }

  /** {@return how many latencies each cell has in the minutes before {@code end}} */
  long[] latencies(long end, int minutes) {
    long[] counts = new long[latencyCells.cells()];
    if (latencies != null) {
      for (int cell = 0; cell < counts.length; cell++) {
        counts[cell] = latencies.sum(cell, Tier.MINUTES.bucket(end), minutes);
      }
    }
    return counts;
  }

  Latencies latencyCells() {
    return latencyCells;
  }

  /** {@return the newest value; NaN before there is one} */
  double gauge(String name) {
    return gauges.getOrDefault(name, Double.NaN);
  }

  int longestStreak() {
    return streakSeen;
  }

  int probesFailed() {
    return probesFailed;
  }

  long probeNanos() {
    return probeNanos;
  }

  long runFailures() {
    return runFailures;
  }

  long corruptions() {
    return corruptions;
  }

  long lastCorruption() {
    return lastCorruption;
  }

  long lastOf(Rule.Signal signal) {
    return last.getOrDefault(signal, 0L);
  }

  long troubledFor(long end) {
    return Math.max(0, end - troubledSince);
  }

  long lateDropped() {
    return lateDropped.get();
  }

  boolean isUserTableFull() {
    return users != null && users.wasFull();
  }

  /** {@return the failures of the last hour by kind, the most frequent first; at most three} */
  String kindsOfLastHour(long end) {
    FailureKind[] all = FailureKind.values();
    return IntStream.range(0, all.length)
        .mapToObj(i -> Map.entry(all[i], kinds.sum(i, Tier.MINUTES.bucket(end) + 1, 61)))
        .filter(entry -> entry.getValue() > 0)
        .sorted(Map.Entry.<FailureKind, Long>comparingByValue().reversed())
        .limit(3)
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  // --- over a restart

  /** Writes everything; {@code offset} makes the watch's time wall time. */
  void save(DataOutput out, long offset) throws IOException {
    out.writeInt(rings.size());
    for (Map.Entry<Tier, CountRing> entry : rings.entrySet()) {
      out.writeUTF(entry.getKey().name());
      entry.getValue().save(out, buckets(offset, entry.getKey()));
    }
    kinds.save(out, buckets(offset, Tier.MINUTES));
    out.writeBoolean(latencies != null);
    if (latencies != null) {
      out.writeInt(latencyCells.cells());
      latencies.save(out, buckets(offset, Tier.MINUTES));
    }
    out.writeBoolean(users != null);
    if (users != null) {
      users.save(out, (int) buckets(offset, Tier.MINUTES));
    }
    out.writeInt(gauges.size());
    for (Map.Entry<String, Double> gauge : gauges.entrySet()) {
      out.writeUTF(gauge.getKey());
      out.writeDouble(gauge.getValue());
    }
    for (Rule.Signal signal : Rule.Signal.values()) {
      out.writeLong(lastOf(signal) + offset);
    }
    out.writeInt(streak.get());
    out.writeInt(probesFailed);
    out.writeLong(probeNanos);
    out.writeLong(runFailures);
    out.writeLong(corruptions);
    out.writeLong(lastCorruption + offset);
    out.writeInt(longestStreak.get());
  }

  private static long buckets(long offset, Tier tier) {
    return Math.round(offset / (double) tier.millis());
  }

  /** Reads what {@link #save} wrote; what no rule looks at any more is left out. */
  void load(DataInput in, int format, long offset) throws IOException {
    for (int i = in.readInt(); i > 0; i--) {
      Tier tier = Tier.valueOf(in.readUTF());
      rings.getOrDefault(tier, new CountRing(1, 2)).load(in, buckets(offset, tier));
    }
    kinds.load(in, buckets(offset, Tier.MINUTES));
    if (in.readBoolean()) {
      boolean same = in.readInt() == latencyCells.cells();
      CountRing into = latencies != null && same ? latencies : new CountRing(1, 1);
      into.load(in, buckets(offset, Tier.MINUTES));
    }
    if (in.readBoolean()) {
      UserTable known = format < USERS_FORMAT ? null : users;
      (known == null ? new UserTable(0) : known).load(in, (int) buckets(offset, Tier.MINUTES));
    }
    for (int i = in.readInt(); i > 0; i--) {
      gauges.replace(in.readUTF(), in.readDouble());
    }
    for (Rule.Signal signal : Rule.Signal.values()) {
      last.put(signal, in.readLong() + offset);
    }
    streak.set(in.readInt());
    probesFailed = in.readInt();
    probeNanos = in.readLong();
    runFailures = in.readLong();
    corruptions = in.readLong();
    lastCorruption = in.readLong() + offset;
    if (format >= STREAK_FORMAT) {
      longestStreak.set(in.readInt());
    }
  }
}
