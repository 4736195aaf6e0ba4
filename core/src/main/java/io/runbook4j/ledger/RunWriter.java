package io.runbook4j.ledger;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.file.internal.JsonLine;
import io.runbook4j.ledger.Catalog.Head;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Appends to one run's file. Safe for many threads. */
final class RunWriter {
  /**
   * A force of a file that is as long as before takes 0.7 of the time, since its length need not be
   * written. More room at once gains nothing more.
   */
  private static final int MOST_ROOM = 64 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Path path;
  private final RunId run;
  private final Disk.AppendedFile file;
  private final RunTally tally;
  private final FileLedger.Force force;
  private final JsonLine lines = new JsonLine();
  private final EntryEncoder encoder = new EntryEncoder(lines);

  /** The bytes of all acknowledged lines. */
  private long length;

  /** Up to where room is reserved. */
  private long room;

  private boolean reserves;
  private boolean closed;
  private @Nullable LedgerException broken;

  /** Goes on behind the whole lines of a file; what stands behind them is cut off. */
  RunWriter(Path path, Disk.AppendedFile file, RunId run, RunReplay replay, FileLedger.Force force)
      throws IOException {
    this.path = path;
    this.run = run;
    this.file = file;
    this.tally = replay.tally();
    this.length = replay.validLength();
    this.force = force;
    this.reserves = force == FileLedger.Force.EACH_RECORD;
    file.truncate(length);
  }

  /**
   * Writes the entries with one write and forces them once.
   *
   * @param taking where the run stands among the others, if the first entry takes it
   */
  void append(List<LedgerEntry> entries, Taking taking) {
    locked(tally -> {
      if (broken != null) {
        throw new LedgerException(String.valueOf(broken.getMessage()), broken);
      }
      if (closed) {
        throw new IllegalStateException(
            "Run " + run + " must be held, was let go: its ledger was closed meanwhile");
      }
      lines.clear();
      taking.after().ifPresent(tally::after);
      try {
        addAll(entries, taking);
      } catch (Error e) { // no memory for the line, say: the tally is ahead of the file then
        broken(e.toString(), e);
        throw e;
      }
      return entries;
    });
  }

  private void addAll(List<LedgerEntry> entries, Taking taking) {
    try {
      for (LedgerEntry entry : entries) {
        add(entry, taking);
      }
    } catch (IllegalStateException e) {
      write(); // the entries before it fit, and are counted
      throw e;
    } catch (RuntimeException e) {
      throw broken("an entry could not be written as JSON", e);
    }
    write();
  }

  private void add(LedgerEntry entry, Taking taking) {
    List<String> keys = List.of();
    if (entry instanceof ChunkDone done) {
      keys = tally.open(done.number()).map(begun -> begun.chunk().keys()).orElse(keys);
    }
    tally.add(entry);
    long from = length + lines.length();
    if (entry instanceof RunStarted started) {
      encoder.started(taking.head(started));
    } else {
      encoder.entry(entry, keys);
    }
    if (entry instanceof RunResumed) {
      encoder.after(taking.after());
    }
    if (from > length) {
      lines.number("from", length);
    }
    lines.seal();
  }

  private void write() {
    if (lines.length() == 0) {
      return;
    }
    try {
      file.append(lines.bytes(), lines.length());
      makeRoom(length + lines.length());
      if (force != FileLedger.Force.NEVER) {
        file.force();
      }
      length += lines.length();
    } catch (IOException e) {
      throw broken(e.getMessage(), e);
    }
  }

  /** Reserves as much as there is already, up to a limit, or lets go of it at the end. */
  private void makeRoom(long end) {
    if (tally.isFinished()) {
      file.release();
    } else if (reserves && end > room) {
      int bytes = (int) Math.min(end, MOST_ROOM);
      room = end + bytes;
      try {
        file.reserve(bytes);
      } catch (IOException e) {
        reserves = false; // the record has found its place; those to come may, too
        file.release();
      }
    }
  }

  /** Returns when what was appended is forced, if it is to be forced at all. */
  void force() {
    if (force != FileLedger.Force.IN_BACKGROUND) {
      return;
    }
    locked(tally -> {
      try {
        file.forceNow();
      } catch (IOException e) {
        throw broken("it could not be forced: " + e.getMessage(), e);
      }
      return run;
    });
  }

  /** Takes back what was not acknowledged, and refuses all that comes after. */
  private LedgerException broken(@Nullable String seen, Throwable cause) {
    LedgerException failure = new LedgerException(
        "Ledger file " + path + " could not be written: " + seen + ". All " + length
            + " bytes acknowledged before are intact, this record is not among them, and the ledger"
            + " writes no more of run " + run
            + ". Make room or mend the disk, then resume the run.",
        cause);
    broken = failure;
    try {
      file.truncate(length);
    } catch (IOException e) {
      // The next reader takes the rest for a torn tail and cuts it off.
      failure.addSuppressed(e);
    }
    return failure;
  }

  boolean isBroken() {
    return locked(tally -> broken != null);
  }

  boolean isFinished() {
    return locked(RunTally::isFinished);
  }

  void remember(Catalog catalog) {
    locked(tally -> {
      catalog.remember(run, tally, length);
      return run;
    });
  }

  Instant clock() {
    return locked(RunTally::clock);
  }

  RunSummary summary() {
    return locked(tally -> tally.summary(true));
  }

  /** Closes the file, but not under a record that is being written, whose end it would cut off. */
  void close() {
    locked(tally -> {
      closed = true;
      try {
        file.close();
        return run;
      } catch (IOException e) {
        throw new LedgerException(
            "Ledger file " + path + " could not be closed: " + e.getMessage()
                + ". The run can be resumed.",
            e);
      }
    });
  }

  private <R> R locked(Function<RunTally, R> work) {
    lock.lock();
    try {
      return work.apply(tally);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Where a run stands among the others when it is taken.
   *
   * @param sequence of a new run; 0 for others
   * @param after as in {@link Head}
   */
  record Taking(long sequence, Optional<Instant> after) {
    static final Taking NONE = new Taking(0, Optional.empty());

    Head head(RunStarted started) {
      return new Head(started, sequence, after);
    }
  }
}
