package io.runbook4j.testkit;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A rate-limited service for tests. Without further settings it applies all it is sent, at once;
 * its faults are planned or come from a seed, so every run of a test is the same. Safe for many
 * threads.
 *
 * <p>It outlives the process that calls it: after a {@link SimulatedCrash} a new engine goes on
 * with the same service, and its record tells what was really applied, and how often.
 *
 * <p>A call counts towards the limits and is applied when it arrives; then the latency passes, and
 * the caller gets its answer.
 */
public final class SimulatedService {
  static final Failure NO_ANSWER = Failure.of(FailureKind.TIMEOUT, "simulated: no answer");

  private final Time time;
  private final long originNanos;
  private final SplittableRandom chance;
  private final Settings settings;
  private final ItemFaults itemFaults;
  private final CallFaults callFaults;
  private final ServiceRecord record = new ServiceRecord();
  private final CallRefusals refusals;
  private final ChunkApplier applier;
  private final Target<String> target = new ServiceTarget();
  private int refreshes;

  private SimulatedService(Builder builder) {
    time = builder.time;
    originNanos = time.nanoTime();
    chance = new SplittableRandom(builder.seed);
    settings = new Settings(builder);
    itemFaults = new ItemFaults(builder.itemFaults);
    callFaults = new CallFaults(builder.callFaults);
    List<SlidingLog> limits = new ArrayList<>();
    builder.limits.forEach((window, permits) -> limits.add(new SlidingLog(permits, window)));
    refusals = new CallRefusals(settings, limits, builder.outages, itemFaults, record);
    applier = new ChunkApplier(itemFaults, record, settings.idempotency, chance);
  }

  /** {@return a builder for a service that waits on {@code time} and has no faults} */
  public static Builder builder(Time time) {
    return new Builder(time);
  }

  /** {@return the target that sends to this service} */
  public Target<String> target() {
    return target;
  }

  /** {@return how often the item was applied; an idempotent second time does not count} */
  public synchronized int timesApplied(String key) {
    return record.appliedUnder(key).size();
  }

  /** {@return the idempotency keys under which the item was applied, in order} */
  public synchronized List<String> appliedUnder(String key) {
    return record.appliedUnder(key);
  }

  /** {@return how many calls held the item, whatever came of them} */
  public synchronized int timesSent(String key) {
    return record.timesSent(key);
  }

  /** {@return the keys of all items that were applied, in the order of their first time} */
  public synchronized Set<String> appliedKeys() {
    return record.applied();
  }

  /** {@return all calls, in the order of their arrival} */
  public synchronized List<ServiceCall> calls() {
    return record.calls();
  }

  /** {@return the most calls, accepted or not, that any window of this length holds} */
  public synchronized int worstWindow(Duration window) {
    return record.worstOfAttempts(VirtualTime.nanos(window));
  }

  /** {@return the most calls that any window of this length holds and that no limit refused} */
  public synchronized int worstAcceptedWindow(Duration window) {
    return record.worstOfAccepted(VirtualTime.nanos(window));
  }

  /** {@return how often a new credential was asked for} */
  public synchronized int refreshes() {
    return refreshes;
  }

  /** Ends all faults and outages; limits and latency stay. */
  public synchronized void heal() {
    itemFaults.clear();
    callFaults.clear();
    refusals.heal();
  }

  private long nanosSinceStart() {
    return time.nanoTime() - originNanos;
  }

  /**
   * Takes in a call and applies it.
   *
   * @return what the caller gets when the latency has passed
   */
  private synchronized Reply receive(Chunk<String> chunk) {
    long now = nanosSinceStart();
    int call = record.begin(chunk, time.now(), now);
    Optional<CallFault> fault = callFaults.next(call, chance);
    if (fault.filter(CallFault.CRASH_BEFORE_APPLYING::equals).isPresent()) {
      throw new SimulatedCrash("before call " + call + " was applied");
    }
    Reply reply = reply(chunk, call, now, fault);
    if (reply instanceof Reply.Answer answer) {
      record.answer(call, answer.result());
    }
    return reply;
  }

  private Reply reply(Chunk<String> chunk, int call, long now, Optional<CallFault> fault) {
    if (fault.filter(CallFault.LOST_BEFORE_APPLYING::equals).isPresent()) {
      return new Reply.Answer(ChunkResult.unanswered(NO_ANSWER));
    }
    Optional<Failure> refusal = refusals.refusal(chunk, now, fault);
    if (refusal.isPresent()) {
      return new Reply.Answer(ChunkResult.refused(refusal.orElseThrow()));
    }
    return fault
        .map(f -> applier.applyBadly(chunk, call, f))
        .orElseGet(() -> new Reply.Answer(applier.applyAll(chunk)));
  }

  private synchronized Duration latency() {
    long least = settings.leastLatencyNanos;
    long most = settings.mostLatencyNanos;
    return Duration.ofNanos(least == most ? least : chance.nextLong(least, most + 1));
  }

  private synchronized Map<String, Target.Verdict> look(List<String> keys) {
    if (refusals.isOut(nanosSinceStart())) {
      throw new FailureException(Failure.of(FailureKind.SERVER_ERROR, "simulated outage"));
    }
    Map<String, Target.Verdict> verdicts = new LinkedHashMap<>();
    keys.forEach(key ->
        verdicts.put(key, timesApplied(key) > 0 ? Target.Verdict.APPLIED : Target.Verdict.ABSENT));
    return verdicts;
  }

  private synchronized boolean refresh() {
    refreshes++;
    return refusals.refresh();
  }

