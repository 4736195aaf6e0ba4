package io.runbook4j.testkit;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Which calls a simulated service refuses whole: for its limits, an outage, the credential, or the
 * data. Not safe for many threads.
 */
final class CallRefusals {
  private final SimulatedService.Settings settings;
  private final List<SlidingLog> limits;
  private final List<Outage> outages;
  private final ItemFaults itemFaults;
  private final ServiceRecord record;
  private boolean credentialExpired;

  CallRefusals(
      SimulatedService.Settings settings,
      List<SlidingLog> limits,
      List<Outage> outages,
      ItemFaults itemFaults,
      ServiceRecord record) {
    this.settings = settings;
    this.limits = limits;
    this.outages = new ArrayList<>(outages);
    this.itemFaults = itemFaults;
    this.record = record;
  }

  /** {@return why the call is refused on arrival; empty if its items are applied} */
  Optional<Failure> refusal(Chunk<String> chunk, long now, Optional<CallFault> fault) {
    long wait = limits.stream().mapToLong(limit -> limit.waitNanos(now)).max().orElse(0);
    if (wait == 0 || settings.countRefused) {
      limits.forEach(limit -> limit.count(now));
    }
    if (wait > 0) {
      return Optional.of(throttled(wholeSeconds(wait)));
    }
    record.accept(now);
    if (isOut(now)) {
      return Optional.of(
          Failure.of(FailureKind.SERVER_ERROR, "simulated outage").withCode("503"));
    }
    credentialExpired |= fault.filter(CallFault.AUTHENTICATION::equals).isPresent();
    if (credentialExpired) {
      return Optional.of(Failure.of(FailureKind.AUTHENTICATION, "simulated: credential expired")
          .withCode("401"));
    }
    return badData(chunk);
  }

  private Optional<Failure> badData(Chunk<String> chunk) {
    if (chunk.size() > settings.maxChunk) {
      return Optional.of(
          Failure.of(FailureKind.TOO_LARGE, chunk.size() + " items, at most " + settings.maxChunk));
    }
    if (itemFaults.poisons(chunk.keys())) {
      return Optional.of(
          Failure.of(FailureKind.INVALID, "simulated: the chunk holds bad data").withCode("400"));
    }
    return Optional.empty();
  }

  boolean isOut(long now) {
    return outages.stream().anyMatch(outage -> outage.covers(now));
  }

  /** {@return whether there is a new credential} */
  boolean refresh() {
    credentialExpired &= !settings.refreshable;
    return settings.refreshable;
  }

  /** Ends the outages, and lets the credential be good again; the limits stay. */
  void heal() {
    outages.clear();
    credentialExpired = false;
  }

  static Failure throttled(Duration wait) {
    return Failure.of(FailureKind.RATE_LIMITED, "simulated: too many calls")
        .withCode("429")
        .withRetryAfter(wait);
  }

  /** {@return the wait as a Retry-After header says it: never too short} */
  private static Duration wholeSeconds(long nanos) {
    long second = TimeUnit.SECONDS.toNanos(1);
    return Duration.ofSeconds((nanos + second - 1) / second);
  }

  /** A while in which every call fails. */
  record Outage(long fromNanos, long lengthNanos) {
    boolean covers(long now) {
      return now >= fromNanos && now - fromNanos < lengthNanos;
    }
  }
}
