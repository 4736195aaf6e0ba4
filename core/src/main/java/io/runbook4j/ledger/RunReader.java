package io.runbook4j.ledger;

import io.runbook4j.file.internal.Ascii;
import io.runbook4j.file.internal.JsonScan;
import io.runbook4j.file.internal.Lines;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one run's file, entry by entry, and never more than a line of it at a time. What a crash
 * left behind the last whole line is not read: see {@link Lines}.
 */
final class RunReader implements Closeable {
  private static final byte[] FORMAT = Ascii.bytes("{\"format\":");

  private final Path file;
  private final RunId run;
  private final Lines lines;
  private long validLength;
  private Catalog.@Nullable Head head;

  /** What the last line says of the runs before it; empty if it says nothing. */
  private Optional<Instant> after = Optional.empty();

  /** A file that has another name than its run, of which at least the job is known. */
  static final class Misnamed extends LedgerException {
    private static final long serialVersionUID = 1L;

    private final String job;

    private Misnamed(LedgerException damage, String job) {
      super(String.valueOf(damage.getMessage()));
      this.job = job;
    }

    String job() {
      return job;
    }
  }

  /** The file was removed since it was listed. */
  static final class Gone extends LedgerException {
    private static final long serialVersionUID = 1L;

    private Gone(LedgerException unreadable) {
      super(String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  RunReader(Path file, RunId run) {
    this.file = file;
    this.run = run;
    try {
      this.lines = new Lines(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** {@return the next entry; null at the end, be it torn or not} */
  @Nullable LedgerEntry next() {
    try {
      if (!lines.next()) {
        return null;
      }
      boolean isWhole = lines.isWhole();
      if (lines.number() == 1) {
        checkFormat(isWhole);
      }
      if (!isWhole) {
        if (lines.isTornTail()) {
          return null;
        }
        if (!lines.isWhole()) {
          throw damaged("its checksum is wrong or missing, and whole lines follow");
        }
      }
      LedgerEntry entry = lines.number() == 1 ? first() : decode();
      validLength = lines.offset() + lines.end() - lines.start() + 1;
      return entry;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** {@return the bytes up to the end of the last entry read} */
  long validLength() {
    return validLength;
  }

  /** {@return how the run began, once the first entry was read} */
  Catalog.Head head() {
    return Objects.requireNonNull(head, "head");
  }

  /** {@return after which time in other runs this one was taken, if the last entry says so} */
  Optional<Instant> after() {
    return after;
  }

  private LedgerEntry first() {
    try {
      JsonScan line = line();
      line.number("format");
      Catalog.Head begun = EntryDecoder.head(line);
      if (!begun.run().equals(run)) {
        String seen = "it is the file of run " + begun.run() + ". Give it its name back";
        throw new Misnamed(damaged(seen), begun.started().job());
      }
      head = begun;
      after = begun.after();
      return begun.started();
    } catch (IllegalArgumentException | DateTimeException e) {
      throw damaged("it does not begin a run", e);
    }
  }

  private LedgerEntry decode() {
    try {
      JsonScan line = line();
      LedgerEntry entry = EntryDecoder.decode(line);
      after = entry instanceof RunResumed ? EntryDecoder.after(line) : Optional.empty();
      return entry;
    } catch (IllegalArgumentException | DateTimeException e) {
      throw damaged("its checksum is right, and it is not an entry that this version knows", e);
    }
  }

  private JsonScan line() {
    return new JsonScan(lines.buffer(), lines.start(), lines.end());
  }

  /**
   * Tells a file of another version from a damaged one. A newer one's lines may look like anything;
   * an older one's are whole.
   */
  private void checkFormat(boolean isWhole) {
    byte[] bytes = lines.buffer();
    int at = lines.start() + FORMAT.length;
    if (!Ascii.has(FORMAT, bytes, lines.start(), lines.end())) {
      return;
    }
    long format = 0;
    while (at < lines.end() && bytes[at] >= '0' && bytes[at] <= '9' && format < 1_000_000) {
      format = 10 * format + bytes[at++] - '0';
    }
    if (at == lines.end() || bytes[at] != ',') {
      return;
    }
    if (format > EntryEncoder.FORMAT) {
      throw new LedgerException("Ledger file " + file + " has format " + format + " in line 1, and"
          + " this version reads up to format " + EntryEncoder.FORMAT + ": it is too new. Nothing"
          + " was changed. Use the version that wrote it, or a newer one.");
    }
    if (isWhole && format < EntryEncoder.FORMAT) {
      throw new LedgerException("Ledger file " + file + " has format " + format + " in line 1, and"
          + " this version reads from format " + EntryEncoder.FORMAT + " on: it is too old. Nothing"
          + " was changed. Use the version that wrote it to finish the run.");
    }
  }

  private LedgerException damaged(String seen) {
    return damaged(seen, null);
  }

  /** {@return what to throw because of the line just read} */
  LedgerException damaged(String seen, @Nullable Throwable cause) {
    long line = lines.number();
    String message = "Ledger file " + file + " is damaged in line " + line + " (at byte "
        + lines.offset() + "): " + seen + ". The " + (line - 1) + " lines before it are intact, and"
        + " nothing was changed. Restore the file from a copy; or keep those lines (head -n "
        + (line - 1) + "), which forgets what happened after them, and resume the run; or move the"
        + " file out of the folder.";
    return cause == null ? new LedgerException(message) : new LedgerException(message, cause);
  }

  /** {@return what to throw because of a file; tells one that is not there from all others} */
  static LedgerException unreadable(Path file, IOException e) {
    LedgerException unreadable = new LedgerException(
        "Ledger file " + file + " cannot be read: " + e.getMessage()
            + ". Nothing was changed. Check that it exists and may be read.",
        e);
    return Files.notExists(file) ? new Gone(unreadable) : unreadable;
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }
}
