package io.runbook4j.report;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.Ledger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run as one HTML file that needs nothing else: no network, no script to be read, light and dark,
 * on a phone and on paper. Less than 1 MB, whatever the run was: lists are cut, and say how much is
 * missing. Immutable; what is in the ledger is read when it is built.
 *
 * <p>Every text passes the redactor. What came from outside can neither run nor load anything.
 */
public final class HtmlReport {
  /** The most failed and doubtful items that are listed. */
  public static final int MOST_ITEMS = 1_000;

  private static final int MOST_SECTIONS = 20;

  private final RunFacts facts;
  private final SafeText safe;
  private final List<Section> sections;

  private HtmlReport(Builder builder) {
    this.facts = RunFacts.of(builder.report, Optional.ofNullable(builder.ledger), MOST_ITEMS);
    this.sections = List.copyOf(builder.sections);
    Optional<Pseudonyms> pseudonyms = Optional.ofNullable(builder.secret).map(Pseudonyms::new);
    pseudonyms.ifPresent(p -> {
      p.know(facts.keys(), builder.redactor);
      sections.forEach(section -> p.know(section.keys(), builder.redactor));
    });
    this.safe = new SafeText(builder.redactor, pseudonyms);
  }

  /** {@return a builder of the report of this run} */
  public static Builder builder(RunReport report) {
    return new Builder(report);
  }

  /** {@return the page} */
  public String html() {
    return new RunPage(facts, safe).html(sections);
  }

  /**
   * Writes the page to a file, which is replaced whole if there is one.
   *
   * @throws java.io.UncheckedIOException if it cannot be written; what was there before stays
   */
  public void write(Path file) {
    AtomicFile.write(file, html().getBytes(StandardCharsets.UTF_8));
  }

  RunFacts facts() {
    return facts;
  }

  SafeText safe() {
    return safe;
  }

  /** Collects what the report is made of. Not safe for many threads. */
  public static final class Builder {
    private final RunReport report;
    private final List<Section> sections = new ArrayList<>();
    private Redactor redactor = new Redactor();
    private @Nullable Ledger ledger;
    private byte @Nullable [] secret;

    private Builder(RunReport report) {
      this.report = Objects.requireNonNull(report, "report");
    }

    /**
     * Sets what blots out secrets. Default one that has been told of none, and knows them by their
     * looks.
     */
    public Builder redactor(Redactor redactor) {
      this.redactor = Objects.requireNonNull(redactor, "redactor");
      return this;
    }

    /**
     * Sets the ledger that the run is in: the failed items are read from it, the counts compared
     * with it, the duration with that of those of its kind among the up to 30 runs before it.
     * Default none. Takes memory for each item that did not succeed while it is read, as
     * {@link Ledger#items} does.
     */
    public Builder ledger(Ledger ledger) {
      this.ledger = Objects.requireNonNull(ledger, "ledger");
      return this;
    }

    /**
     * Adds a table, such as what an audit found, behind alerts, findings and spot check of the run,
     * which are there by themselves. Default none, at most 20. All together show about 100 kB, the
     * rest of their rows is counted.
     *
     * @param title above the table; not blank
     * @param columns at least one; one named {@code key} holds item keys, and the values of one
     *     named like a secret are blotted out
     * @param rows as many cells each as there are columns
     */
    public Builder section(String title, List<String> columns, List<List<String>> rows) {
      if (sections.size() == MOST_SECTIONS) {
        throw new IllegalArgumentException(
            "sections must be at most " + MOST_SECTIONS + ", was one more: " + title);
      }
      sections.add(new Section(title, columns, rows));
      return this;
    }

    /**
     * Shows {@code k-} and 16 hexadecimal digits instead of each item key: a keyed hash
     * (HMAC-SHA-256), so that equal keys stay equal in all reports made with this secret. Keys of
     * listed items are replaced inside of other texts too, and so are the samples of findings, each
     * as a whole; a key that stands in a text and in no list is not known, and stays. Default off.
     *
     * @param secret at least 16 bytes that only those know who may know the keys
     */
    public Builder pseudonyms(byte[] secret) {
      if (secret.length < Pseudonyms.SHORTEST_SECRET) {
        throw new IllegalArgumentException("secret must be at least " + Pseudonyms.SHORTEST_SECRET
            + " bytes, was " + secret.length);
      }
      this.secret = secret.clone();
      return this;
    }

    /**
     * {@return the report}
     *
     * @throws io.runbook4j.spi.ledger.LedgerException if the ledger does not know the run
     */
    public HtmlReport build() {
      return new HtmlReport(this);
    }
  }
}
