package io.runbook4j.ledger;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.ledger.Catalog.Digest;
import io.runbook4j.ledger.Catalog.Head;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.ReasonCount;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ledger in a folder: one JSON Lines file for each run, to be read with {@code less},
 * {@code grep} and {@code jq}. Safe for many threads, and for several processes on one folder, each
 * with runs of its own.
 *
 * <p>A file is only ever appended to, one line for each entry, and each line ends with the CRC32C
 * of the bytes before it. What a crash left half written behind the last whole line was never
 * acknowledged; readers ignore it, and it is cut off when the run is resumed. Any other damage is
 * reported with file and line. The folder also has a lock file, and an index that may be deleted at
 * any time.
 *
 * <p>Queries read the files anew, a line at a time.
 */
public final class FileLedger implements Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(FileLedger.class);

  /** Writing the index takes time for every run in it. */
  private static final int SAVED_AFTER = 16;

  private final Path folder;
  private final Force force;
  private final Disk disk;
  private final RunLocks locks;
  private final Catalog catalog;
  private final Map<RunId, RunWriter> writers = new ConcurrentHashMap<>();

  /** Those that a failed write has ended, so that the next record is told why. */
  private final Map<RunId, RunWriter> broken = new ConcurrentHashMap<>();

  private final AtomicBoolean closed = new AtomicBoolean();

  /** When what was written is forced to the disk. */
  public enum Force {
    /** Once for each call of {@link Ledger#record}: what it acknowledged outlasts a power cut. */
    EACH_RECORD,
    /**
     * By another thread, again and again while entries come: what was acknowledged outlasts the
     * process at once, and a power cut some milliseconds later. The end of a run is forced before
     * it is acknowledged.
     */
    IN_BACKGROUND,
    /** Never: what was acknowledged outlasts the process, not a power cut. */
    NEVER
  }

  /** Has a thread only while there is something to force. */
  private final ExecutorService forcer = new ThreadPoolExecutor(
      0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), FileLedger::forcerThread);

  private static Thread forcerThread(Runnable work) {
    Thread thread = new Thread(work, "runbook4j-ledger-force");
    thread.setDaemon(true);
    return thread;
  }

  private FileLedger(Builder builder) throws IOException {
    this.force = builder.force;
    this.disk = builder.disk;
    Files.createDirectories(builder.folder);
    this.folder = builder.folder.toRealPath();
    this.locks = RunLocks.of(folder);
    this.catalog = new Catalog(folder);
  }

  /**
   * {@return a ledger in this folder, which is created if there is none}
   *
   * @throws LedgerException if it is not a folder, or may not be written
   */
  public static FileLedger open(Path folder) {
    return builder(folder).open();
  }

  /** {@return a builder of a ledger in this folder} */
  public static Builder builder(Path folder) {
    return new Builder(folder);
  }

  @Override
  public void record(RunId run, List<LedgerEntry> entries) {
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
      append(writer(run, first), run, entries, 0);
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
      throw new IllegalStateException("Run " + run + " must be taken with RunStarted or RunResumed"
          + " first, was given " + first.getClass().getSimpleName());
    }
    return writer;
  }

  private void append(RunWriter writer, RunId run, List<LedgerEntry> entries, long sequence) {
    try {
      writer.append(entries, sequence);
    } finally {
      if (writer.isBroken()) {
        broken.put(run, writer);
        letGo(run);
      } else if (writer.isFinished()) {
        writer.remember(catalog);
        letGo(run);
        saveIndex(SAVED_AFTER);
      }
    }
  }

  private void start(RunId run, RunStarted started, List<LedgerEntry> entries) {
    if (!started.run().equals(run)) {
      throw new IllegalStateException(
          "Run " + run + " cannot begin with the RunStarted of run " + started.run());
    }
    refuseKnown(run);
    take(run, "started");
    try {
      refuseKnown(run);
      RunWriter writer = openWriter(run, new RunReplay(new RunTally(run, RunFollower.NONE), 0));
      disk.forceFolder(folder);
      Head head = new Head(started, catalog.nextSequence());
      append(writer, run, entries, head.sequence());
      catalog.began(head);
    } catch (IOException e) {
      letGo(run);
      throw unwritable(run, e);
    } catch (LedgerException e) {
      letGo(run);
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

  private void resume(RunId run, List<LedgerEntry> entries) {
    known(run);
    take(run, "resumed");
    try {
      RunReplay replay = RunReplay.of(catalog.file(run), run, RunFollower.NONE);
      append(openWriter(run, replay), run, entries, 0);
    } catch (IOException e) {
      letGo(run);
      throw unwritable(run, e);
    } catch (LedgerException e) {
      letGo(run);
      throw e;
    }
  }

  private RunWriter openWriter(RunId run, RunReplay replay) throws IOException {
    Path file = catalog.file(run);
    Disk.AppendedFile opened = disk.open(file);
    RunWriter writer = new RunWriter(
        file,
        force == Force.IN_BACKGROUND ? new BackgroundForce(opened, forcer, Time.system()) : opened,
        run,
        replay,
        force);
    broken.remove(run);
    writers.put(run, writer);
    return writer;
  }

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

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("Ledger " + folder + " must be open, was closed");
    }
  }

  private void letGo(RunId run) {
    RunWriter writer = writers.remove(run);
    try {
      if (writer != null) {
        writer.close();
      }
    } finally {
      locks.letGo(run);
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

  @Override
  public List<RunSummary> runs(String job, int limit) {
    List<Head> heads = new ArrayList<>(catalog.heads(job));
    Collections.reverse(heads);
    return heads.stream().limit(limit).map(this::summary).toList();
  }

  @Override
  public Optional<RunSummary> run(RunId run) {
    return catalog.head(run).map(this::summary);
  }

  private RunSummary summary(Head head) {
    RunWriter writer = writers.get(head.run());
    if (writer != null) {
      return writer.summary();
    }
    // In this order: a run that is let go in between has its end in the file by then.
    boolean held = locks.isHeld(head.run());
    Digest digest = catalog.digest(head.run());
    return digest.totals().summary(head.started(), held, digest.finished());
  }

  @Override
  public List<RunSummary> died() {
    return catalog.heads().stream()
        .filter(head -> !locks.isHeld(head.run()))
        .filter(head -> catalog.digest(head.run()).finished().isEmpty())
        .map(this::summary)
        .toList();
  }

  @Override
  public ResumePoint resumePoint(RunId run) {
    known(run);
    ResumeWindow window = new ResumeWindow();
    RunTally tally = RunReplay.of(catalog.file(run), run, window).tally();
    return tally.resumePoint(window.settled());
  }

  @Override
  public List<ItemRecord> items(RunId run, ItemFilter filter) {
    known(run);
    boolean held = locks.isHeld(run);
    ItemTrail trail = new ItemTrail(run);
    RunTally tally = RunReplay.of(catalog.file(run), run, trail).tally();
    return filter.select(trail.items(tally.open(), held && !tally.isFinished()));
  }

  @Override
  public List<ItemRecord> outstanding(String job, ItemFilter filter) {
    return filter.select(new JobScan(catalog, locks::isHeld).outstanding(catalog.heads(job)));
  }

  @Override
  public List<ReasonCount> reasons(String job, Instant since, Duration stretch) {
    ReasonTally reasons = new ReasonTally(since, stretch);
    for (Head head : catalog.heads(job)) {
      if (!catalog.digest(head.run()).lastAt().isBefore(since)) {
        RunReplay.of(catalog.file(head.run()), head.run(), reasons);
      }
    }
    return reasons.counts();
  }

  @Override
  public List<LedgerEntry> entries(RunId run) {
    known(run);
    List<LedgerEntry> entries = new ArrayList<>();
    RunReplay.of(catalog.file(run), run, RunFollower.NONE, entries::add);
    return List.copyOf(entries);
  }

  /**
   * Removes old runs, each whole. What {@link #outstanding} answers stays the same: a run stays if
   * it goes on, has the newest record of an outstanding item, has the success that ended a trouble
   * in a run that stays, or is what an unfinished rerun that stays is about.
   *
   * @param now against which the age counts
   * @return the runs removed
   */
  public List<RunId> removeRuns(Retention rule, Instant now) {
    List<RunId> removed = new ArrayList<>();
    TreeSet<String> jobs = new TreeSet<>();
    catalog.heads().forEach(head -> jobs.add(head.started().job()));
    for (String job : jobs) {
      for (Head head : new RetentionPlan(catalog, locks::isHeld, job).removable(rule, now)) {
        take(head.run(), "removed");
        try {
          Files.delete(catalog.file(head.run()));
          catalog.forget(head.run());
          removed.add(head.run());
        } catch (IOException e) {
          throw unwritable(head.run(), e);
        } finally {
          locks.letGo(head.run());
        }
      }
    }
    return List.copyOf(removed);
  }

  private void known(RunId run) {
    if (!catalog.exists(run)) {
      throw new LedgerException("Run " + run + " is unknown: there is no file " + catalog.file(run)
          + " that begins it. Check the id and the folder.");
    }
  }

  /** {@return the folder} */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      List.copyOf(writers.keySet()).forEach(this::letGo);
      saveIndex(1);
    } finally {
      forcer.shutdown();
      locks.release();
    }
  }

  /** Collects options. Not safe for many threads. */
  public static final class Builder {
    private final Path folder;
    private Force force = Force.EACH_RECORD;
    private Disk disk = Disk.system();

    private Builder(Path folder) {
      this.folder = Objects.requireNonNull(folder, "folder");
    }

    /** Sets when to force to the disk. Default {@link Force#EACH_RECORD}. */
    public Builder force(Force force) {
      this.force = Objects.requireNonNull(force, "force");
      return this;
    }

    Builder disk(Disk disk) {
      this.disk = disk;
      return this;
    }

    /**
     * {@return the ledger, open}
     *
     * @throws LedgerException if the folder is not one, or may not be written
     */
    public FileLedger open() {
      try {
        return new FileLedger(this);
      } catch (IOException e) {
        throw new LedgerException(
            "Ledger folder " + folder + " cannot be opened: " + e
                + ". Nothing was changed. Name a folder, or the place of a new one, that this"
                + " process may write.",
            e);
      }
    }
  }
}
