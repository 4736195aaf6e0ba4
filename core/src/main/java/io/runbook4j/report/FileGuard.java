package io.runbook4j.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds a file for one thread of one process, by a lock on the empty file {@code NAME.lock} next to
 * it. The lock file stays: who deleted it would let two in.
 */
final class FileGuard {
  // A file lock belongs to the whole process. The changes are short, so one for all files will do.
  private static final ReentrantLock PROCESS = new ReentrantLock();

  private final FileChannel channel;
  private final FileLock lock;
  private final boolean interrupted;

  private FileGuard(FileChannel channel, FileLock lock, boolean interrupted) {
    this.channel = channel;
    this.lock = lock;
    this.interrupted = interrupted;
  }

  /** Waits for the file. An interrupt, which would close channels half way, is kept for later. */
  static FileGuard of(Path file) {
    Path guard = file.resolveSibling(file.getFileName() + ".lock");
    PROCESS.lock();
    boolean interrupted = Thread.interrupted();
    boolean held = false;
    try {
      FileGuard taken = lock(guard, interrupted);
      held = true;
      return taken;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "File " + guard + " cannot be locked: " + e
              + ". Nothing was changed. Name a place that may" + " be written.",
          e);
    } finally {
      if (!held) {
        letGo(interrupted);
      }
    }
  }

  private static void letGo(boolean interrupted) {
    PROCESS.unlock();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static FileGuard lock(Path guard, boolean interrupted) throws IOException {
    Path folder = guard.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    FileChannel channel =
        FileChannel.open(guard, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      return new FileGuard(channel, channel.lock(), interrupted);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Lets go of the file. */
  void release() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("A lock cannot be released: " + e + ". End this process.", e);
    } finally {
      letGo(interrupted);
    }
  }
}
