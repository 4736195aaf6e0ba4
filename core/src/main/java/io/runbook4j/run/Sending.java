package io.runbook4j.run;

import io.runbook4j.limit.Reservation;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.spi.time.Signal;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Sends a batch once retry budget, limiter and gate allow it, and keeps the answers until the run
 * takes them. Only the calls themselves may be on other threads.
 */
final class Sending<T> {
  private final RunSetup<T> setup;
  private final Host host;
  private final Parts<T> parts;
  private final Waiting waiting;
  private final Settlement<T> settlement;
  private final Outbound<T> outbound;
  private final TargetCall<T> call;
  private final RetryBudget budget;
  private final Signal signal;
  private final Queue<Answer<T>> answers;

  private int inFlight;
  private @Nullable Batch<T> next;
  private long permitSince;
  private @Nullable Reservation permit;

  Sending(
      RunSetup<T> setup,
      Host host,
      Parts<T> parts,
      Waiting waiting,
      Settlement<T> settlement,
      Outbound<T> outbound) {
    this.setup = setup;
    this.host = host;
    this.parts = parts;
    this.waiting = waiting;
    this.settlement = settlement;
    this.outbound = outbound;
    this.call = new TargetCall<>(setup.job(), host.time(), parts.redaction);
    this.budget = host.budgets().of(setup.ends().service());
    this.signal = waiting.signal();
    // One call at a time is made on the run's own thread.
    this.answers =
        setup.job().chunksInFlight() == 1 ? new ArrayDeque<>() : new ConcurrentLinkedQueue<>();
  }

  /** {@return the batch that waits for its permit} */
  Optional<Batch<T>> next() {
    return Optional.ofNullable(next);
  }

  void next(Batch<T> batch) {
    next = batch;
  }

  /** {@return how many chunks were sent whose answers have not been taken} */
  int inFlight() {
    return inFlight;
  }

  boolean hasAnswers() {
    return !answers.isEmpty();
  }

  /** {@return an answer that has come; empty if there is none} */
  Optional<Answer<T>> takeAnswer() {
    Answer<T> answer = answers.poll();
    inFlight -= answer == null ? 0 : 1;
    return Optional.ofNullable(answer);
  }

  /**
   * Sends the next batch, if there is one and a permit for it; else waits for the permit.
   *
   * @param held whether somebody wants nothing sent, a listener say that was told of the last chunk
   */
  void sendIfPermitted(BooleanSupplier held) throws InterruptedException {
    Batch<T> batch = next;
    if (batch == null) {
      return;
    }
    if (batch.doubt().isPresent() && settlement.doubts().isBlind()) {
      next = null;
      settlement.doubts().unverifiable(batch);
      return;
    }
    if (batch.isRetryOnly() && batch.doubt().isEmpty() && permit == null && !budget.tryRetry()) {
      next = null;
      parts.intents.begin(batch);
      settlement.refusals().overBudget(batch);
      return;
    }
    parts.throttle.keepClosed();
    if (permit == null && !parts.throttle.limiter().tryAcquire()) {
      permit = parts.throttle.limiter().reserve(1);
      permitSince = host.time().nanoTime();
    }
    if (permit != null && !permit.tryTake()) {
      waiting.because("a permit for " + parts.throttle.limiter().name(), permit.remaining());
      return;
    }
    next = null;
    // What has come due while it waited goes with it, in a chunk of the size that is right by now.
    Batch<T> whole = parts.workload.topUp(batch, parts.sizer.size(), host.time());
    whole.waited(permit == null ? 0 : host.time().nanoTime() - permitSince);
    permit = null;
    Optional<Batch<T>> admitted = outbound.admit(whole);
    if (admitted.isPresent()) {
      send(admitted.get(), held);
    }
  }

  private void send(Batch<T> batch, BooleanSupplier held) {
    boolean isNew = batch.intent().isEmpty();
    parts.intents.begin(batch);
    waiting.flush();
    if (held.getAsBoolean()) {
      if (isNew) {
        settlement.refusals().notSent(batch);
      } else {
        parts.workload.now(batch); // in doubt since it was sent before
      }
      return;
    }
    if (!batch.isRetryOnly()) {
      budget.onCall();
    }
    parts.tally.called();
    if (setup.job().chunksInFlight() == 1) {
      answers.add(call.send(batch));
    } else {
      batch.keys().forEach(parts.workload.busy()::add);
      try {
        host.executor().execute(() -> sendElsewhere(batch));
      } catch (RuntimeException e) {
        parts.workload.now(batch);
        throw e;
      }
    }
    inFlight++;
  }

  private void sendElsewhere(Batch<T> batch) {
    MDC.put("run", setup.id().value());
    try {
      answers.add(call.send(batch));
    } finally {
      MDC.remove("run");
      signal.raise();
    }
  }

  /**
   * Waits for the calls that are out. Their answers are not recorded: their chunks stay in doubt.
   *
   * @return whether the thread was interrupted meanwhile
   */
  boolean awaitInFlight() {
    boolean interrupted = false;
    while (inFlight > answers.size()) {
      try {
        signal.await(Waiting.LONG);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    answers.forEach(answer -> parts.workload.now(answer.batch()));
    return interrupted;
  }

  /** Gives back the permit that the next batch waits for. */
  void cancelPermit() {
    if (permit != null) {
      permit.cancel();
    }
  }
}
