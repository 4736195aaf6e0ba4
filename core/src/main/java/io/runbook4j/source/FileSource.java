package io.runbook4j.source;

import io.runbook4j.source.RecordFormat.UnreadableException;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of records. A cursor is the byte and the line at which the next record begins, and the
 * CRC-32C of all before: a run that went on in another file would leave items out.
 */
final class FileSource<T> implements Source<T> {
  private static final Pattern POSITION =
      Pattern.compile("([1-9][0-9]{0,17}):([1-9][0-9]{0,17}):([0-9a-f]{1,8})");
  // A page of very long lines must not fill a small heap.
  private static final int PAGE_BYTES = 4 << 20;
  private static final long COUNTED_BYTES = 64L << 20;
  private static final int FIRST_CAPACITY = 1024;

  private final Path file;
  private final RecordFormat<T> format;
  private final int longest;

  FileSource(Path file, RecordFormat<T> format) {
    this(file, format, RecordReader.LONGEST);
  }

  FileSource(Path file, RecordFormat<T> format, int longest) {
    this.file = Objects.requireNonNull(file, "file");
    this.format = format;
    this.longest = longest;
  }

  @Override
  public PageReader<T> open(Cursor from) {
    RecordReader records = null;
    try {
      records = records();
      Reader reader = new Reader(records, format.begin(records));
      if (!from.isStart()) {
        seek(records, from);
      }
      records = null;
      return reader;
    } catch (ClosedByInterruptException e) {
      throw failed(FailureKind.CANCELLED, "was given up: the thread was interrupted", e);
    } catch (IOException e) {
      throw failed(e);
    } finally {
      close(records);
    }
  }

  private RecordReader records() throws IOException {
    RecordReader records = new RecordReader(Files.newByteChannel(file), format.form(), longest);
    boolean good = false;
    try {
      records.skipMark();
      good = true;
      return records;
    } finally {
      if (!good) {
        close(records);
      }
    }
  }

  private void seek(RecordReader records, Cursor cursor) throws IOException {
    Matcher position = POSITION.matcher(cursor.value());
    if (!position.matches()) {
      throw Cursors.foreign(cursor, "BYTE:LINE:CHECKSUM");
    }
    long offset = Long.parseLong(position.group(1));
    long line = Long.parseLong(position.group(2));
    if (!records.seek(offset, line, Long.parseLong(position.group(3), 16))) {
      throw new FailureException(Failure.of(
          FailureKind.INVALID,
          file + " cannot be read on from line " + line + " (byte " + offset + "): what stands"
              + " before it is not what was read, and must not change between a run and its resume."
              + " Put the file back as it was, or begin a new run"));
    }
  }

  /**
   * {@inheritDoc} Exact for small files; for others carried on from their first part. A file that
   * cannot be read has no count: the reader will say why.
   */
  @Override
  public OptionalLong count() {
    try (RecordReader records = records()) {
      long count = -format.headers();
      while (records.nextOffset() < COUNTED_BYTES && records.advance()) {
        count++;
      }
      double share = (double) Files.size(file) / Math.max(1, records.nextOffset());
      return OptionalLong.of(Math.max(0, records.atEnd() ? count : (long) (count * share)));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private void close(@Nullable RecordReader records) {
    if (records != null) {
      try {
        records.close();
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  private FailureException failed(IOException e) {
    if (e instanceof CharacterCodingException) {
      return failed(FailureKind.INVALID, "cannot be read: it must be UTF-8, was UTF-16", e);
    }
    if (e instanceof NoSuchFileException) {
      return failed(FailureKind.NOT_FOUND, "cannot be read: there is no such file", e);
    }
    if (e instanceof AccessDeniedException) {
      return failed(FailureKind.PERMISSION, "cannot be read: access is denied", e);
    }
    if (Files.isDirectory(file)) {
      return failed(FailureKind.INVALID, "cannot be read: it is a folder", e);
    }
    return failed(FailureKind.SERVER_ERROR, "cannot be read: " + e, e);
  }

  private FailureException failed(FailureKind kind, String message, IOException cause) {
    return new FailureException(Failure.of(kind, file + " " + message), cause);
  }

  private final class Reader implements PageReader<T> {
    private final RecordReader records;
    private final RecordFormat.Mapper<T> mapper;

    private Reader(RecordReader records, RecordFormat.Mapper<T> mapper) {
      this.records = records;
      this.mapper = mapper;
    }

    @Override
    public Page<T> next(int limit) throws InterruptedException {
      try {
        Page.Builder<T> page = Page.builder(Math.min(limit, FIRST_CAPACITY));
        long bytes = 0;
        while (page.size() < limit && bytes < PAGE_BYTES && records.advance()) {
          add(page);
          bytes += records.length();
        }
        return records.atEnd()
            ? page.last()
            : page.next(new Cursor(records.nextOffset() + ":" + records.nextLine() + ":"
                + Long.toHexString(records.checksum())));
      } catch (ClosedByInterruptException e) {
        Thread.interrupted();
        throw (InterruptedException)
            new InterruptedException("interrupted while reading " + file).initCause(e);
      } catch (IOException e) {
        throw failed(e);
      }
    }

    private void add(Page.Builder<T> page) {
      try {
        String problem = records.problem();
        if (problem != null) {
          throw new UnreadableException(problem);
        }
        mapper.add(page, records.text());
      } catch (CharacterCodingException e) {
        unreadable(page, "is not UTF-8");
      } catch (UnreadableException e) {
        unreadable(page, String.valueOf(e.getMessage()));
      }
    }

    private void unreadable(Page.Builder<T> page, String why) {
      String key = "line " + records.line();
      page.withoutKey(
          key, Failure.of(FailureKind.INVALID, key + " of " + file.getFileName() + " " + why));
    }

    @Override
    public void close() {
      FileSource.this.close(records);
    }
  }
}
