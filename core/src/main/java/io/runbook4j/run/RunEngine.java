package io.runbook4j.run;

import io.runbook4j.limit.Quota;
import io.runbook4j.limit.Reservation;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.run.RunEvents.ChunkEvent;
import io.runbook4j.run.RunEvents.WaitEvent;
import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.time.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
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
final class RunEngine<T> implements RunControl, Settlement.Stopper {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
  private static final Duration LONG = Duration.ofDays(1);
  private static final Duration LONGEST_WINDOW_TO_WAIT = Duration.ofHours(1);

  private final RunSetup<T> setup;
  private final SyncJob<T> job;
  private final Host host;
  private final Parts<T> parts;
  private final Settlement<T> settlement;
  private final TargetCall<T> call;
  private final RetryBudget budget;
  private final Signal signal;
  private final Queue<Answer<T>> answers = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> attemptsBefore;
  private final Instant startedAt;
  private final long startNanos;
  private final OptionalLong expected;

  private volatile @Nullable String stopReason;
  private volatile boolean paused;
  private boolean failed;
  private boolean interrupted;
  private long forgotten;
  private @Nullable Throwable fault;

  private int nextChunk;
  private int inFlight;
  private @Nullable Batch<T> next;
  private long nextSince;
  private @Nullable Reservation permit;
  private int readFailures;
  private long readNotBefore;
  private Instant windowChecked = Instant.MIN;
  private Optional<Instant> windowCloses = Optional.empty();

  RunEngine(RunSetup<T> setup, Host host) {
    this.setup = setup;
    this.job = setup.job();
    this.host = host;
    this.parts = new Parts<>(setup, host);
    this.settlement = new Settlement<>(job, parts, this);
    this.call = new TargetCall<>(job.target(), job.guards(), host.time());
    this.budget = host.budgets().of(job.service());
    this.signal = host.time().newSignal();
    this.startedAt = host.time().now();
    this.startNanos = host.time().nanoTime();
    this.readNotBefore = startNanos;
    this.nextChunk = setup.resume().map(ResumePoint::nextChunk).orElse(1);
    this.attemptsBefore =
        new HashMap<>(setup.resume().map(ResumePoint::attempts).orElse(Map.of()));
    this.expected = setup.source().count();
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
        signal.await(LONG);
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
    setup.resume().ifPresent(this::takeUp);
    verifyFirst(setup.doubtful());
    parts.listeners.each(listener -> listener.onStarted(this));
  }

  /**
   * Takes up what an earlier process left: the service's closed limiter, and chunks that were sent
   * and have no result.
   */
  private void takeUp(ResumePoint resume) {
    resume.notBefore().ifPresent(this::closeUntil);
    for (Quota quota : job.quotas()) {
      // Nobody counted the calls of the last window but the process that is gone; let it pass.
      // Longer ones are too long.
      resume
          .lastCallAt()
          .filter(last -> quota.window().compareTo(LONGEST_WINDOW_TO_WAIT) <= 0)
          .ifPresent(last -> closeUntil(last.plus(quota.window())));
    }
    for (ChunkIntent intent : resume.open()) {
      intent.keys().forEach(attemptsBefore::remove);
      Family family =
          parts.workload.frontier().open(resume.position(), intent.keys().size());
      Failure failure =
          Failure.of(FailureKind.UNKNOWN, "the process ended while the item was being sent");
      Batch<T> batch = Batch.open(intent, family);
      if (job.inDoubt() == InDoubt.RESOLVE || job.inDoubt() == InDoubt.VERIFY) {
        parts.feed.hold();
        settlement.verify(batch, new Batch.Doubt(intent.keys(), failure, Map.of()));
      } else if (job.inDoubt() == InDoubt.REAPPLY) {
        parts.feed.collect(new OpenChunk<>(intent, family));
      } else {
        parts.feed.hold();
        settlement.park(batch, failure, ChunkTiming.NONE);
      }
    }
  }

  private void closeUntil(Instant until) {
    Duration left = Duration.between(host.time().now(), until);
    if (!left.isNegative() && !left.isZero()) {
      parts.throttle.limiter().learn(new LimitSignal.Closed(left));
    }
  }

