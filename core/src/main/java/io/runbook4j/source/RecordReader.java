package io.runbook4j.source;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a file into records and knows the byte and the line at which each begins, and a checksum of
 * all that stands before it.
 */
final class RecordReader implements Closeable {
  /*
   * Works on bytes: no byte of a longer UTF-8 character is equal to a quote, a comma or a line
   * break. A record whose quotes do not match ends with its first line, so that one wrong quote
   * costs one line and not the rest of the file. One that is too long is left out to its end: the
   * lines in a quoted value are no records, whoever wrote them. Where that is, is found without
   * keeping what is read, so that the memory is bounded by the longest record.
   */

  /** What ends a record. */
  enum Form {
    /** The line. */
    LINES,
    /** The line, unless it ends in the middle of a quoted value. */
    CSV
  }

  static final int LONGEST = 1 << 20;
  private static final int FIRST_CAPACITY = 1 << 16;
  private static final String BROKEN = "has text after a closing quote";
  private static final byte[] UTF_8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private enum At {
    VALUE_START,
    PLAIN,
    QUOTED,
    CLOSED,
    CLOSED_CR,
    BROKEN
  }

  private final SeekableByteChannel channel;
  private final Form form;
  private final int longest;

  private byte[] buffer = new byte[FIRST_CAPACITY];
  private long origin; // of buffer[0] in the file
  private int end;
  private boolean ended;

  private int start;
  private int length;
  private long line;
  private @Nullable String problem;
  private int next;
  private long nextLine = 1;

  private final CRC32C sum = new CRC32C();
  private long summed; // how many bytes of the file are in it

  RecordReader(SeekableByteChannel channel, Form form, int longest) {
    this.channel = channel;
    this.form = form;
    this.longest = longest;
  }

  /**
   * Leaves out a byte order mark.
   *
   * @throws IOException also if the file is UTF-16
   */
  void skipMark() throws IOException {
    boolean more = true;
    while (more && end < UTF_8_MARK.length) {
      more = more();
    }
    int first = end < 2 ? 0 : (buffer[0] & 0xFF) << 8 | (buffer[1] & 0xFF);
    if (first == 0xFEFF || first == 0xFFFE) {
      throw new CharacterCodingException();
    }
    if (end >= UTF_8_MARK.length && Arrays.equals(UTF_8_MARK, Arrays.copyOf(buffer, 3))) {
      next = UTF_8_MARK.length;
    }
  }

  /**
   * Goes to a position, reading all that stands before it.
   *
   * @return whether it is in the file, a line begins there, and what stands before it has that
   *     checksum
   */
  boolean seek(long offset, long atLine, long checksum) throws IOException {
    channel.position(0);
    sum.reset();
    summed = 0;
    ByteBuffer bytes = ByteBuffer.wrap(buffer);
    byte last = 0;
    while (summed < offset) {
      bytes.clear().limit((int) Math.min(buffer.length, offset - summed));
      int count = channel.read(bytes);
      if (count <= 0) {
        return false;
      }
      sum.update(buffer, 0, count);
      summed += count;
      last = buffer[count - 1];
    }
    origin = offset;
    start = 0;
    end = 0;
    ended = false;
    next = 0;
    nextLine = atLine;
    return last == '\n' && sum.getValue() == checksum;
  }

  /**
   * Moves to the next record that is not blank.
   *
   * @return false if there is none
   */
  boolean advance() throws IOException {
    do {
      if (!read()) {
        return false;
      }
    } while (problem == null && isBlank());
    return true;
  }

  /** {@return the line at which the record begins, from 1} */
  long line() {
    return line;
  }

  /** {@return why the record cannot be read} */
  @Nullable String problem() {
    return problem;
  }

  /** {@return how many bytes the record has} */
  int length() {
    return length;
  }

