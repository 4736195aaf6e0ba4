package io.runbook4j.rest;

import io.runbook4j.spi.transfer.TransferBudget.Grant;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Iterator;
import java.util.Optional;

/** An outgoing body of many records, of which a big one is written while it is sent. */
final class RecordBody {
  private static final int SAMPLE = 20;
  private static final int MOST = Integer.MAX_VALUE - 8; // of an array

  private final RecordFormat format;
  private final Iterable<?> records;
  private final long count;

  RecordBody(RecordFormat format, Iterable<?> records, long count) {
    this.format = format;
    this.records = records;
    this.count = count;
  }

  /**
   * {@return the body: held in memory if it is small and there is room now, else written while it
   * is sent} What is longer than twice the estimate is not small.
   */
  Outgoing outgoing(Bounds bounds) {
    long mean = meanBytes();
    Optional<Outgoing> held =
        bounds.streams(count, mean) ? Optional.empty() : held(bounds, 2 * (mean + 1) * count + 2);
    return held.orElseGet(() -> Outgoing.of(BodyPublishers.ofInputStream(this::open)));
  }

  private Optional<Outgoing> held(Bounds bounds, long estimate) {
    int most = (int) Math.min(MOST, Math.min(estimate, bounds.budget().total()));
    Optional<Grant> room = bounds.budget().tryAcquire(most);
    if (room.isEmpty()) {
      return Optional.empty();
    }
    boolean isHeld = false;
    try (InputStream all = open()) {
      byte[] bytes = all.readNBytes(most);
      isHeld = all.read() < 0;
      room.get().shrinkTo(bytes.length);
      return isHeld ? Optional.of(Outgoing.held(bytes, room.get())) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    } finally {
      if (!isHeld) {
        room.get().close();
      }
    }
  }

  InputStream open() {
    return new Written(records.iterator());
  }

  private long meanBytes() {
    long bytes = 0;
    int seen = 0;
    for (Object next : records) {
      if (seen == SAMPLE) {
        break;
      }
      bytes += Json.bytes(next).length;
      seen++;
    }
    return seen == 0 ? 0 : bytes / seen;
  }

  /** Writes one record at a time. */
  private final class Written extends InputStream {
    private final Iterator<?> left;
    private byte[] piece = {};
    private int at;
    private boolean begun;
    private boolean ended;

    private Written(Iterator<?> left) {
      this.left = left;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      while (at == piece.length) {
        if (ended) {
          return -1;
        }
        piece = next();
        at = 0;
      }
      int taken = Math.min(length, piece.length - at);
      System.arraycopy(piece, at, into, offset, taken);
      at += taken;
      return taken;
    }

    private byte[] next() {
      boolean isArray = format == RecordFormat.JSON_ARRAY;
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (isArray && !begun) {
        out.write('[');
      }
      if (left.hasNext()) {
        if (isArray && begun) {
          out.write(',');
        }
        out.writeBytes(Json.bytes(left.next()));
        if (!isArray) {
          out.write('\n');
        }
      } else {
        ended = true;
        if (isArray) {
          out.write(']');
        }
      }
      begun = true;
      return out.toByteArray();
    }
  }
}