  /** Asks the target about items in doubt that a person wants rerun, before any of them is sent. */
  private void verifyFirst(List<String> keys) {
    int size = parts.sizer.size();
    for (int from = 0; from < keys.size(); from += size) {
      List<String> some = List.copyOf(keys.subList(from, Math.min(from + size, keys.size())));
      Family family = parts.workload.frontier().open(parts.feed.position(), some.size());
      int number = nextChunk++;
      ChunkIntent intent =
          new ChunkIntent(number, idempotencyKey(number), some, List.of(new Span(1, some.size())));
      begun(intent);
      Failure failure = Failure.of(FailureKind.UNKNOWN, "in doubt since an earlier run");
      settlement.verify(
          Batch.open(intent, family), new Batch.Doubt(some, failure, Map.of()).sentIfUnknown());
    }
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
    checkStop();
    if (stopReason != null) {
      return drain();
    }
    if (paused) {
      await("paused", LONG);
      return true;
    }
    if (inFlight >= job.chunksInFlight()) {
      await("", LONG);
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
      await("", LONG);
    }
    return inFlight > 0;
  }

  private void checkStop() {
    if (stopReason != null) {
      return;
    }
    if (job.deadline().isPresent() && timeLeft().compareTo(Duration.ZERO) <= 0) {
      stop("the deadline of " + job.deadline().orElseThrow() + " has passed");
    }
    Instant now = host.time().now();
    boolean unchecked = windowChecked.equals(Instant.MIN) || now.isBefore(windowChecked);
    if (unchecked || windowCloses.filter(closes -> !now.isBefore(closes)).isPresent()) {
      if (job.window().isOpen(now)) {
        windowCloses = job.window().nextClose(now);
      } else {
        stop("the run window is closed until " + job.window().nextOpen(now) + " (" + job.window()
            + ")");
      }
    }
    windowChecked = now;
  }

  /** {@return how much is left until the deadline; a long time if there is none} */
  private Duration timeLeft() {
    return job.deadline()
        .map(deadline -> deadline.minusNanos(host.time().nanoTime() - startNanos))
        .orElse(LONG);
  }

  // ---- what to send

  /**
   * Finds the next batch, or waits until there may be one.
   *
   * @return false if there is none, and never will be
   */
  private boolean prepare() throws InterruptedException {
    long now = host.time().nanoTime();
    Batch<T> found = now - readNotBefore < 0 ? null : read(now);
    parts.workload.takeUnsendable().ifPresent(this::record);
    if (found != null) {
      next = withAttempts(found);
      nextSince = host.time().nanoTime();
      return true;
    }
    if (stopReason != null || !answers.isEmpty()) {
      return true;
    }
    if (inFlight == 0 && parts.workload.isEmpty() && parts.feed.isExhausted()) {
      parkUncollected();
      recordGone();
      checkNoneForgotten();
      return false;
    }
    awaitWork(now);
    return true;
  }

  private @Nullable Batch<T> read(long now) throws InterruptedException {
    if (!parts.feed.isBuffered()) {
      flush(); // a page may take its time, and what is known is to be safe meanwhile
    }
    try {
      Batch<T> found =
          parts.workload.next(parts.sizer.size(), parts.sizer.max(), now).orElse(null);
      readFailures = found == null ? readFailures : 0;
      return found;
    } catch (FailureException e) {
      readFailed(e.failure());
      return null;
    }
  }

  private void readFailed(Failure failure) {
    Reaction reaction = job.reaction(failure.kind());
    readFailures++;
    if (reaction.kind() == Reaction.Kind.SLOW_DOWN && readFailures < job.patience()) {
      readAgainAfter(failure, job.backOff().delay(readFailures, host.random()));
    } else if (reaction.kind() == Reaction.Kind.RETRY && readFailures <= reaction.retries()) {
      readAgainAfter(failure, job.retryBackOff().delay(readFailures, host.random()));
    } else if (reaction.kind() == Reaction.Kind.STOP
        || reaction.kind() == Reaction.Kind.SLOW_DOWN) {
      stop("the source answered " + failure);
    } else {
      fail("the source could not be read: " + failure);
    }
  }

  private void readAgainAfter(Failure failure, Duration backOff) {
    Duration delay = Throttle.longer(backOff, failure);
    parts.tally.problem("the source could not be read, try " + readFailures + ": " + failure);
    readNotBefore = host.time().nanoTime() + delay.toNanos();
  }

  private void awaitWork(long now) throws InterruptedException {
    if (now - readNotBefore < 0) {
      await("the source is read again", Duration.ofNanos(readNotBefore - now));
      return;
    }
    boolean canRead = !parts.feed.isExhausted() && !parts.feed.isBuffered();
    if (canRead && parts.workload.mayRead(parts.sizer.max())) {
      return;
    }
    OptionalLong due = parts.workload.nextDue();
    if (due.isPresent()) {
      await(
          "a retry is due",
          Duration.ofNanos(Math.max(0, due.getAsLong() - host.time().nanoTime())));
    } else if (inFlight > 0) {
      await("", LONG);
    } else if (!parts.feed.isExhausted() && !parts.workload.busy().isEmpty()) {
      throw new IllegalStateException(
          "nothing is in flight, and items wait for others: " + parts.workload.busy());
    }
  }

