package io.runbook4j.file.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A file on the machine's disk. */
final class SystemFile implements Disk.AppendedFile {
  private final RandomAccessFile file;

  SystemFile(Path path) throws IOException {
    this.file = new RandomAccessFile(path.toFile(), "rw");
    file.seek(file.length());
  }

  @Override
  public void append(byte[] bytes, int length) throws IOException {
    file.write(bytes, 0, length);
  }

  @Override
  public void force() throws IOException {
    // An append changes the length, so that fdatasync would write the same metadata as fsync.
    file.getFD().sync();
  }

  @Override
  public void truncate(long length) throws IOException {
    file.setLength(length);
    file.seek(length);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