  /** What stays as it was built. */
  static final class Settings {
    final Idempotency idempotency;
    final boolean verifying;
    final boolean refreshable;
    final boolean countRefused;
    final int maxChunk;
    final String name;
    final long leastLatencyNanos;
    final long mostLatencyNanos;

    private Settings(Builder builder) {
      idempotency = builder.idempotency;
      verifying = builder.verifying;
      refreshable = builder.refreshable;
      countRefused = builder.countRefused;
      maxChunk = builder.maxChunk;
      name = builder.name;
      leastLatencyNanos = builder.leastLatencyNanos;
      mostLatencyNanos = builder.mostLatencyNanos;
    }
  }

  private final class ServiceTarget implements Target<String> {
    @Override
    public ChunkResult apply(Chunk<String> chunk) throws InterruptedException {
      Reply reply = receive(chunk);
      time.sleep(latency());
      return reply.resultOrThrow();
    }

    @Override
    public int maxChunk() {
      return settings.maxChunk;
    }

    @Override
    public boolean isIdempotent() {
      return settings.idempotency != Idempotency.NONE;
    }

    @Override
    public Optional<Map<String, Verdict>> verify(List<String> keys) throws InterruptedException {
      if (!settings.verifying) {
        return Optional.empty();
      }
      time.sleep(latency());
      return Optional.of(look(keys));
    }

    @Override
    public boolean refreshCredential() {
      return refresh();
    }

    @Override
    public String service() {
      return settings.name;
    }
  }

  /** Collects what a simulated service does. Not safe for many threads. */
  public static final class Builder {
    private final Time time;
    private final ItemFaults itemFaults = new ItemFaults();
    private final CallFaults callFaults = new CallFaults();
    private final Map<Long, Integer> limits = new LinkedHashMap<>();
    private final List<CallRefusals.Outage> outages = new ArrayList<>();
    private long seed = 1;
    private Idempotency idempotency = Idempotency.NONE;
    private boolean verifying;
    private boolean refreshable = true;
    private boolean countRefused;
    private int maxChunk = Integer.MAX_VALUE;
    private String name = "simulated";
    private long leastLatencyNanos;
    private long mostLatencyNanos;

    private Builder(Time time) {
      this.time = Objects.requireNonNull(time, "time");
    }

    /** Sets the seed of all that is left to chance. Default 1. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Adds a limit: at most {@code permits} calls in any window. Default none. */
    public Builder limit(int permits, Duration window) {
      limits.put(positive(VirtualTime.nanos(window), "window", window), (int)
          positive(permits, "permits", permits));
      return this;
    }

    /** Lets calls that a limit refused count towards it too. Default only accepted ones do. */
    public Builder countRefusedCalls() {
      countRefused = true;
      return this;
    }

    /** Sets how long an answer takes; chance chooses between the two. Default no time at all. */
    public Builder latency(Duration least, Duration most) {
      if (least.isNegative() || most.compareTo(least) < 0) {
        throw new IllegalArgumentException(
            "latency must be from at least 0 to no less, was " + least + " to " + most);
      }
      leastLatencyNanos = VirtualTime.nanos(least);
      mostLatencyNanos = VirtualTime.nanos(most);
      return this;
    }

    /** Sets what happens to an item that comes again. Default it is applied again. */
    public Builder idempotency(Idempotency idempotency) {
      this.idempotency = Objects.requireNonNull(idempotency, "idempotency");
      return this;
    }

    /**
     * Lets the target answer {@link Target#verify} from the service's record. Default it cannot.
     */
    public Builder verifying() {
      verifying = true;
      return this;
    }

    /** Sets the most items of a call; more are refused as TOO_LARGE. Default no limit. */
    public Builder maxChunk(int maxChunk) {
      this.maxChunk = (int) positive(maxChunk, "maxChunk", maxChunk);
      return this;
    }

    /** Sets the name of the limit. Default {@code simulated}. */
    public Builder service(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /** Lets every new credential be refused too. Default a refresh helps. */
    public Builder unrefreshable() {
      refreshable = false;
      return this;
    }

    /** Lets these items fail every time, others of their chunk not. */
    public Builder failing(FailureKind kind, String... keys) {
      return failingTimes(Integer.MAX_VALUE, kind, keys);
    }

    /** Lets each of these items fail that many times, and succeed afterwards. */
    public Builder failingTimes(int times, FailureKind kind, String... keys) {
      positive(times, "times", times);
      for (String key : keys) {
        itemFaults.fail(key, kind, times);
      }
      return this;
    }

    /** Lets every chunk that holds one of these items be refused whole, as INVALID. */
    public Builder poison(String... keys) {
      List.of(keys).forEach(itemFaults::poison);
      return this;
    }

    /** Lets one call go wrong, counted from 1. */
    public Builder callFault(int call, CallFault fault) {
      callFaults.plan((int) positive(call, "call", call), fault);
      return this;
    }

    /** Lets a share of the calls, from 0 to 1, go wrong in one of these ways. Default none. */
    public Builder randomCallFaults(double share, CallFault... choices) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException("share must be from 0 to 1, was " + share);
      }
      positive(choices.length, "choices", choices.length);
      callFaults.choose(share, List.of(choices));
      return this;
    }

    /**
     * Lets every call fail with SERVER_ERROR for a while, counted from when the service is built.
     */
    public Builder outage(Duration from, Duration length) {
      outages.add(new CallRefusals.Outage(VirtualTime.nanos(from), VirtualTime.nanos(length)));
      return this;
    }

    /** {@return a service} */
    public SimulatedService build() {
      return new SimulatedService(this);
    }

    private static long positive(long value, String name, Object was) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be positive, was " + was);
      }
      return value;
    }
  }
}
