package io.runbook4j.ledger;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.ledger.Catalog.Digest;
import io.runbook4j.ledger.Catalog.Head;
import io.runbook4j.ledger.RetentionPlan.Removable;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.ReasonCount;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A ledger in a folder: one JSON Lines file for each run, to be read with {@code less},
 * {@code grep} and {@code jq}. Safe for many threads, and for several processes on one folder, each
 * with runs of its own.
 *
 * <p>Lines are only ever added, one for each entry, and each line ends with the CRC32C of the bytes
 * before it. What a crash left half written behind the last whole line was never acknowledged;
 * readers ignore it, and it is cut off when the run is resumed. Any other damage is reported with
 * file and line. Where each record is forced, up to 64 KiB of spaces stand behind the last line of
 * a run that goes on, or was not resumed after a crash, as room for the next ones. The folder also
 * has a lock file, and an index that may be deleted at any time.
 *
 * <p>Queries read the files anew, a line at a time. {@link #close} waits for a record that is being
 * written, as long as the disk takes. After it, and a runner calls it too, what needs to know
 * whether a run is held throws {@link IllegalStateException}: open the folder again.
 */
public final class FileLedger implements Ledger {
  private final Path folder;
  private final Catalog catalog;
  private final TakenRuns taken;

  /** When what was written is forced to the disk. */
  public enum Force {
    /** Once for each call of {@link Ledger#record}: what it acknowledged outlasts a power cut. */
    EACH_RECORD,
    /**
     * By another thread, again and again while entries come: what was acknowledged outlasts the
     * process at once, and a power cut some milliseconds later, or when {@link #force} returns. The
     * end of a run is forced before it is acknowledged.
     */
    IN_BACKGROUND,
    /** Never: what was acknowledged outlasts the process, not a power cut. */
    NEVER
  }

  private FileLedger(Builder builder) throws IOException {
    Files.createDirectories(builder.folder);
    this.folder = builder.folder.toRealPath();
    this.catalog = new Catalog(folder);
    this.taken = new TakenRuns(folder, catalog, builder.disk, builder.force);
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
    taken.record(run, entries);
  }

  @Override
  public void force(RunId run) {
    taken.force(run);
  }

  @Override
  public List<RunSummary> runs(String job, int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("limit must be at least 0, was " + limit);
    }
    return catalog.asOne(() -> {
      List<Head> heads = new ArrayList<>(catalog.heads(job));
      Collections.reverse(heads);
      return heads.stream().limit(limit).map(this::summary).toList();
    });
  }

  @Override
  public Optional<RunSummary> run(RunId run) {
    return catalog.asOne(() -> catalog.head(run).map(this::summary));
  }

  private RunSummary summary(Head head) {
    return taken.summary(head.run()).orElseGet(() -> {
      // In this order: a run that is let go in between has its end in the file by then.
      boolean held = taken.isHeld(head.run());
      Digest digest = catalog.digest(head.run());
      return digest.totals().summary(head.started(), held, digest.finished());
    });
  }

  @Override
  public List<RunSummary> died() {
    return catalog.asOne(() -> catalog.heads().stream()
        .filter(head -> !taken.isHeld(head.run()))
        .filter(head -> catalog.digest(head.run()).finished().isEmpty())
        .map(this::summary)
        .toList());
  }

  @Override
  public ResumePoint resumePoint(RunId run) {
    catalog.requireKnown(run);
    ResumeWindow window = new ResumeWindow();
    RunTally tally = RunReplay.of(catalog.file(run), run, window).tally();
    return tally.resumePoint(window.settled());
  }

  @Override
  public List<ItemRecord> items(RunId run, ItemFilter filter) {
    catalog.requireKnown(run);
    boolean held = taken.isHeld(run);
    ItemTrail trail = new ItemTrail(run);
    RunTally tally = RunReplay.of(catalog.file(run), run, trail).tally();
    return filter.select(trail.items(tally.open(), held && !tally.isFinished()));
  }

  @Override
  public List<ItemRecord> outstanding(String job, ItemFilter filter) {
    return filter.select(
        catalog.asOne(() -> new JobScan(catalog, taken::isHeld).outstanding(catalog.heads(job))));
  }

  @Override
  public List<ReasonCount> reasons(String job, Instant since, Duration stretch) {
    return catalog.asOne(() -> {
      ReasonTally reasons = new ReasonTally(since, stretch);
      for (Head head : catalog.heads(job)) {
        if (!catalog.digest(head.run()).times().lastAt().isBefore(since)) {
          RunReplay.of(catalog.file(head.run()), head.run(), reasons);
        }
      }
      return reasons.counts();
    });
  }

  @Override
  public List<LedgerEntry> entries(RunId run) {
    catalog.requireKnown(run);
    List<LedgerEntry> entries = new ArrayList<>();
    RunReplay.of(catalog.file(run), run, RunFollower.NONE, entries::add);
    return List.copyOf(entries);
  }

  /**
   * Removes old runs, each whole. What {@link #outstanding} answers stays the same, but for what
   * had no key: a run stays if it goes on, has the newest record of an outstanding item with a key,
   * has the success that ended a trouble in a run that stays, or is what an unfinished rerun that
   * stays is about.
   *
   * @param now against which the age counts
   * @return the runs removed
   */
  public List<RunId> removeRuns(Retention rule, Instant now) {
    List<RunId> removed = new ArrayList<>();
    TreeSet<String> jobs = new TreeSet<>();
    catalog.asOne(catalog::heads).forEach(head -> jobs.add(head.started().job()));
    for (String job : jobs) {
      boolean isDone = false;
      while (!isDone) {
        isDone = remove(plan(job, rule, now), removed);
      }
    }
    return List.copyOf(removed);
  }

  private List<Removable> plan(String job, Retention rule, Instant now) {
    return catalog.asOne(() -> new RetentionPlan(catalog, taken::isHeld, job).removable(rule, now));
  }

  /**
   * Removes the runs of a plan, and adds them to those removed before; none of them if one was
   * taken, or recorded anything, since the plan was made: it may need what the others hold.
   *
   * @return whether the plan still held
   */
  boolean remove(List<Removable> plan, List<RunId> removed) {
    List<RunId> mine = new ArrayList<>();
    try {
      for (Removable run : plan) {
        if (!taken.takeIfFree(run.run())) {
          return false;
        }
        mine.add(run.run());
        if (!catalog.isAsBefore(run.run(), run.stamp())) {
          return false;
        }
      }
      mine.forEach(run -> remove(run, removed));
      return true;
    } finally {
      mine.forEach(taken::letGo);
    }
  }

  private void remove(RunId run, List<RunId> removed) {
    try {
      Files.delete(catalog.file(run));
      catalog.forget(run);
      removed.add(run);
    } catch (IOException e) {
      throw new LedgerException(
          "Ledger file " + catalog.file(run) + " could not be removed: " + e
              + ". The run is whole, and so are those after it; runs " + removed
              + " were removed before. Check that the folder may be written.",
          e);
    }
  }

  /** {@return the folder} */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    taken.close();
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
