package io.runbook4j.integrity;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Sorted records in a temporary file, which on Linux and macOS has no name from the start, so that
 * its space comes back however the process ends.
 */
final class SpillRun extends RecordCursor implements AutoCloseable {
  private static final int WRITE_BYTES = 1 << 16;

  private final FileChannel file;
  private long filePosition;
  private int next;
  private int end;

  private SpillRun(FileChannel file) {
    this.file = file;
  }

  /** {@return a file with all records that are left of a series} */
  static SpillRun write(Path folder, RecordCursor records) throws IOException {
    Path path = Files.createTempFile(folder, "runbook4j-", ".spill");
    SpillRun run = new SpillRun(FileChannel.open(
        path,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE));
    try {
      run.writeAll(records);
      return run;
    } catch (IOException | RuntimeException e) {
      run.close();
      throw e;
    }
  }

  private void writeAll(RecordCursor records) throws IOException {
    byte[] buffer = new byte[WRITE_BYTES];
    int used = 0;
    while (records.advance()) {
      int keyLength = records.keyTo - records.keyFrom;
      int from = records.keyFrom - lengthOfLength(keyLength);
      int length = records.payloadTo - from;
      if (length > buffer.length - used) {
        put(buffer, used);
        used = 0;
      }
      if (length > buffer.length) {
        buffer = new byte[length];
      }
      System.arraycopy(records.bytes, from, buffer, used, length);
      used += length;
    }
    put(buffer, used);
  }

  private void put(byte[] buffer, int length) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(buffer, 0, length);
    while (left.hasRemaining()) {
      file.write(left);
    }
  }

  /** Goes to the beginning, to be read with a buffer that grows where a record is longer. */
  void rewind(int bufferBytes) {
    bytes = new byte[bufferBytes];
    filePosition = 0;
    next = 0;
    end = 0;
  }

  @Override
  boolean advance() throws IOException {
    if (next == end && !fill()) {
      return false;
    }
    // Nothing but the bytes themselves tells how long the record is.
    int needed = 1;
    for (int has = end - next;
        has < needed || (needed = recordLength(has)) > has;
        has = end - next) {
      if (!fill()) {
        throw new EOFException("a temporary file ends in the middle of a record");
      }
    }
    read(next);
    next += needed;
    return true;
  }

  /** {@return the length of the record at next, or of what must be there to know it} */
  private int recordLength(int has) {
    int needed = bytes[next] >= 0 ? 1 : 3;
    if (has < needed) {
      return needed;
    }
    needed += readLength(bytes, next);
    if (has <= needed) {
      return needed + 1;
    }
    int payload = needed;
    needed += bytes[next + payload] >= 0 ? 1 : 3;
    return has < needed ? needed : needed + readLength(bytes, next + payload);
  }

  /** Reads on, after moving what is left to the front; false at the end of the file. */
  private boolean fill() throws IOException {
    int left = end - next;
    if (left == bytes.length) {
      bytes = Arrays.copyOfRange(bytes, next, next + 2 * left);
    } else {
      System.arraycopy(bytes, next, bytes, 0, left);
    }
    next = 0;
    end = left;
    int count = file.read(ByteBuffer.wrap(bytes, end, bytes.length - end), filePosition);
    end += Math.max(count, 0);
    filePosition += Math.max(count, 0);
    return count > 0;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
