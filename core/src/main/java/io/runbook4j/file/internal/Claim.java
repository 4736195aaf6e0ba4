package io.runbook4j.file.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps two processes, and two owners in one process, off one file. The operating system lets go of
 * it when the process dies. Safe for many threads.
 */
public final class Claim implements Closeable {
  /**
   * For the whole JVM, because POSIX locks belong to the process: they vanish when it closes any
   * descriptor of the lock file, so a second owner must not even open it.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path lockFile;
  private final FileChannel channel;

  private Claim(Path lockFile, FileChannel channel) {
    this.lockFile = lockFile;
    this.channel = channel;
  }

  /**
   * {@return the claim on a file; empty if this or another process has it} The lock is on a file of
   * that name with {@code .lock} behind it, which is left there.
   *
   * @param file in a folder that exists
   * @throws IOException if the file system has no locks, or the folder may not be written
   */
  public static Optional<Claim> on(Path file) throws IOException {
    Path folder = Disk.folderOf(file).toRealPath();
    Path lockFile = folder.resolve(file.getFileName() + ".lock");
    synchronized (HELD) {
      if (!HELD.add(lockFile)) {
        return Optional.empty();
      }
      Optional<Claim> claim = Optional.empty();
      try {
        claim = lock(lockFile);
        return claim;
      } finally {
        if (claim.isEmpty()) {
          HELD.remove(lockFile);
        }
      }
    }
  }

  /**
   * Claims a file for an owner that keeps it while it is open, and makes its folder if there is
   * none.
   *
   * @param what the file is, as the beginning of a sentence
   * @throws IllegalStateException if another owner has it
   * @throws IOException if the file system has no locks, or the folder may not be written
   */
  public static Claim of(Path file, String what) throws IOException {
    Files.createDirectories(Disk.folderOf(file));
    return on(file)
        .orElseThrow(() -> new IllegalStateException(what + " " + file
            + " is held by another owner, of this process or another one. Nothing was changed. Give"
            + " each a file of its own, or close the other one first."));
  }

  private static Optional<Claim> lock(Path lockFile) throws IOException {
    FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // held by a copy of this class that another class loader made
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock == null ? Optional.empty() : Optional.of(new Claim(lockFile, channel));
  }

  /** Lets go of it; a second time does nothing. */
  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      if (channel.isOpen()) {
        HELD.remove(lockFile);
        channel.close();
      }
    }
  }
}
