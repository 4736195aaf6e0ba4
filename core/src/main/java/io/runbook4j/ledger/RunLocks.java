package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two processes, and two ledgers of one process, off one run. Safe for many threads.
 *
 * <p>A run is one byte of the folder's lock file, at a place that follows from its id; locking a
 * byte needs no byte to be there. The operating system lets go of it when the process dies.
 */
final class RunLocks {
  /**
   * For the whole JVM, because POSIX locks belong to the process: they vanish when it closes any
   * descriptor of the file, whichever channel locked it, and a second lock would be granted. So all
   * ledgers of a folder share one channel, and who holds what is written down here.
   */
  private static final Map<Path, RunLocks> SHARED = new HashMap<>();

  private static final int TRIES = 20_000;

  private final Path file;
  private final FileChannel channel;
  private final Map<RunId, FileLock> held = new HashMap<>();
  private int users;

  /** What came of an attempt to take a run. */
  enum Taking {
    TAKEN,
    HELD_HERE,
    HELD_ELSEWHERE
  }

  private RunLocks(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** {@return the locks of a folder; to be released as often as they were asked for} */
  static RunLocks of(Path folder) throws IOException {
    Path file = folder.toRealPath().resolve("ledger.lock");
    synchronized (SHARED) {
      RunLocks locks = SHARED.get(file);
      if (locks == null) {
        locks = new RunLocks(file);
        SHARED.put(file, locks);
      }
      locks.users++;
      return locks;
    }
  }

  /** Gives back what {@link #of} gave; the last one closes the lock file. */
  void release() {
    synchronized (SHARED) {
      if (--users > 0) {
        return;
      }
      SHARED.remove(file);
      try {
        channel.close();
      } catch (IOException e) {
        throw new LedgerException(
            "Lock file " + file + " could not be closed: " + e.getMessage()
                + ". What was acknowledged is intact.",
            e);
      }
    }
  }

  synchronized Taking take(RunId run) {
    if (held.containsKey(run)) {
      return Taking.HELD_HERE;
    }
    // A process that looks whether a run has died holds its lock for a moment.
    for (int i = 0; i < TRIES; i++) {
      FileLock lock = tryLock(run);
      if (lock != null) {
        held.put(run, lock);
        return Taking.TAKEN;
      }
      Thread.onSpinWait();
    }
    return Taking.HELD_ELSEWHERE;
  }

  synchronized void letGo(RunId run) {
    FileLock lock = held.remove(run);
    if (lock != null) {
      release(lock, run);
    }
  }

  /** {@return whether any process holds the run} */
  synchronized boolean isHeld(RunId run) {
    if (held.containsKey(run)) {
      return true;
    }
    FileLock lock = tryLock(run);
    if (lock == null) {
      return true;
    }
    release(lock, run);
    return false;
  }

  private @Nullable FileLock tryLock(RunId run) {
    try {
      return channel.tryLock(place(run), 1, false);
    } catch (OverlappingFileLockException e) {
      return null; // held by a copy of this class that another class loader made
    } catch (IOException e) {
      throw failed(run, e);
    }
  }

  private void release(FileLock lock, RunId run) {
    try {
      lock.release();
    } catch (IOException e) {
      throw failed(run, e);
    }
  }

  private LedgerException failed(RunId run, IOException e) {
    return new LedgerException(
        "The lock of run " + run + " in " + file + " cannot be used: " + e
            + ". The run's file was not touched. Use a folder on a file system with locks.",
        e);
  }

  /** {@return a place by FNV-1a, far below the largest offset that file systems take} */
  private static long place(RunId run) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < run.value().length(); i++) {
      hash = (hash ^ run.value().charAt(i)) * 0x100000001b3L;
    }
    return hash >>> 2;
  }
}
