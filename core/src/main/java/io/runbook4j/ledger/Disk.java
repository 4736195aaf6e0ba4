package io.runbook4j.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The few things a ledger does to a disk; what a test replaces to make a disk full. */
interface Disk {
  /** The machine's own. */
  Disk SYSTEM = new SystemDisk();

  /** Opens a file for appending, and creates it if there is none. */
  RunFile open(Path path) throws IOException;

  /** Makes a new name in the folder outlast a power cut. */
  void forceFolder(Path folder) throws IOException;

  /** One file that is appended to. */
  interface RunFile extends Closeable {
    /** Writes at the end, all or, if it throws, perhaps a part. */
    void append(byte[] bytes, int length) throws IOException;

    /** Makes what was written outlast a power cut. */
    void force() throws IOException;

    /** Cuts the file off; the next append goes there. */
    void truncate(long length) throws IOException;
  }

  /** Uses {@link java.io.RandomAccessFile}: an interrupt closes a channel, and must not. */
  final class SystemDisk implements Disk {
    private static final boolean FOLDERS_OPEN = java.io.File.separatorChar == '/';

    private SystemDisk() {}

    @Override
    public RunFile open(Path path) throws IOException {
      return new SystemFile(path);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
      if (!FOLDERS_OPEN) {
        return; // Windows cannot open a folder, and keeps names in its journal
      }
      boolean interrupted = Thread.interrupted();
      try {
        while (!tryForceFolder(folder)) {
          interrupted |= Thread.interrupted();
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private static boolean tryForceFolder(Path folder) throws IOException {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
        return true;
      } catch (ClosedByInterruptException e) {
        return false;
      }
    }
  }
}
