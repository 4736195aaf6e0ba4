package io.runbook4j.report;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The operational diary: a Markdown file with one entry a run, newest last, in which people write
 * too. Safe for many threads, and for several processes on one file.
 *
 * <p>What people write below "Notes" of an entry, and outside of entries, is kept as it is, byte
 * for byte. The file is replaced whole: a crash leaves the old one or the new one. Two programs
 * that use this class wait for each other at a lock file next to it; an editor does not, so let it
 * reload before it saves. Each call reads and writes the whole file, which must stay below 64 MiB;
 * begin a new one every year.
 */
public final class Diary {
  private static final long MOST_BYTES = 64L << 20;
  private static final String TITLE = "# Operational diary\n";
  private static final int LONGEST_NOTE = 2_000;

  private final Path file;
  private final SafeText safe;

  private Diary(Path file, Redactor redactor) {
    this.file = file.toAbsolutePath();
    this.safe = new SafeText(redactor, Optional.empty());
  }

  /** {@return the diary in this file, which is created with the first entry} */
  public static Diary at(Path file, Redactor redactor) {
    return new Diary(
        Objects.requireNonNull(file, "file"), Objects.requireNonNull(redactor, "redactor"));
  }

  /**
   * Writes a run's entry: date, scope, totals, notable errors, alerts. Replaces the entry if there
   * is one, but for the notes in it.
   *
   * @throws UncheckedIOException if the file cannot be read or written; it is unchanged
   */
  public void record(RunReport report) {
    String entry = new DiaryEntry(report, safe).toString();
    change(text -> DiaryText.put(text.isEmpty() ? TITLE : text, report.runId(), entry));
  }

  /**
   * Adds a note to a run's entry.
   *
   * @param at when it is made
   * @param author who makes it; not blank
   * @param text for people, on one line, cut after 2,000 characters; not blank
   * @throws IllegalArgumentException if the diary has no entry of the run
   * @throws UncheckedIOException if the file cannot be read or written; it is unchanged
   */
  public void note(RunId run, Instant at, String author, String text) {
    String note =
        "- " + Words.time(at) + ", " + Markdown.code(safe.text(nonBlank(author, "author"), 100))
            + ": " + Markdown.code(safe.text(nonBlank(text, "text"), LONGEST_NOTE)) + "\n";
    change(diary -> DiaryText.note(diary, run, note)
        .orElseThrow(() -> new IllegalArgumentException("run must have an entry in the diary "
            + file + ", was " + run + ", which has none; record its report first")));
  }

  private static String nonBlank(String value, String name) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " must be non-blank, was \"" + value + "\"");
    }
    return value;
  }

  /**
   * {@return a run's entry with its notes, as it stands in the file; empty if there is none}
   *
   * @throws UncheckedIOException if the file cannot be read
   */
  public Optional<String> entry(RunId run) {
    return DiaryText.entry(read(), run);
  }

  private void change(UnaryOperator<String> change) {
    FileGuard guard = FileGuard.of(file);
    try {
      AtomicFile.write(file, change.apply(read()).getBytes(StandardCharsets.UTF_8));
    } finally {
      guard.release();
    }
  }

  private String read() {
    try {
      if (!Files.exists(file)) {
        return "";
      }
      long size = Files.size(file);
      if (size > MOST_BYTES) {
        throw new IOException("it has " + size + " bytes, more than " + MOST_BYTES);
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Diary " + file + " cannot be read: " + e
              + ". It was not changed. Check that it is text in" + " UTF-8, or begin a new one.",
          e);
    }
  }
}