  /** {@return the record without its line break} */
  String text() throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(buffer, start, trimmedLength()))
        .toString();
  }

  /** {@return the byte at which the next record begins} */
  long nextOffset() {
    return origin + next;
  }

  /** {@return the line at which the next record begins} */
  long nextLine() {
    return nextLine;
  }

  /** {@return the CRC-32C of all bytes before the next record} */
  long checksum() {
    sumUpTo(next);
    return sum.getValue();
  }

  private void sumUpTo(int index) {
    int from = (int) (summed - origin);
    sum.update(buffer, from, index - from);
    summed = origin + index;
  }

  /** {@return whether nothing follows} The text of the record is gone afterwards. */
  boolean atEnd() throws IOException {
    start = next;
    length = 0;
    return next == end && !more();
  }

  private int trimmedLength() {
    return length > 0 && buffer[start + length - 1] == '\r' ? length - 1 : length;
  }

  private boolean isBlank() {
    int trimmed = trimmedLength();
    if (form == Form.CSV) {
      return trimmed == 0;
    }
    for (int i = start; i < start + trimmed; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private boolean read() throws IOException {
    start = next;
    line = nextLine;
    problem = null;
    At at = At.VALUE_START;
    int breaks = 0;
    int firstBreak = -1;
    for (int i = 0; ; i++) {
      if (start + i == end && (i > longest || !more())) {
        return i > longest ? leaveOut(at, breaks, firstBreak) : last(i, at, breaks, firstBreak);
      }
      byte b = buffer[start + i];
      if (b != '\n') {
        at = form == Form.CSV ? step(at, b) : at;
      } else if (at == At.QUOTED) {
        firstBreak = breaks++ == 0 ? i : firstBreak;
      } else {
        problem = i > longest ? tooLong() : null;
        return whole(i, i + 1, breaks + 1);
      }
      if (at == At.BROKEN) {
        return first(firstBreak, BROKEN);
      }
    }
  }

  /**
   * Leaves out a record that is too long by where the buffer ends; if its quotes do not match, its
   * first line.
   */
  private boolean leaveOut(At reached, int breaks, int firstBreak) throws IOException {
    At at = reached;
    long offset = origin + end;
    long lines = breaks + 1L;
    ByteBuffer ahead = ByteBuffer.allocate(FIRST_CAPACITY).limit(0);
    while (at != At.BROKEN && (ahead.hasRemaining() || fill(ahead))) {
      byte b = ahead.get();
      offset++;
      if (b != '\n') {
        at = form == Form.CSV ? step(at, b) : at;
      } else if (at == At.QUOTED) {
        lines++;
      } else {
        break;
      }
    }
    channel.position(origin + end);
    if (at == At.QUOTED || at == At.BROKEN) {
      return first(firstBreak, at == At.BROKEN ? BROKEN : tooLong());
    }
    problem = tooLong();
    return skipTo(offset, lines);
  }

  private boolean fill(ByteBuffer ahead) throws IOException {
    int count = channel.read(ahead.clear());
    ahead.flip();
    return count > 0;
  }

  private boolean skipTo(long offset, long lines) throws IOException {
    do {
      start = end;
    } while (more() && origin + end < offset);
    start = (int) Math.min(end, offset - origin);
    return whole(0, 0, lines);
  }

  private static At step(At at, byte b) {
    return switch (at) {
      case VALUE_START -> b == '"' ? At.QUOTED : plain(b);
      case PLAIN -> plain(b);
      case QUOTED -> b == '"' ? At.CLOSED : At.QUOTED;
      case CLOSED -> b == '"' ? At.QUOTED : afterQuote(b);
      case CLOSED_CR, BROKEN -> At.BROKEN;
    };
  }

  private static At plain(byte b) {
    return b == ',' ? At.VALUE_START : At.PLAIN;
  }

  private static At afterQuote(byte b) {
    return switch (b) {
      case ',' -> At.VALUE_START;
      case '\r' -> At.CLOSED_CR;
      default -> At.BROKEN;
    };
  }

  private boolean whole(int size, int consumed, long lines) {
    length = size;
    next = start + consumed;
    nextLine = line + lines;
    return true;
  }

  /** The end of the file, after {@code size} bytes of a record. */
  private boolean last(int size, At at, int breaks, int firstBreak) throws IOException {
    if (size == 0) {
      next = start;
      return false;
    }
    return at == At.QUOTED
        ? first(firstBreak, "opens a quote that is not closed")
        : whole(size, size, breaks + 1);
  }

  /** Takes the first line only, as unreadable. */
  private boolean first(int firstBreak, String why) throws IOException {
    problem = why;
    if (firstBreak >= 0) {
      return whole(firstBreak, firstBreak + 1, 1);
    }
    int i = start;
    while (true) {
      if (i == end) {
        // Nothing of a line that cannot be read has to be kept.
        start = end;
        if (!more()) {
          return whole(0, 0, 1);
        }
        i = start;
      }
      if (buffer[i++] == '\n') {
        start = i;
        return whole(0, 0, 1);
      }
    }
  }

  private String tooLong() {
    return "has more than " + longest + " bytes";
  }

  /**
   * Reads on, moving what is kept to the front.
   *
   * @return false at the end of the file
   */
  private boolean more() throws IOException {
    if (ended) {
      return false;
    }
    if (start > 0) {
      if (summed < origin + start) {
        sumUpTo(start);
      }
      System.arraycopy(buffer, start, buffer, 0, end - start);
      origin += start;
      next -= start;
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int count = channel.read(ByteBuffer.wrap(buffer, end, buffer.length - end));
    ended = count < 0;
    end += Math.max(count, 0);
    return !ended;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