  /** Items of a died process keep the attempts that they have had. */
  private Batch<T> withAttempts(Batch<T> batch) {
    if (attemptsBefore.isEmpty() || batch.intent().isPresent()) {
      return batch;
    }
    boolean any = false;
    List<Pending<T>> items = batch.items();
    for (Pending<T> item : items) {
      Integer attempts = attemptsBefore.remove(item.key());
      if (attempts != null && attempts > 0) {
        item.hadAttempts(attempts);
        any = true;
      }
    }
    return any
        ? Batch.of(items)
            .followedBy(batch.sibling().orElse(null))
            .badIfSiblingClean(batch.isBadIfSiblingClean())
        : batch;
  }

  /** Records items that cannot be sent as a chunk of their own that is never sent. */
  private void record(Workload.Unsendable unsendable) {
    int number = nextChunk++;
    List<String> keys = new ArrayList<>(unsendable.items().size());
    List<Span> spans = new ArrayList<>();
    List<ItemResult> results = new ArrayList<>(unsendable.items().size());
    for (Draft.Unreadable item : unsendable.items()) {
      Outcome outcome = Outcome.failed(item.failure());
      results.add(new ItemResult(keys.size(), outcome, false));
      keys.add(item.key());
      Batch.addSpan(spans, item.page());
      parts.tally.settled(item.key(), outcome);
      attemptsBefore.remove(item.key());
    }
    begun(new ChunkIntent(number, idempotencyKey(number), keys, spans));
    parts.recorder.add(new ChunkDone(
        host.time().now(), number, results, ItemResult.othersSucceeded(), ChunkTiming.NONE));
    unsendable.family().settle(keys.size());
    parts.concluded(
        new ChunkReport(number, keys.size(), "cannot be sent", Duration.ZERO, Duration.ZERO));
    parts.alarm.check(parts.tally);
  }

  private void begun(ChunkIntent intent) {
    parts.recorder.add(new ChunkBegun(
        host.time().now(), intent, parts.workload.frontier().position(parts.feed.position())));
  }

  private String idempotencyKey(int number) {
    return setup.id() + "-" + number;
  }

  /** Leaves chunks in doubt whose items the source no longer has. */
  private void parkUncollected() {
    Set<OpenChunk<T>> uncollected = parts.feed.uncollected();
    parts.feed.forgetUncollected();
    for (OpenChunk<T> chunk : uncollected) {
      Failure failure = Failure.of(
          FailureKind.UNKNOWN,
          "the process ended while the item was being sent, and the source no longer has all items of its chunk");
      parts.feed.hold();
      settlement.park(Batch.open(chunk.intent(), chunk.family()), failure, ChunkTiming.NONE);
    }
  }

