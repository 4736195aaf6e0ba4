package io.runbook4j.run;

import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.limit.Reservation;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.run.RunEvents.ChunkEvent;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.time.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs one run.
 *
 * <p>One thread, the caller's, reads, decides, and writes the ledger; only the calls to the target
 * may be on others. Every turn of its loop takes in the answers that have come, then does one
 * thing: sends a batch, or waits for the earliest of what could let it go on. The order that the
 * promises rest on: a chunk's intent is recorded before it is sent, its result before anything that
 * follows from it, and the position in either is that of the oldest item without an outcome.
 */
final class RunEngine<T> implements RunControl, Conclusion.Stopper {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

  private final RunSetup<T> setup;
  private final SyncJob<T> job;
  private final Host host;
  private final Parts<T> parts;
  private final TimeBounds bounds;
  private final Waiting waiting;
  private final Reading<T> reading;
  private final Intents<T> intents;
  private final Settlement<T> settlement;
  private final Legacy<T> legacy;
  private final Outbound<T> outbound;
  private final TargetCall<T> call;
  private final RetryBudget budget;
  private final Signal signal;
  private final Queue<Answer<T>> answers = new ConcurrentLinkedQueue<>();
  private final Instant startedAt;

  private volatile @Nullable String stopReason;
  private volatile boolean paused;
  private boolean failed;
  private boolean interrupted;
  private long forgotten;
  private @Nullable Throwable fault;

  private int inFlight;
  private @Nullable Batch<T> next;
  private long permitSince;
  private @Nullable Reservation permit;

  RunEngine(RunSetup<T> setup, Host host) {
    this.setup = setup;
    this.job = setup.job();
    this.host = host;
    this.parts = new Parts<>(setup, host);
    this.call = new TargetCall<>(job.target(), job.guards(), host.time());
    this.budget = host.budgets().of(job.service());
    this.signal = host.time().newSignal();
    this.startedAt = host.time().now();
    this.bounds = new TimeBounds(job, host.time());
    this.waiting = new Waiting(setup.id(), parts, bounds, signal, setup.source().count());
    this.reading = new Reading<>(job, parts, waiting, this);
    this.intents = new Intents<>(
        setup.id(), parts, setup.resume().map(ResumePoint::nextChunk).orElse(1));
    this.settlement = new Settlement<>(job, parts, this);
    this.legacy = new Legacy<>(setup, parts, settlement.doubts(), intents);
    this.outbound = new Outbound<>(job, parts, intents, settlement.conclusion(), this);
  }

  @Override
  public RunId runId() {
    return setup.id();
  }

  @Override
  public String job() {
    return job.name();
  }

  @Override
  public void stop(String reason) {
    if (stopReason == null) {
      stopReason = reason;
    }
    signal.raise();
  }

