package io.runbook4j.run;

import io.runbook4j.limit.RateLimiter;
import io.runbook4j.limit.Reservation;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.time.Signal;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

  /** Whether calls are made, one at a time, on the run's own thread. */
  private final boolean onOwnThread;

  private final Queue<Answer<T>> answers;

  private final Flights<T> flights;

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
    this.onOwnThread = setup.job().chunksInFlight() == 1;
    this.answers = onOwnThread ? new ArrayDeque<>() : new ConcurrentLinkedQueue<>();
    this.flights = new Flights<>(host.executor(), signal);
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
    if (answer != null) {
      inFlight--;
      if (!onOwnThread) {
        flights.landed(answer.batch());
      }
    }
    return Optional.ofNullable(answer);
  }

  /** {@return whether the calling thread makes one of the calls that are in flight} */
  boolean isOnItsThread() {
    return flights.isOnItsThread();
  }

  /**
   * Takes back chunks that the host's executor has dropped: it was shut down with them in its
   * queue, and nobody would ever answer.
   *
   * @return what happened; empty if nothing was dropped
   */
  Optional<String> takeBackDropped() {
    if (inFlight == 0 || onOwnThread) {
      return Optional.empty();
    }
    List<Flight<T>> dropped = flights.takeDropped();
    if (dropped.isEmpty()) {
      return Optional.empty();
    }
    inFlight -= dropped.size();
    dropped.forEach(flight -> {
      parts.tally.notCalled();
      takeBack(flight.batch(), flight.isNew(), "the executor was shut down before");
    });
    return Optional.of("the executor was shut down and dropped " + dropped.size()
        + " chunks from its queue; resume the run with one that is open");
  }

  /** What was sent before stays in doubt. */
  private void takeBack(Batch<T> batch, boolean isNew, String cause) {
    if (isNew) {
      settlement.refusals().notSent(batch, cause);
    } else {
      parts.workload.now(batch);
    }
  }

  /**
   * Sends the next batch, if there is one that the gate lets out, and a permit for it; else waits
   * for the permit.
   *
   * @param held whether somebody wants nothing sent, a listener say that was told of the last chunk
   */
  void sendIfPermitted(BooleanSupplier held) throws InterruptedException {
    Batch<T> asked = next;
    Batch<T> batch = nextToSend().orElse(null);
    if (batch == null) {
      cancelPermit();
      return;
    }
    if (!isPermitted()) {
      return;
    }
    next = null;
    // What has come due while it waited goes with it, in a chunk of the size that is right by now.
    Batch<T> whole = parts.workload.topUp(batch, parts.sizer.size(), host.time());
    whole.waited(permit == null ? 0 : host.time().nanoTime() - permitSince);
    permit = null;
    // Nobody has asked for what has come due; and to keep a part in may have taken its time.
    boolean isAdmitted = whole == asked;
    Optional<Batch<T>> admitted = isAdmitted ? Optional.of(whole) : outbound.admit(whole);
    if (admitted.isEmpty()) {
      parts.throttle.limiter().correct(-1);
    } else if (isRetry(admitted.get()) && !budget.tryRetry()) { // another run took the last one
      parts.throttle.limiter().correct(-1);
      parts.workload.now(admitted.get());
    } else {
      inHand(admitted.get(), () -> send(admitted.get(), held));
    }
  }

  /**
   * Sees to it if no call is to be made for the next batch, so that none waits for a permit, or
   * spends one, in vain.
   *
   * @return the next batch, or what of it is to be sent; empty if there is none
   */
  private Optional<Batch<T>> nextToSend() throws InterruptedException {
    Batch<T> batch = next;
    if (batch == null) {
      return Optional.empty();
    }
    if (batch.doubt().isPresent() && settlement.doubts().isBlind()) {
      inHand(batch, () -> settlement.doubts().unverifiable(batch));
      return Optional.empty();
    }
    next = null;
    Optional<Batch<T>> admitted = outbound.admit(batch);
    if (admitted.isPresent() && isRetry(admitted.get()) && budget.available() == 0) {
      inHand(admitted.get(), () -> overBudget(admitted.get()));
      return Optional.empty();
    }
    next = admitted.orElse(null);
    return admitted;
  }

  /**
   * {@return whether the call costs the service's retry budget} The first verification of a chunk
   * repeats nothing, the next ones do.
   */
  private static boolean isRetry(Batch<?> batch) {
    return batch.doubt().isPresent() ? batch.unanswered() > 0 : batch.isRetryOnly();
  }

  private void overBudget(Batch<T> batch) throws InterruptedException {
    if (batch.doubt().isPresent()) {
      settlement.doubts().overBudget(batch);
    } else {
      parts.intents.begin(batch);
      settlement.refusals().overBudget(batch);
    }
  }

  /** {@return whether the next batch has its permit now; if not, it has waited for one} */
  private boolean isPermitted() throws InterruptedException {
    parts.throttle.keepClosed();
    if (permit == null && !parts.throttle.limiter().tryAcquire()) {
      permit = parts.throttle.limiter().reserve(1);
      permitSince = host.time().nanoTime();
    }
    if (permit != null && !permit.tryTake()) {
      waiting.because("a permit for " + parts.throttle.limiter().name(), permit.remaining());
      return false;
    }
    return true;
  }

  /** Does something with a batch that no list has meanwhile, and loses none if that throws. */
  private void inHand(Batch<T> batch, Step step) throws InterruptedException {
    next = null;
    try {
      step.take();
    } catch (RuntimeException | Error e) { // the target, the executor, or a thread too many
      parts.putBack(batch);
      throw e;
    }
  }

  /** What is done with a batch. */
  private interface Step {
    void take() throws InterruptedException;
  }

  private void send(Batch<T> batch, BooleanSupplier held) {
    boolean isNew = batch.intent().isEmpty();
    parts.intents.begin(batch);
    waiting.flush();
    if (held.getAsBoolean()) {
      parts.throttle.limiter().correct(-1);
      takeBack(batch, isNew, "the run was stopped or paused before");
      return;
    }
    // Verifications earn no retries: there are most of them when the service is down.
    if (!batch.isRetryOnly() && batch.doubt().isEmpty()) {
      budget.onCall();
    }
    parts.tally.called();
    if (onOwnThread) {
      answers.add(call.send(batch));
    } else {
      batch.keys().forEach(parts.workload.busy()::add);
      flights.start(batch, isNew, this::sendElsewhere);
    }
    inFlight++;
  }

  private void sendElsewhere(Batch<T> batch) {
    Answer<T> answer;
    try {
      answer = LogContext.during(setup.id(), () -> call.send(batch));
    } catch (Throwable e) { // memory is short, say; without an answer the run would wait for ever
      answer = new Answer<>(batch, host.time().nanoTime(), 0, null, e);
    }
    answers.add(answer);
  }

  /**
   * Waits for the calls that are out. Their answers are not recorded: their chunks stay in doubt.
   *
   * @return whether the thread was interrupted meanwhile
   */
  boolean awaitInFlight() {
    boolean interrupted = false;
    takeBackDropped().ifPresent(parts.tally::problem);
    while (inFlight > answers.size()) {
      try {
        signal.await(parts.longestWait);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      takeBackDropped().ifPresent(parts.tally::problem);
    }
    answers.forEach(answer -> parts.workload.now(answer.batch()));
    return interrupted;
  }

  /**
   * {@return the target for those who only look} Each look waits for a permit as a chunk does,
   * counts as a call, is made within the job's policies, and is not made while the gate is
   * local-only.
   *
   * @param reasonToEnd why the run has to end; a look that waits ends then with a failure
   */
  Target<T> lookingTarget(Supplier<Optional<String>> reasonToEnd) {
    Target<T> target = setup.job().target();
    return new Target<>() {
      @Override
      public ChunkResult apply(Chunk<T> chunk) {
        throw new IllegalStateException("nothing is sent any more, was given " + chunk.keys());
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) throws InterruptedException {
        awaitPermit(() -> reasonToEnd.get().or(outbound::localOnly));
        parts.tally.called();
        long sent = host.time().nanoTime();
        try {
          return call.look(keys);
        } catch (FailureException e) {
          parts.throttle.lookFailed(e.failure(), sent);
          throw e;
        }
      }

      @Override
      public int maxChunk() {
        return target.maxChunk();
      }
    };
  }

  private void awaitPermit(Supplier<Optional<String>> reasonNot) throws InterruptedException {
    RateLimiter limiter = parts.throttle.limiter();
    Reservation place = limiter.reserve(1);
    try {
      parts.throttle.keepClosed();
      refuse(reasonNot.get());
      while (!place.tryTake()) {
        waiting.because("a permit for " + limiter.name(), place.remaining());
        parts.throttle.keepClosed();
        refuse(reasonNot.get());
      }
    } finally {
      place.cancel();
    }
  }

  private static void refuse(Optional<String> reason) {
    if (reason.isPresent()) {
      throw new FailureException(Failure.of(FailureKind.CANCELLED, reason.get()));
    }
  }

  /** Gives up the place in line for a permit, if the next batch has one. */
  void cancelPermit() {
    if (permit != null) {
      permit.cancel();
      permit = null;
    }
  }
}
