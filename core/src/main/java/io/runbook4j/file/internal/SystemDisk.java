package io.runbook4j.file.internal;

import java.io.File;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Uses {@link java.io.RandomAccessFile}: an interrupt closes a channel, and must not. */
final class SystemDisk implements Disk {
  static final SystemDisk INSTANCE = new SystemDisk();

  private static final boolean FOLDERS_OPEN = File.separatorChar == '/';

  private SystemDisk() {}

  @Override
  public AppendedFile open(Path path) throws IOException {
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
