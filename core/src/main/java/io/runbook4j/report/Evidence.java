package io.runbook4j.report;

import io.runbook4j.ledger.ItemsCsv;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is attached to a change record: a zip of a run's report, its JSON, its diary entry, the
 * items that failed or are in doubt as CSV, the settings, and the SHA-256 of each file in a
 * manifest that {@code sha256sum -c} reads too. Immutable. The same input makes the same bytes.
 *
 * <p>Of the items those that the report lists are there, at most {@link HtmlReport#MOST_ITEMS}; if
 * there are more, the diary entry says so.
 *
 * <p>Every text passes the report's redactor, and if the report shows pseudonyms for keys, so does
 * all of the bundle. Made in memory, of at most about 5 MB.
 */
public final class Evidence {
  /** What the names of folders for drafts begin with. */
  static final String DRAFTS = "runbook4j-evidence";

  private static final int LONGEST = 10_000;
  private static final int LONGEST_CELL = 500;

  private final HtmlReport report;
  private final Map<String, String> settings;
  private final @Nullable Diary diary;

  private Evidence(Builder builder) {
    requireItems(builder.report.facts());
    this.report = builder.report;
    this.settings = Map.copyOf(builder.settings);
    this.diary = builder.diary;
  }

  /** An {@code items.csv} without items would say that none failed. */
  private static void requireItems(RunFacts facts) {
    if (facts.itemTotal() > 0 && facts.recorded().isEmpty()) {
      throw new IllegalArgumentException(
          "report must have the ledger of its run where items failed or are in doubt, was one of "
              + facts.report().runId() + " without, with " + facts.itemTotal()
              + " such items, of which items.csv would have none. Give the ledger to"
              + " HtmlReport.Builder.ledger.");
    }
  }

  /** {@return a builder of the evidence of the run of this report} */
  public static Builder builder(HtmlReport report) {
    return new Builder(report);
  }

  /**
   * Writes the bundle to a file, which is replaced whole if there is one.
   *
   * @return the SHA-256 of the file, in hexadecimal digits; kept elsewhere, it proves that nobody
   *     has made the bundle anew
   * @throws UncheckedIOException if it cannot be written; what was there before stays
   */
  public String write(Path file) {
    byte[] zip = Bundle.zip(files());
    AtomicFile.write(file, zip);
    return Bundle.sha256(zip);
  }

  /**
   * Checks a bundle against its manifest. A bundle in which not one bit has changed has no problem;
   * who makes both files and manifest anew is found out only by the SHA-256 that {@link #write}
   * returned.
   *
   * @return what is wrong with it, a sentence each; empty if nothing is
   * @throws UncheckedIOException if the file cannot be read
   */
  public static List<String> verify(Path file) {
    return Bundle.problems(file);
  }

  private Map<String, byte[]> files() {
    SafeText safe = report.safe();
    Map<String, byte[]> files = new TreeMap<>();
    files.put("report.html", bytes(report.html()));
    files.put(
        "run.json",
        bytes(new SafeJson(safe, LONGEST).report(report.facts().report().json())));
    files.put("diary.md", bytes(entry(safe)));
    files.put("settings.json", bytes(new SafeJson(safe, LONGEST).settings(settings)));
    files.put(
        "items.csv",
        csv(report.facts().items().stream().map(item -> safe(item, safe)).toList()));
    return files;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The entry is written anew, because the one in the diary may show keys; the notes are not. */
  private String entry(SafeText safe) {
    Optional<String> notes =
        Optional.ofNullable(diary).flatMap(d -> d.entry(report.facts().report().runId()));
    StringBuilder entry =
        new StringBuilder(new DiaryEntry(report.facts().report(), safe).toString());
    entry.append(leftOut(report.facts()));
    notes.map(DiaryText::notes).filter(text -> !text.isBlank()).ifPresent(text -> {
      entry.append("\n### Notes\n");
      // All at once before line by line: a secret may have line breaks in it.
      safe.redacted(text)
          .lines()
          .forEach(line -> entry.append(safe.text(line, LONGEST)).append('\n'));
    });
    return entry.toString();
  }

  /** {@return the row that says how many items the CSV has of how many; empty if of all} */
  private static String leftOut(RunFacts facts) {
    int listed = facts.items().size();
    return listed >= facts.itemTotal()
        ? ""
        : "- Items: items.csv lists " + Words.number(listed) + " of "
            + Words.number(facts.itemTotal())
            + " that failed or are in doubt, those in doubt first\n";
  }

  /** {@link ItemsCsv} defuses what a spreadsheet would calculate. */
  static byte[] csv(Collection<ItemRecord> items) {
    try {
      // In a folder of its own, which nobody else may enter, because all may read the file itself.
      Path folder = Files.createTempDirectory(DRAFTS);
      Path draft = folder.resolve("items.csv");
      try {
        ItemsCsv.write(draft, items);
        return Files.readAllBytes(draft);
      } finally {
        Files.deleteIfExists(draft);
        Files.deleteIfExists(folder);
      }
    } catch (LedgerException e) { // what the CSV calls trouble of the disk
      throw unwritable(e.getCause() instanceof IOException cause ? cause : new IOException(e));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private static UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException(
        "The items of the evidence cannot be written to the folder for temporary files: " + e
            + ". No bundle was made. Give it room.",
        e);
  }

  private static ItemRecord safe(ItemRecord item, SafeText safe) {
    Outcome outcome = item.failure()
        .map(failure -> {
          Failure clean = Failure.of(failure.kind(), safe.text(failure.message(), LONGEST_CELL));
          return failure
              .code()
              .map(code -> clean.withCode(safe.text(code, LONGEST_CELL)))
              .orElse(clean);
        })
        .map(clean ->
            item.state() == ItemState.IN_DOUBT ? Outcome.inDoubt(clean) : Outcome.failed(clean))
        .orElseGet(() -> Outcome.skipped(safe.text(item.text(), LONGEST_CELL)));
    return ItemRecord.of(
        item.run(),
        safe.key(item.key(), LONGEST_CELL),
        item.at(),
        new ItemResult(0, outcome, false));
  }

  /** Collects what the evidence is made of. Not safe for many threads. */
  public static final class Builder {
    private final HtmlReport report;
    private Map<String, String> settings = Map.of();
    private @Nullable Diary diary;

    private Builder(HtmlReport report) {
      this.report = Objects.requireNonNull(report, "report");
    }

    /**
     * Sets the settings that the run had. Default none. The values of those whose names are a
     * secret's are blotted out.
     */
    public Builder settings(Map<String, String> settings) {
      this.settings = Map.copyOf(settings);
      return this;
    }

    /** Sets the diary whose notes of the run go into the bundle. Default none. */
    public Builder diary(Diary diary) {
      this.diary = Objects.requireNonNull(diary, "diary");
      return this;
    }

    /**
     * {@return the evidence}
     *
     * @throws IllegalArgumentException if items failed or are in doubt, and the report was built
     *     without the ledger that has them
     */
    public Evidence build() {
      return new Evidence(this);
    }
  }
}
