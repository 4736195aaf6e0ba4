package io.runbook4j.ledger;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.ledger.RunWriter.Taking;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs that a file ledger writes: it takes them, appends to their files, and lets them go. Safe
 * for many threads.
 */
final class TakenRuns {
  private static final Logger LOG = LoggerFactory.getLogger(FileLedger.class);

  /** Writing the index takes time for every run in it. */
  private static final int SAVED_AFTER = 16;

  private final Path folder;
  private final Catalog catalog;
  private final Disk disk;
  private final FileLedger.Force force;
  private final RunLocks locks;
  private final Map<RunId, RunWriter> writers = new ConcurrentHashMap<>();

  /** Those that a failed write has ended, so that the next record is told why. */
  private final Map<RunId, RunWriter> broken = new ConcurrentHashMap<>();

  /** Those whose files could not be read, which is said once of each. */
  private final Set<RunId> unread = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean closed = new AtomicBoolean();

  /** Has a thread only while there is something to force. */
  private final ExecutorService forcer = new ThreadPoolExecutor(
      0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), TakenRuns::forcerThread);

  private static Thread forcerThread(Runnable work) {
    Thread thread = new Thread(work, "runbook4j-ledger-force");
    thread.setDaemon(true);
    return thread;
  }

  TakenRuns(Path folder, Catalog catalog, Disk disk, FileLedger.Force force) throws IOException {
    this.folder = folder;
    this.catalog = catalog;
    this.disk = disk;
    this.force = force;
    this.locks = RunLocks.of(folder);
  }

  /** As {@link FileLedger#record}. */
  void record(RunId run, List<LedgerEntry> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("entries must be at least one, was none");
    }
    refuseSecondTaking(run, entries);
    LedgerEntry first = entries.get(0);
    if (first instanceof RunStarted started) {
      start(run, started, entries);
    } else if (first instanceof RunResumed) {
      resume(run, entries);
    } else {
      append(writer(run, first), run, entries, Taking.NONE);
    }
  }

  private static void refuseSecondTaking(RunId run, List<LedgerEntry> entries) {
    for (int i = 1; i < entries.size(); i++) {
      if (entries.get(i) instanceof RunResumed || entries.get(i) instanceof RunStarted) {
        throw new IllegalStateException("Run " + run + " was taken already, and was given "
            + entries.get(i).getClass().getSimpleName() + " as entry " + i);
      }
    }
  }

  private RunWriter writer(RunId run, LedgerEntry first) {
    RunWriter writer = writers.getOrDefault(run, broken.get(run));
    if (writer == null) {
      requireOpen();
      throw new IllegalStateException("Run " + run + " must be taken with RunStarted or RunResumed"
          + " first, was given " + first.getClass().getSimpleName());
    }
    return writer;
  }

  private void append(RunWriter writer, RunId run, List<LedgerEntry> entries, Taking taking) {
    try {
      writer.append(entries, taking);
    } finally {
      if (!letGoIfBroken(writer, run) && writer.isFinished()) {
        writer.remember(catalog);
        letGo(run, writer);
        saveIndex(SAVED_AFTER);
      }
    }
  }

  private boolean letGoIfBroken(RunWriter writer, RunId run) {
    boolean isBroken = writer.isBroken();
    if (isBroken) {
      broken.put(run, writer);
      letGo(run, writer);
    }
    return isBroken;
  }

  /** As {@link FileLedger#force}. */
  void force(RunId run) {
    RunWriter writer = writers.get(run);
    if (writer == null) {
      return;
    }
    try {
      writer.force();
    } finally {
      letGoIfBroken(writer, run);
    }
  }

  private void start(RunId run, RunStarted started, List<LedgerEntry> entries) {
    if (!started.run().equals(run)) {
      throw new IllegalStateException(
          "Run " + run + " cannot begin with the RunStarted of run " + started.run());
    }
    refuseKnown(run);
    take(run, "started");
    RunWriter writer = null;
    try {
      refuseKnown(run);
      Taking taking = new Taking(catalog.nextSequence(), after(run, started.job(), started.at()));
      writer = openWriter(run, new RunReplay(new RunTally(run, RunFollower.NONE), 0));
      if (force != FileLedger.Force.NEVER) {
        disk.forceFolder(folder);
      }
      append(writer, run, entries, taking);
      catalog.began(taking.head(started));
    } catch (IOException e) {
      giveUp(run, writer);
      throw unwritable(run, e);
    } catch (LedgerException e) {
      giveUp(run, writer);
      throw e;
    }
  }

  private void refuseKnown(RunId run) {
    catalog.head(run).ifPresent(head -> {
      throw new LedgerException("Run " + run + " of job " + head.started().job()
          + " cannot be started: its file " + catalog.file(run) + " exists since "
          + head.started().at() + ". Nothing was changed. Give a new run a new id, or resume the"
          + " run.");
    });
  }

  /**
   * {@return the moment after all that other runs of the job have recorded, if this one's clock
   * does not show a later one} Wall clocks step, and differ between machines; what a run records is
   * newer all the same than what the others had recorded when it was taken.
   */
  private Optional<Instant> after(RunId run, String job, Instant at) {
    Instant latest = Instant.MIN;
    for (RunId other : catalog.runs()) {
      Instant clock = other.equals(run) ? Instant.MIN : clock(other, job);
      latest = clock.isAfter(latest) ? clock : latest;
    }
    return at.isAfter(latest) ? Optional.empty() : Optional.of(latest.plusNanos(1));
  }

  /** {@return the latest time in a run, if it is, or may be, one of the job} */
  private Instant clock(RunId run, String job) {
    try {
      if (catalog.head(run, job).isEmpty()) {
        return Instant.MIN;
      }
      RunWriter writer = writers.get(run);
      return writer == null ? catalog.digest(run).times().clock() : writer.clock();
    } catch (LedgerException e) {
      return unreadClock(run, e);
    }
  }

  /**
   * A file that cannot be read is no reason to refuse another run; what asks for it will say so.
   */
  private Instant unreadClock(RunId run, LedgerException why) {
    try {
      Instant latest = catalog.changedAt(run);
      if (unread.add(run)) {
        LOG.warn("Ledger file not read. Runs begin all the same. run={}", run, why);
      }
      return latest;
    } catch (LedgerException e) {
      return Instant.MIN; // removed meanwhile
    }
  }

  private void resume(RunId run, List<LedgerEntry> entries) {
    catalog.requireKnown(run);
    take(run, "resumed");
    RunWriter writer = null;
    try {
      RunReplay replay = RunReplay.of(catalog.file(run), run, RunFollower.NONE);
      String job = replay.tally().started().job();
      Taking taking = new Taking(0, after(run, job, entries.get(0).at()));
      writer = openWriter(run, replay);
      append(writer, run, entries, taking);
    } catch (IOException e) {
      giveUp(run, writer);
      throw unwritable(run, e);
    } catch (LedgerException e) {
      giveUp(run, writer);
      throw e;
    }
  }

  private RunWriter openWriter(RunId run, RunReplay replay) throws IOException {
    Path file = catalog.file(run);
    Disk.AppendedFile opened = disk.open(file);
    RunWriter writer = new RunWriter(
        file,
        force == FileLedger.Force.IN_BACKGROUND
            ? new BackgroundForce(opened, forcer, Time.system())
            : opened,
        run,
        replay,
        force);
    broken.remove(run);
    writers.put(run, writer);
    return writer;
  }

  /** Keeps all others off the run until it is let go. */
  private void take(RunId run, String verb) {
    requireOpen();
    RunLocks.Taking taking = locks.take(run);
    if (taking != RunLocks.Taking.TAKEN) {
      String holder = taking == RunLocks.Taking.HELD_HERE ? "this process" : "another process";
      throw new LedgerException("Run " + run + " cannot be " + verb + " in " + folder + ": "
          + holder + " holds it. Nothing was changed. Wait until it has finished, or end its"
          + " process.");
    }
  }

  /** {@return whether all others are kept off the run now, until it is let go} */
  boolean takeIfFree(RunId run) {
    requireOpen();
    return locks.take(run) == RunLocks.Taking.TAKEN;
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("Ledger " + folder + " must be open, was closed");
    }
  }

  /** Lets go of a run that was taken and is not written. */
  void letGo(RunId run) {
    locks.letGo(run);
  }

  /** Lets go of a run, unless that was done before: somebody else may have taken it since. */
  private void letGo(RunId run, RunWriter writer) {
    if (!writers.remove(run, writer)) {
      return;
    }
    try {
      writer.close();
    } finally {
      locks.letGo(run);
    }
  }

  private void giveUp(RunId run, @Nullable RunWriter writer) {
    if (writer == null) {
      letGo(run);
    } else {
      letGo(run, writer);
    }
  }

  /** One that cannot be closed keeps no other from being let go. */
  private void letAllGo() {
    LedgerException first = null;
    for (Map.Entry<RunId, RunWriter> taken : writers.entrySet()) {
      try {
        letGo(taken.getKey(), taken.getValue());
      } catch (LedgerException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private void saveIndex(int atLeast) {
    try {
      if (catalog.unsaved() >= atLeast) {
        catalog.save();
      }
    } catch (LedgerException e) {
      // Every run is recorded; only the next listing of them will take longer.
      LOG.warn("Ledger index not written. folder={}", folder, e);
    }
  }

  private LedgerException unwritable(RunId run, IOException e) {
    return new LedgerException(
        "Ledger file " + catalog.file(run) + " cannot be opened for writing: " + e
            + ". The run was not taken, and no record was changed. Check that the folder may be"
            + " written and has room.",
        e);
  }

  /** {@return what the run adds up to; empty if it is not taken here} */
  Optional<RunSummary> summary(RunId run) {
    return Optional.ofNullable(writers.get(run)).map(RunWriter::summary);
  }

  /** {@return whether any process has taken the run} */
  boolean isHeld(RunId run) {
    requireOpen();
    return locks.isHeld(run);
  }

  /** Lets all runs go. A second time does nothing. */
  void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      letAllGo();
    } finally {
      forcer.shutdown();
      locks.release();
      saveIndex(1);
    }
  }
}
