package io.runbook4j.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The lines of a file, one after the other, in a buffer that holds the longest of them. Reads
 * through {@link RandomAccessFile}, which, unlike a channel, an interrupt does not close.
 */
final class Lines implements Closeable {
  private static final long MOST = 128 * 1024;

  private final RandomAccessFile file;
  private byte[] buffer;
  private int filled;
  private int start;
  private int end;
  private boolean terminated = true;
  private long bufferOffset;
  private long number;

  Lines(Path path) throws IOException {
    this.file = new RandomAccessFile(path.toFile(), "r");
    this.buffer = new byte[(int) Math.max(1_024, Math.min(MOST, file.length() + 1))];
  }

  /**
   * Goes to the next line.
   *
   * @return whether there is one
   */
  boolean next() throws IOException {
    start = number == 0 ? 0 : terminated ? end + 1 : end;
    int from = start;
    while (true) {
      for (int i = from; i < filled; i++) {
        if (buffer[i] == '\n') {
          end = i;
          number++;
          return true;
        }
      }
      int scanned = filled - start;
      if (!fill()) {
        end = filled;
        terminated = false;
        number++;
        return end > start;
      }
      from = start + scanned;
    }
  }

  private boolean fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, filled - start);
      bufferOffset += start;
      filled -= start;
      start = 0;
    }
    if (filled == buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.multiplyExact(buffer.length, 2));
    }
    int read = file.read(buffer, filled, buffer.length - filled);
    if (read > 0) {
      filled += read;
    }
    return read > 0;
  }

  byte[] buffer() {
    return buffer;
  }

  /** {@return where the line begins in the buffer} */
  int start() {
    return start;
  }

  /** {@return where the line ends in the buffer, its line break excluded} */
  int end() {
    return end;
  }

  /** {@return whether the line ends with a line break, not with the file} */
  boolean isTerminated() {
    return terminated;
  }

  /** {@return where the line begins in the file} */
  long offset() {
    return bufferOffset + start;
  }

  /** {@return the line's number, from 1} */
  long number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