  @Override
  public void fail(String reason) {
    failed = true;
    stop(reason);
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void unpause() {
    paused = false;
    signal.raise();
  }

  /** Runs to the end. Called once. */
  RunReport run() {
    MDC.put("run", setup.id().value());
    try {
      return runToTheEnd();
    } finally {
      MDC.remove("run");
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private RunReport runToTheEnd() {
    try {
      begin();
      loop();
    } catch (LedgerException e) {
      awaitInFlight(); // whoever resumes the run must not meet calls of this process
      closeSource();
      throw e;
    } catch (RuntimeException | Error e) {
      // A fault of a source, an executor or our own: the run ends as one that can be resumed.
      fail("the run broke: " + e);
      fault = e;
      awaitInFlight();
    }
    closeSource();
    return finish();
  }

  /**
   * Waits for the calls that are out. Their answers are not recorded: their chunks stay in doubt.
   */
  private void awaitInFlight() {
    while (inFlight > answers.size()) {
      try {
        signal.await(Waiting.LONG);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    answers.forEach(answer -> parts.workload.now(answer.batch()));
  }

  private void closeSource() {
    try {
      parts.feed.close();
    } catch (RuntimeException e) {
      parts.tally.problem("the source could not be closed: " + e);
    }
  }

  private void begin() {
    if (setup.resume().isEmpty()) {
      parts.recorder.add(new RunStarted(startedAt, setup.id(), job.name(), setup.origin()));
      parts.recorder.flush();
    }
    LOG.info(
        "Run {}. run={} job={} origin={} target={}",
        setup.resume().isPresent() ? "resumed" : "started",
        setup.id(),
        job.name(),
        setup.origin().kind(),
        job.service());
    setup.resume().ifPresent(legacy::takeUp);
    legacy.verifyFirst(setup.doubtful());
    parts.listeners.each(listener -> listener.onStarted(this));
  }

  private void loop() {
    boolean more = true;
    while (more) {
      try {
        more = turn();
      } catch (InterruptedException e) {
        interrupted = true;
        stop("the thread was interrupted");
      }
    }
  }

  /** {@return whether the run goes on} */
  private boolean turn() throws InterruptedException {
    takeAnswers();
    if (stopReason == null) {
      bounds.reasonToStop().ifPresent(this::stop);
    }
    if (stopReason != null) {
      return drain();
    }
    if (paused) {
      waiting.because("paused", Waiting.LONG);
      return true;
    }
    if (outbound.isClosed()) {
      outbound.holdBack(waiting);
      return true;
    }
    if (inFlight >= job.chunksInFlight()) {
      waiting.silently();
      return true;
    }
    if (next == null && !prepare()) {
      return false;
    }
    if (next != null) {
      sendIfPermitted(next);
    }
    return true;
  }

  private boolean drain() throws InterruptedException {
    if (inFlight > 0) {
      waiting.forTheLast();
    }
    return inFlight > 0;
  }

  // ---- what to send

  /**
   * Finds the next batch, or waits until there may be one.
   *
   * @return false if there is none, and never will be
   */
  private boolean prepare() throws InterruptedException {
    long now = host.time().nanoTime();
    Optional<Batch<T>> found = reading.next(now);
    parts.workload.takeUnsendable().ifPresent(this::record);
    if (found.isPresent()) {
      next = legacy.withAttempts(found.get());
      return true;
    }
    if (stopReason != null || !answers.isEmpty()) {
      return true;
    }
    if (inFlight == 0 && parts.workload.isEmpty() && parts.feed.isExhausted()) {
      legacy.parkUncollected();
      legacy.recordGone();
      checkNoneForgotten();
      return false;
    }
    awaitWork(now);
    return true;
  }

  private void awaitWork(long now) throws InterruptedException {
    if (reading.isPutOff(now)) {
      reading.await(now);
      return;
    }
    boolean canRead = !parts.feed.isExhausted() && !parts.feed.isBuffered();
    if (canRead && parts.workload.mayRead(parts.sizer.max())) {
      return;
    }
    OptionalLong due = parts.workload.nextDue();
    if (due.isPresent()) {
      waiting.because(
          "a retry is due",
          Duration.ofNanos(Math.max(0, due.getAsLong() - host.time().nanoTime())));
    } else if (inFlight > 0) {
      waiting.silently();
    } else if (!parts.feed.isExhausted() && !parts.workload.busy().isEmpty()) {
      throw new IllegalStateException(
          "nothing is in flight, and items wait for others: " + parts.workload.busy());
    }
  }

  /** Records items that were found and cannot be sent. */
  private void record(Workload.Unsendable unsendable) {
    legacy.cameUp(unsendable.items().stream().map(Draft.Unreadable::key).toList());
    intents.record(unsendable);
  }

  /** The law of conservation, checked once more where a fault of our own would break it. */
  private void checkNoneForgotten() {
    forgotten = parts.workload.frontier().unsettled();
    if (forgotten > 0) {
      fail(forgotten
          + " items were read and have no outcome, and nothing is left to send: a fault of the engine;"
          + " resume the run to send them");
    }
  }

  // ---- sending

  private void sendIfPermitted(Batch<T> batch) throws InterruptedException {
    if (batch.isRetryOnly() && batch.doubt().isEmpty() && permit == null && !budget.tryRetry()) {
      next = null;
      intents.begin(batch);
      settlement.refusals().overBudget(batch);
      return;
    }
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
      send(admitted.get());
    }
  }

  private void send(Batch<T> batch) throws InterruptedException {
    intents.begin(batch);
    waiting.flush();
    if (!batch.isRetryOnly()) {
      budget.onCall();
    }
    parts.tally.called();
    if (job.chunksInFlight() == 1) {
      settle(call.send(batch));
      return;
    }
    batch.keys().forEach(parts.workload.busy()::add);
    try {
      host.executor().execute(() -> sendElsewhere(batch));
    } catch (RuntimeException e) {
      parts.workload.now(batch);
      throw e;
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

  private void takeAnswers() throws InterruptedException {
    for (Answer<T> answer = answers.poll(); answer != null; answer = answers.poll()) {
      inFlight--;
      settle(answer);
    }
  }

  private void settle(Answer<T> answer) throws InterruptedException {
    if (answer.error().isPresent()) {
      fault = answer.error().orElseThrow();
      fail("the target threw " + fault);
      parts.workload.now(answer.batch()); // begun and without a result: in doubt
      return;
    }
    settlement.settle(
        answer,
        new ChunkTiming(
            Duration.ofNanos(answer.batch().waitedNanos()), Duration.ofNanos(answer.tookNanos())));
    ChunkEvent event = new ChunkEvent();
    if (event.shouldCommit()) {
      event.run = setup.id().value();
      event.number = answer.batch().number();
      event.items = answer.batch().size();
      event.result = answer.result().toString();
      event.commit();
    }
    parts.onlookers.answered(Duration.ofNanos(answer.tookNanos()));
    parts.alarm.check(parts.tally);
  }

  // ---- the end

  /** Looks at a few of the items that succeeded. */
  private void spotCheck(SpotCheck.Picks picks) throws InterruptedException {
    parts.throttle.limiter().acquire();
    SpotCheck.Result result;
    try {
      result = picks.verify(job.name(), job.target());
    } catch (RuntimeException e) {
      parts.tally.problem("the spot check could not be made: " + e);
      return;
    }
    parts.recorder.add(new Note(host.time().now(), "spot-check", result.text()));
    parts.tally.spotCheck(result);
    result.findings().forEach(parts.alarm::found);
  }

  /** What is done when nothing more is sent. An interrupt ends it early. */
  private void lastLooks() {
    try {
      if (stopReason == null && parts.onlookers.picks().isPresent()) {
        spotCheck(parts.onlookers.picks().get());
      }
      parts.alarm.noteUndelivered();
    } catch (InterruptedException e) {
      interrupted = true;
    }
  }

  private RunReport finish() {
    if (permit != null) {
      permit.cancel();
    }
    lastLooks();
    RunState state =
        stopReason == null ? RunState.COMPLETED : failed ? RunState.FAILED : RunState.STOPPED;
    String reason = stopReason == null ? "every item has an outcome" : stopReason;
    Leftovers left = Leftovers.of(parts, Optional.ofNullable(next), legacy);
    Counts counts =
        parts.tally.counts(forgotten + left.begun() + left.unread().size(), left.unanswered());
    parts.onlookers.finished(counts).forEach(parts.tally::alert);
    parts.alarm.ended(setup.id(), state, counts);
    parts.recorder.add(new RunFinished(host.time().now(), state, reason, counts, left.unread()));
    waiting.flush();
    RunReport report = new RunReport(
        new RunReport.Head(
            setup.id(),
            job.name(),
            setup.origin(),
            state,
            reason,
            startedAt,
            host.time().now(),
            setup.resume().isPresent()),
        counts,
        parts.tally,
        Remedies.of(parts.tally, host.triage(), job.service()));
    LOG.info(
        "Run ended. run={} job={} state={} reason=\"{}\" counts={}",
        setup.id(),
        job.name(),
        state,
        reason,
        counts);
    parts.listeners.each(listener -> listener.onFinished(report));
    if (fault instanceof Error error) {
      throw error;
    }
    return report;
  }
}