  /**
   * Items that an earlier process read, and that have not come up again, have to have an outcome.
   */
  private void recordGone() {
    if (attemptsBefore.isEmpty()) {
      return;
    }
    Failure gone = Failure.of(
        FailureKind.NOT_FOUND,
        "the source no longer has this item, which was read before the run was resumed");
    int page =
        setup.resume().map(ResumePoint::position).orElse(Position.start()).page();
    List<Draft.Unreadable> items = attemptsBefore.keySet().stream()
        .sorted()
        .map(key -> new Draft.Unreadable(key, page, gone))
        .toList();
    Family family = parts.workload.frontier().open(parts.feed.position(), items.size());
    record(new Workload.Unsendable(items, family));
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
      begin(batch);
      settlement.overBudget(batch);
      return;
    }
    if (permit == null && !parts.throttle.limiter().tryAcquire()) {
      permit = parts.throttle.limiter().reserve(1);
    }
    if (permit != null && !permit.tryTake()) {
      await("a permit for " + parts.throttle.limiter().name(), permit.remaining());
      return;
    }
    permit = null;
    next = null;
    // What has come due while it waited goes with it, in a chunk of the size that is right by now.
    send(parts.workload.topUp(batch, parts.sizer.size(), host.time().nanoTime()));
  }

  private void send(Batch<T> batch) throws InterruptedException {
    batch.waited(Math.max(0, host.time().nanoTime() - nextSince));
    begin(batch);
    flush();
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

  /** Records the chunk's intent, or that one with an intent and no result is taken up again. */
  private void begin(Batch<T> batch) {
    if (batch.intent().isEmpty()) {
      int number = nextChunk++;
      begun(batch.begin(number, idempotencyKey(number)));
    } else {
      String what = batch.doubt().isPresent() ? "verifies" : "sends again as it was";
      parts.recorder.add(
          new Note(host.time().now(), "in-doubt", what + " chunk " + batch.number()));
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
    parts.alarm.check(parts.tally);
  }

  // ---- waiting and telling

  private void flush() {
    parts.recorder.flush();
    concluded();
  }

  /** Tells the listeners of chunks whose results are recorded. */
  private void concluded() {
    List<ChunkReport> chunks = parts.takeConcluded();
    if (chunks.isEmpty()) {
      return;
    }
    Progress progress = progress();
    for (ChunkReport chunk : chunks) {
      parts.listeners.each(listener -> listener.onChunk(chunk, progress));
    }
  }

  private Progress progress() {
    Duration elapsed = Duration.ofNanos(host.time().nanoTime() - startNanos);
    return new Progress(parts.tally.counts(0), expected, elapsed, parts.tally.settledHere());
  }

  /**
   * Waits for the signal; with a cause that is shown if there is one. Deadline and window end it
   * early.
   */
  private void await(String cause, Duration atMost) throws InterruptedException {
    flush();
    Instant from = host.time().now();
    Duration most = stopReason == null ? bounded(atMost, from) : atMost;
    boolean shown = !cause.isEmpty() && stopReason == null;
    if (shown) {
      Wait wait = new Wait(cause, from, from.plus(most));
      parts.listeners.each(listener -> listener.onWait(wait));
    }
    WaitEvent event = new WaitEvent();
    event.begin();
    long begun = host.time().nanoTime();
    try {
      signal.await(most);
    } finally {
      Duration taken = Duration.ofNanos(host.time().nanoTime() - begun);
      if (shown) {
        parts.tally.waited(taken);
        parts.listeners.each(RunListener::onWaitOver);
      }
      if (event.shouldCommit()) {
        event.run = setup.id().value();
        event.cause = cause;
        event.commit();
      }
    }
  }

  /** {@return the duration, or less if the deadline or the end of the window comes first} */
  private Duration bounded(Duration duration, Instant now) {
    Duration untilClose =
        windowCloses.map(closes -> Duration.between(now, closes)).orElse(LONG);
    return shorter(duration, shorter(timeLeft(), untilClose));
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  // ---- the end

  private RunReport finish() {
    if (permit != null) {
      permit.cancel();
    }
    RunState state =
        stopReason == null ? RunState.COMPLETED : failed ? RunState.FAILED : RunState.STOPPED;
    String reason = stopReason == null ? "every item has an outcome" : stopReason;
    Leftovers left = leftovers();
    Counts counts =
        parts.tally.counts(forgotten + left.begun() + left.unread().size(), left.unanswered());
    parts.recorder.add(new RunFinished(host.time().now(), state, reason, counts, left.unread()));
    flush();
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
        parts.tally);
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

  /** Counts what was read and has no outcome. */
  private Leftovers leftovers() {
    List<Batch<T>> waiting = new ArrayList<>(parts.workload.waiting());
    for (Batch<T> batch = next; batch != null; batch = batch.sibling().orElse(null)) {
      waiting.add(batch);
    }
    parts
        .feed
        .uncollected()
        .forEach(chunk -> waiting.add(Batch.open(chunk.intent(), chunk.family())));
    Set<String> doubtful = new HashSet<>();
    long unanswered = 0;
    long begun = 0;
    List<String> unread = new ArrayList<>();
    for (Batch<T> batch : waiting) {
      if (batch.intent().isPresent()) {
        unanswered += batch.size();
        doubtful.addAll(batch.hasValues() ? List.of() : batch.keys());
        continue;
      }
      for (Pending<T> item : batch.items()) {
        if (item.isBegun()) {
          begun++;
        } else {
          unread.add(item.key());
        }
      }
    }
    // Items in doubt from an earlier process may have come up again already; they are not to be
    // counted twice.
    parts.feed.unread().stream().filter(key -> !doubtful.remove(key)).forEach(unread::add);
    unread.forEach(attemptsBefore::remove);
    return new Leftovers(begun + attemptsBefore.size(), unanswered, unread);
  }

  /**
   * What is left when a run ends early.
   *
   * @param begun items that were in a chunk and are to be tried again
   * @param unanswered items of chunks that were sent and have no result
   * @param unread items that were never in a chunk
   */
  private record Leftovers(long begun, long unanswered, List<String> unread) {}
}
