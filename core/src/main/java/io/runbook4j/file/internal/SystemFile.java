package io.runbook4j.file.internal;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file on the machine's disk. */
final class SystemFile implements Disk.AppendedFile {
  private static final Logger LOG = LoggerFactory.getLogger(SystemFile.class);

  /** Windows has no such force, and opens the channel with threads that never end. */
  private static final boolean FORCES_DATA_ONLY = File.separatorChar == '/';

  private static final byte[] SPACES = " ".repeat(8 * 1024).getBytes(StandardCharsets.US_ASCII);

  private final Path path;
  private final RandomAccessFile file;

  /** Where the next append goes. */
  private long end;

  /** How long the file is, with what is reserved behind its end. */
  private long reservedTo;

  /**
   * To force a file without its times, which only a channel can; of this kind, since an interrupt
   * does not close it. Null until something is reserved.
   */
  private @Nullable AsynchronousFileChannel channel;

  SystemFile(Path path) throws IOException {
    this.path = path;
    this.file = new RandomAccessFile(path.toFile(), "rw");
    this.end = file.length();
    this.reservedTo = end;
    file.seek(end);
  }

  @Override
  public void append(byte[] bytes, int length) throws IOException {
    file.write(bytes, 0, length);
    end += length;
    reservedTo = Math.max(end, reservedTo);
  }

  @Override
  public void reserve(int bytes) throws IOException {
    if (!FORCES_DATA_ONLY) {
      return;
    }
    if (channel == null) {
      channel = AsynchronousFileChannel.open(path, StandardOpenOption.WRITE);
    }
    reservedTo = Math.max(end + bytes, reservedTo);
    try {
      for (int left = bytes; left > 0; left -= SPACES.length) {
        file.write(SPACES, 0, Math.min(left, SPACES.length));
      }
    } finally {
      file.seek(end);
    }
  }

  @Override
  public void force() throws IOException {
    if (channel == null) {
      // An append changes the length, so that fdatasync would write the same metadata as fsync.
      file.getFD().sync();
    } else {
      channel.force(false);
    }
  }

  @Override
  public void truncate(long length) throws IOException {
    end = length;
    reservedTo = length; // also if this throws: to close the file must not try again
    // Not where there is nothing to cut: ext4, as it is mounted by default, takes a file that was
    // cut to nothing for one that is being replaced, and begins to write all of it to the disk when
    // it is closed (auto_da_alloc: https://git.kernel.org/torvalds/c/afd4672dc761).
    if (file.length() != length) {
      file.setLength(length);
    }
    file.seek(length);
  }

  @Override
  public void release() {
    if (reservedTo == end) {
      return;
    }
    reservedTo = end; // also if this fails: to try again would fail again
    try {
      file.setLength(end);
    } catch (IOException e) {
      LOG.warn("Spaces stay at the end of a file, and do no harm. file={}", path, e);
    }
  }

  @Override
  public void close() throws IOException {
    release();
    try {
      file.close();
    } finally {
      if (channel != null) {
        channel.close();
      }
    }
  }
}
