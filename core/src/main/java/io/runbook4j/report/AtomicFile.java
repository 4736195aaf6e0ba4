package io.runbook4j.report;

import io.runbook4j.file.internal.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Replaces a file whole, and makes its folder if there is none. Safe for many threads. */
final class AtomicFile {
  private AtomicFile() {}

  /** Writes the bytes; what there was stays if it throws. */
  // One at a time, because all of a process's threads would write the same draft.
  static synchronized void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(Disk.folderOf(file));
      Disk.system().replace(file, draft -> draft.append(bytes, bytes.length));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "File " + file + " could not be written: " + e
              + ". What was there before is untouched. Name a place that may be written and has"
              + " room.",
          e);
    }
  }
}
