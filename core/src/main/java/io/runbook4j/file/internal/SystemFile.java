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
    // Not where there is nothing to cut: ext4, as it is mounted by default, takes a file that was
    // cut to nothing for one that is being replaced, and begins to write all of it to the disk when
    // it is closed (auto_da_alloc: https://git.kernel.org/torvalds/c/afd4672dc761).
    if (file.length() != length) {
      file.setLength(length);
    }
    file.seek(length);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
