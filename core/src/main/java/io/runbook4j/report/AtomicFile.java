package io.runbook4j.report;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Replaces a file whole: who reads it sees the old bytes or the new ones, after a crash too. */
final class AtomicFile {
  private AtomicFile() {}

  /** Writes the bytes; what there was stays if it throws. */
  static void write(Path file, byte[] bytes) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder == null) {
        throw new IOException("it names no file");
      }
      Files.createDirectories(folder);
      Path draft = Files.createTempFile(folder, "." + file.getFileName() + ".", ".tmp");
      try {
        fill(draft, bytes);
        move(draft, file);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "File " + file + " could not be written: " + e
              + ". What was there before is untouched. Name a place that may be written and has"
              + " room.",
          e);
    }
  }

  private static void fill(Path draft, byte[] bytes) throws IOException {
    try (FileOutputStream out = new FileOutputStream(draft.toFile())) {
      out.write(bytes);
      out.getFD().sync();
    }
  }

  private static void move(Path draft, Path file) throws IOException {
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("its folder cannot replace a file in one step", e);
    }
  }
}
