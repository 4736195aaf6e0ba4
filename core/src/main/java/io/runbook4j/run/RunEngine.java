package io.runbook4j.run;

import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.run.RunEvents.ChunkEvent;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private final Settlement<T> settlement;
  private final Legacy<T> legacy;
  private final Outbound<T> outbound;
  private final Sending<T> sending;
  private final Signal signal;
  private final Instant startedAt;

  /** Whether somebody wants nothing sent. */
  private final BooleanSupplier held = this::isHeld;

  private final AtomicReference<@Nullable String> stopReason = new AtomicReference<>();
  private volatile boolean paused;
  private @Nullable String failure;
  private boolean interrupted;
  private long forgotten;
  private @Nullable Throwable fault;

  RunEngine(RunSetup<T> setup, Host host) {
    this.setup = setup;
    this.job = setup.job();
    this.host = host;
    this.parts = new Parts<>(setup, host);
    this.signal = host.time().newSignal();
    this.startedAt = host.time().now();
    this.bounds = new TimeBounds(job, host.time());
    this.waiting = new Waiting(setup.id(), parts, bounds, signal, setup.ends().expected());
    this.reading = new Reading<>(job, parts, waiting, this);
    this.settlement = new Settlement<>(job, parts, this);
    this.outbound = new Outbound<>(job, parts, settlement.conclusion(), this);
    this.legacy = new Legacy<>(setup, parts, settlement.doubts(), outbound);
    this.sending = new Sending<>(setup, host, parts, waiting, settlement, outbound);
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
    stopsFirst(reason);
  }

  @Override
  public void stop(FailureKind kind, String reason) {
    if (stopsFirst(reason)) {
      parts.tally.stoppedBy(kind);
    }
  }

  /** Stops the run. {@return whether nothing had stopped it before, not even another thread now} */
  private boolean stopsFirst(String reason) {
    boolean isFirst = stopReason.compareAndSet(null, parts.redaction.clean(reason));
    signal.raise();
    return isFirst;
  }

  @Override
  public void fail(String cause) {
    String reason = parts.redaction.clean(cause);
    if (failure != null) {
      parts.tally.problem(reason);
    } else {
      String why = stopReason.get();
      failure = why == null ? reason : reason + "; it was stopping: " + why;
    }
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

  /**
   * {@return whether the calling thread makes one of the run's calls, as others than its own do}
   */
  boolean isOnItsThread() {
    return sending.isOnItsThread();
  }

  /** Runs to the end. Called once. */
  RunReport run() {
    try {
      return LogContext.during(setup.id(), this::runToTheEnd);
    } finally {
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
      sending.cancelPermit();
      interrupted |=
          sending.awaitInFlight(); // whoever resumes the run must not meet calls of this process
      closeSource();
      throw e;
    } catch (RuntimeException | Error e) {
      // A fault of a source, an executor or our own: the run ends as one that can be resumed.
      fail("the run broke: " + e);
      fault = e;
      interrupted |= sending.awaitInFlight();
    }
    closeSource();
    return finish();
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
    if (!setup.ends().problem().isEmpty()) {
      parts.tally.problem(setup.ends().problem());
    }
    setup.known().leftOut().forEach(parts.tally::problem);
    setup.resume().ifPresent(legacy::takeUp);
    legacy.verifyFirst(setup.known().doubtful());
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
    if (isStopping()) {
      return drain();
    }
    if (paused) {
      sending.cancelPermit();
      waiting.openly("paused", Waiting.LONG);
      return true;
    }
    if (outbound.isClosed()) {
      sending.cancelPermit();
      outbound.holdBack(waiting);
      return true;
    }
    if (sending.inFlight() >= job.chunksInFlight()) {
      waiting.silently();
      return true;
    }
    if (sending.next().isEmpty()) {
      boolean mayRead = !parts.feed.isBuffered();
      if (!prepare()) {
        return false;
      }
      if (mayRead && (isStopping() || paused)) { // a page may have taken its time
        return true;
      }
    }
    sending.sendIfPermitted(held);
    return true;
  }

  /** {@return whether the run is to send nothing more, since its time is over, say} */
  private boolean isStopping() {
    Optional<String> reason = isStopped() ? Optional.empty() : bounds.reasonToStop();
    if (reason.isPresent()) {
      stop(reason.get());
    }
    return isStopped();
  }

  private boolean isStopped() {
    return stopReason.get() != null;
  }

  private Optional<String> reasonToEnd() {
    return Optional.ofNullable(stopReason.get()).or(bounds::reasonToStop);
  }

  private boolean isHeld() {
    return isStopped() || paused;
  }

  private boolean drain() throws InterruptedException {
    tellWhatStoppedIt(); // the answer that did has its record by now
    sending.cancelPermit();
    if (sending.inFlight() > 0) {
      waiting.forTheLast();
    }
    return sending.inFlight() > 0;
  }

  private void tellWhatStoppedIt() {
    FailureKind kind = parts.tally.stoppedBy().orElse(null);
    String reason = stopReason.get();
    if (kind != null && reason != null) {
      parts.alarm.stopped(kind, reason);
    }
  }

  // ---- what to send

  /**
   * Finds the next batch, or waits until there may be one.
   *
   * @return false if there is none, and never will be
   */
  private boolean prepare() throws InterruptedException {
    Optional<Batch<T>> found = reading.next();
    Optional<Workload.Unsent> unsent = parts.workload.takeUnsent();
    if (unsent.isPresent()) {
      record(unsent.get());
    }
    if (found.isPresent()) {
      sending.next(legacy.withAttempts(found.get()));
      return true;
    }
    if (unsent.isPresent() || isStopped() || sending.hasAnswers()) {
      return true;
    }
    if (sending.inFlight() == 0 && parts.workload.isEmpty() && parts.feed.isExhausted()) {
      legacy.parkUncollected();
      legacy.recordGone();
      checkNoneForgotten();
      return false;
    }
    awaitWork();
    return true;
  }

  private void awaitWork() throws InterruptedException {
    if (reading.isPutOff()) {
      reading.await();
      return;
    }
    boolean canRead = !parts.feed.isExhausted() && !parts.feed.isBuffered();
    if (canRead && parts.workload.mayRead(parts.sizer.max())) {
      return;
    }
    OptionalLong due = parts.workload.nextDue();
    if (due.isPresent()) {
      waiting.because(
          "the next retry",
          Duration.ofNanos(Math.max(0, due.getAsLong() - host.time().nanoTime())));
    } else if (sending.inFlight() > 0) {
      waiting.silently();
    } else if (!parts.feed.uncollected().isEmpty()) {
      legacy.parkUncollected(); // it has read on as far as it may, and they did not come up
    } else {
      throw new IllegalStateException("nothing is due, in flight or to be read, and "
          + parts.workload.frontier().unsettled() + " items have no outcome");
    }
  }

  /** Records items that were found and are not sent. */
  private void record(Workload.Unsent unsent) {
    parts.expected.cameUp(unsent.items().stream().map(Draft.Unsent::key).toList());
    parts.intents.record(unsent);
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

  // ---- answers

  private void takeAnswers() throws InterruptedException {
    for (Optional<Answer<T>> answer = sending.takeAnswer();
        answer.isPresent();
        answer = sending.takeAnswer()) {
      settle(answer.get());
    }
    sending.takeBackDropped().ifPresent(this::fail);
  }

  private void settle(Answer<T> answer) throws InterruptedException {
    if (answer.error().isPresent()) {
      fault = answer.error().orElseThrow();
      fail("the target threw " + fault);
      parts.workload.now(answer.batch()); // begun and without a result: in doubt
      return;
    }
    Duration took = Duration.ofNanos(answer.tookNanos());
    try {
      settlement.settle(
          answer, new ChunkTiming(Duration.ofNanos(answer.batch().waitedNanos()), took));
    } catch (RuntimeException | Error e) { // the target, when it was asked for more
      parts.putBack(answer.batch());
      throw e;
    }
    ChunkEvent event = new ChunkEvent();
    if (event.shouldCommit()) {
      event.run = setup.id().value();
      event.number = answer.batch().number();
      event.items = answer.batch().size();
      event.took = answer.tookNanos();
      event.result = RunEvents.inWords(answer.result(), event.items);
      event.commit();
    }
    parts.onlookers.answered(took);
    parts.alarm.check(parts.tally);
  }

  // ---- the end

  /** Looks at a few of the items that succeeded. */
  private void spotCheck(SpotCheck.Picks picks) throws InterruptedException {
    SpotCheck.Result result;
    try {
      result = picks.verify(job.name(), sending.lookingTarget(this::reasonToEnd));
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
    parts.onlookers.tellGate();
    parts.alarm.check(parts.tally); // items may have been given up without a call
    if (failure != null) {
      parts.alarm.failed(failure);
    }
    try {
      if (!isStopped() && parts.onlookers.picks().isPresent()) {
        spotCheck(parts.onlookers.picks().get());
      }
      if (!isStopped()) {
        parts.alarm.checkAfter();
      }
      parts.alarm.noteUndelivered();
    } catch (InterruptedException e) {
      interrupted = true;
    }
  }

  private RunReport finish() {
    sending.cancelPermit();
    lastLooks();
    RunState state = RunState.COMPLETED;
    String reason = "every item has an outcome";
    String stopped = stopReason.get();
    if (failure != null) {
      state = RunState.FAILED;
      reason = failure;
    } else if (stopped != null) {
      state = RunState.STOPPED;
      reason = stopped;
    }
    Leftovers left = Leftovers.of(parts, sending.next());
    Counts counts =
        parts.tally.counts(forgotten + left.begun() + left.unread().size(), left.unanswered());
    parts.alarm.noteFiring(parts.onlookers.finished(state, counts));
    parts.alarm.ended(setup.id(), state, counts);
    Instant endedAt = host.time().now();
    parts.recorder.add(new RunFinished(endedAt, state, reason, counts, left.unread()));
    waiting.flush();
    RunReport report = new RunReport(
        new RunReport.Head(
            setup.id(),
            job.name(),
            setup.origin(),
            state,
            reason,
            startedAt,
            endedAt,
            setup.resume().isPresent()),
        counts,
        parts.tally,
        Remedies.of(parts.tally, host.triage(), job.service()));
    LOG.info(
        "Run ended. run={} job={} state={} reason=\"{}\" counts={}",
        setup.id(),
        job.name(),
        state,
        TextReport.oneLine(reason),
        counts);
    parts.listeners.each(listener -> listener.onFinished(report));
    if (fault instanceof Error error) {
      throw error;
    }
    return report;
  }
}
