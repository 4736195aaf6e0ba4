package io.runbook4j.run;

import io.runbook4j.chunk.ChunkSizer;
import io.runbook4j.run.RunEvents.RetryEvent;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What the engine of one run and its settlement work on together. */
final class Parts<T> {
  final Time time;
  final RandomGenerator random;
  final ItemFeed<T> feed;
  final Expected expected;
  final Workload<T> workload;
  final ChunkSizer sizer;
  final Throttle throttle;
  final Recorder recorder;
  final RunTally tally;
  final Intents<T> intents;
  final RunListeners listeners;
  final Alarm alarm;
  final Onlookers onlookers;
  final Redaction redaction;

  /** After how long a wait for calls in flight takes a look at whether they are still to come. */
  final Duration longestWait;

  private final String run;
  private final List<ChunkReport> concluded = new ArrayList<>();

  Parts(RunSetup<T> setup, Host host) {
    SyncJob<T> job = setup.job();
    ResumePoint resume = setup.resume().orElseGet(() -> ResumePoint.builder().build());
    time = host.time();
    random = host.random();
    longestWait = host.longestWait();
    run = setup.id().value();
    redaction = new Redaction(host.redactor());
    feed = new ItemFeed<>(
        setup.ends().source(), resume, setup.isSeekable(), setup.known().settled(), redaction);
    expected = new Expected(resume.attempts());
    workload = new Workload<>(feed);
    sizer = setup.ends().sizer();
    recorder = new Recorder(host.ledger(), setup.id());
    tally = new RunTally(resume.settled(), redaction);
    throttle = new Throttle(
        job,
        host.limits().configure(setup.ends().service(), job.quotas()),
        recorder,
        tally,
        time,
        random);
    listeners = new RunListeners(host.listeners(), tally);
    alarm = new Alarm(job, host, redaction, recorder, tally, listeners);
    onlookers = new Onlookers(job, host.watchOf(job), random, time);
    intents = new Intents<>(setup.id(), this, resume.nextChunk());
  }

  /** Tells those who look on of an item that failed for good; raises the alarm if it is corrupt. */
  void failed(String key, Failure failure) {
    onlookers.failed(key, failure.kind());
    if (failure.kind() == FailureKind.INTEGRITY) {
      alarm.corruptItem();
    }
  }

  void retryEvent(int items, Failure failure) {
    RetryEvent event = new RetryEvent();
    if (event.shouldCommit()) {
      event.run = run;
      event.items = items;
      event.failure = failure.toString();
      event.commit();
    }
  }

  /**
   * Puts back a batch that no list had when something threw, so that its items are counted: unless
   * its result is recorded, or it waits for its turn again already.
   */
  void putBack(Batch<T> batch) {
    boolean isDone =
        batch.intent().filter(chunk -> recorder.isLastDone(chunk.number())).isPresent();
    if (!isDone && !workload.waiting().contains(batch)) {
      workload.now(batch);
    }
  }

  /** Keeps the report of a chunk until the ledger has its result. */
  void concluded(ChunkReport chunk) {
    tally.chunk(chunk);
    if (!listeners.isEmpty()) {
      concluded.add(chunk);
    }
  }

  List<ChunkReport> takeConcluded() {
    if (concluded.isEmpty()) {
      return List.of();
    }
    List<ChunkReport> taken = List.copyOf(concluded);
    concluded.clear();
    return taken;
  }
}
