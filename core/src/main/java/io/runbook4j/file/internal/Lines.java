package io.runbook4j.file.internal;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The lines of a file, one after the other, in a buffer that holds the longest of them. Reads
 * through {@link RandomAccessFile}, which, unlike a channel, an interrupt does not close. Not safe
 * for many threads.
 *
 * <p>What stands behind the last whole line is a torn tail: room that was reserved, or the rest of
 * a write that the process or the machine did not finish, or has not finished yet. It is taken for
 * that only if no whole line of a later write follows; else the bytes in between were whole once,
 * and are damaged. Lines that one write wrote together, of which a power cut may have kept the
 * later and not the earlier, say where their write began.
 */
public final class Lines implements Closeable {
  private static final byte[] TYPE = Ascii.bytes("{\"type\":\"");
  private static final long MOST = 128 * 1024;

  private final RandomAccessFile file;
  private byte[] buffer;
  private int filled;
  private int start;
  private int end = -1;
  private boolean terminated = true;
  private long bufferOffset;
  private long number;

  /** Opens a file. */
  public Lines(Path path) throws IOException {
    this(path, 0);
  }

  /** Opens a file, to read the lines behind its first {@code offset} bytes. */
  public Lines(Path path, long offset) throws IOException {
    this.file = new RandomAccessFile(path.toFile(), "r");
    this.buffer = new byte[(int) Math.max(1_024, Math.min(MOST, file.length() - offset + 1))];
    this.bufferOffset = offset;
    file.seek(offset);
  }

  /**
   * Goes to the next line. One without a line break is the last, whatever a writer adds meanwhile:
   * its other half would be taken for a line of its own.
   *
   * @return whether there is one
   */
  public boolean next() throws IOException {
    if (!terminated) {
      return false;
    }
    start = end + 1;
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

  /** {@return the bytes around the line; until the next one} */
  public byte[] buffer() {
    return buffer;
  }

  /** {@return where the line begins in the buffer} */
  public int start() {
    return start;
  }

  /** {@return where the line ends in the buffer, its line break excluded} */
  public int end() {
    return end;
  }

  /** {@return whether the line has its line break: a write that was cut off has not} */
  public boolean isTerminated() {
    return terminated;
  }

  /** {@return whether the line is one that {@link JsonLine} has sealed, its line break included} */
  public boolean isWhole() {
    return terminated && Seal.isIntact(buffer, start, end);
  }

  /**
   * Looks, from a line that is not whole to the end of the file, for a whole line of a later write.
   *
   * @return whether there is none, so that the line began a torn tail, and no line is left; if
   *     there is one, the line is read anew, since a writer may have been about to write it where
   *     it had reserved room: it is damaged if it is not whole now
   */
  public boolean isTornTail() throws IOException {
    long torn = offset();
    long tornNumber = number;
    do {
      if (isEvidence(start, torn) || endsWithAWholeLine(torn)) {
        readAnew(torn, tornNumber);
        return false;
      }
    } while (next());
    return true;
  }

  private void readAnew(long offset, long lineNumber) throws IOException {
    file.seek(offset);
    bufferOffset = offset;
    filled = 0;
    end = -1;
    terminated = true;
    number = lineNumber - 1;
    next();
  }

  /** {@return whether, the line break before it being damaged, a whole line ends this one} */
  private boolean endsWithAWholeLine(long torn) {
    for (int i = start + 1; i < end; i++) {
      if (buffer[i] == '{' && Ascii.has(TYPE, buffer, i, end) && isEvidence(i, torn)) {
        return true;
      }
    }
    return false;
  }

  private boolean isEvidence(int from, long torn) {
    long offset = bufferOffset + from;
    return offset > torn
        && Seal.isIntact(buffer, from, end)
        && Seal.writeOffset(buffer, from, end, offset) > torn;
  }

  /** {@return where the line begins in the file} */
  public long offset() {
    return bufferOffset + start;
  }

  /** {@return the line's number, from 1} */
  public long number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
