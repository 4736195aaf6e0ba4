package io.runbook4j.run;

import io.runbook4j.run.RunEvents.WaitEvent;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.time.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a run waits: what is known is recorded first, the listeners are told, and deadline and window
 * end it early. Not safe for many threads.
 */
final class Waiting {
  /** Until somebody raises the signal. */
  static final Duration LONG = Duration.ofDays(1);

  private final RunId run;
  private final Parts<?> parts;
  private final TimeBounds bounds;
  private final Signal signal;
  private final OptionalLong expected;

  Waiting(RunId run, Parts<?> parts, TimeBounds bounds, Signal signal, OptionalLong expected) {
    this.run = run;
    this.parts = parts;
    this.bounds = bounds;
    this.signal = signal;
    this.expected = expected;
  }

  /** {@return what ends a wait early} */
  Signal signal() {
    return signal;
  }

  /** Waits for a call that is in flight, or until the run is told something. */
  void silently() throws InterruptedException {
    flush();
    measured("", bounds.within(parts.longestWait, parts.time.now()));
  }

  /** Waits for the calls in flight of a run that has to end, deadline or not. */
  void forTheLast() throws InterruptedException {
    flush();
    measured("", parts.longestWait);
  }

  /** Waits, and says for what. */
  void because(String cause, Duration atMost) throws InterruptedException {
    flush();
    Instant from = parts.time.now();
    Duration most = bounds.within(atMost, from);
    told(new Wait(cause, from, Optional.of(from.plus(most))), most);
  }

  /** Waits for what has no time of its own, and says why; it is looked at after {@code look}. */
  void openly(String cause, Duration look) throws InterruptedException {
    flush();
    Instant from = parts.time.now();
    told(new Wait(cause, from, Optional.empty()), bounds.within(look, from));
  }

  private void told(Wait wait, Duration most) throws InterruptedException {
    parts.listeners.each(listener -> listener.onWait(wait));
    long begun = parts.time.nanoTime();
    try {
      measured(wait.cause(), most);
    } finally {
      parts.tally.waited(Duration.ofNanos(parts.time.nanoTime() - begun));
      parts.listeners.each(RunListener::onWaitOver);
    }
  }

  private void measured(String cause, Duration most) throws InterruptedException {
    WaitEvent event = new WaitEvent();
    event.begin();
    try {
      signal.await(most);
    } finally {
      if (event.shouldCommit()) {
        event.run = run.value();
        event.cause = cause;
        event.commit();
      }
    }
  }

  /** Records what is known, and tells the listeners of the chunks whose results are recorded. */
  void flush() {
    parts.recorder.flush();
    List<ChunkReport> chunks = parts.takeConcluded();
    if (chunks.isEmpty()) {
      return;
    }
    Progress progress =
        new Progress(parts.tally.counts(0), expected, bounds.elapsed(), parts.tally.settledHere());
    for (ChunkReport chunk : chunks) {
      parts.listeners.each(listener -> listener.onChunk(chunk, progress));
    }
  }
}
