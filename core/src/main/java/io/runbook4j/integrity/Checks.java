package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Checks of rows, made in one pass over them. Immutable, and safe for many threads.
 *
 * <p>Memory is bounded by the {@link Workspace}, whose part each check gets, and not by the rows:
 * what does not fit goes to temporary files.
 *
 * <pre>{@code
 * List<Finding> findings = Checks.of(
 *         Check.unique("id"), Check.versionsForward("user_id", "version", "created_at"))
 *     .over("snapshots", Sources.jsonLines(file, "id"));
 * }</pre>
 */
public final class Checks {
  static final int DEFAULT_SAMPLES = 20;

  private final List<Check> checks;
  private final int samples;
  private final Workspace workspace;

  private Checks(List<Check> checks, int samples, Workspace workspace) {
    this.checks = checks;
    this.samples = samples;
    this.workspace = workspace;
  }

  /** {@return these checks, with {@link Workspace#defaults}} */
  public static Checks of(Check first, Check... more) {
    return new Checks(
        Stream.concat(Stream.of(first), Stream.of(more)).toList(),
        DEFAULT_SAMPLES,
        Workspace.defaults());
  }

  /**
   * {@return these checks, with another limit on how many rows a finding names} Default 20; 1 to
   * 100. The total is always counted to the end.
   */
  public Checks samples(int most) {
    return new Checks(checks, checkSamples(most), workspace);
  }

  static int checkSamples(int most) {
    if (most < 1 || most > Finding.MAX_SAMPLES) {
      throw new IllegalArgumentException(
          "most must be 1 to " + Finding.MAX_SAMPLES + ", was " + most);
    }
    return most;
  }

  /** {@return these checks, with another place to work in} */
  public Checks in(Workspace workspace) {
    return new Checks(checks, samples, workspace);
  }

  /**
   * {@return what the checks find, in their order; nothing if all is well} Rows that the source, or
   * a check, cannot read are a finding named {@code unreadable}, no corruption.
   *
   * @param subject what the rows are, for people
   * @param rows the rows; their keys name them in findings
   * @throws io.runbook4j.spi.sync.FailureException if a source cannot be read
   * @throws UncheckedIOException if the disk is full
   */
  public List<Finding> over(String subject, Source<? extends Map<String, ?>> rows)
      throws InterruptedException {
    List<Pass> passes = new ArrayList<>();
    Tally unreadable = new Tally("unreadable", subject, false, samples);
    try {
      Workspace part = workspace.dividedBy(checks.size());
      for (Check check : checks) {
        passes.add(check.begin(
            new Pass.Scope(check.name(), subject, check.isCorruption(), samples, part)));
      }
      Pages.each(rows, (page, i) -> see(page, i, passes, unreadable));
      List<Finding> findings = new ArrayList<>();
      for (Pass pass : passes) {
        findings.addAll(pass.finish());
      }
      unreadable.finding().ifPresent(findings::add);
      return findings;
    } catch (UncheckedIOException e) {
      throw interruptedOr(e);
    } finally {
      passes.forEach(Pass::close);
    }
  }

  private void see(
      Page<? extends Map<String, ?>> page, int index, List<Pass> passes, Tally unreadable) {
    if (page.unreadable(index).isPresent()) {
      unreadable.add(page.key(index) + ": " + page.unreadable(index).get().message());
      passes.forEach(Pass::miss);
      return;
    }
    Row row = Row.of(page.key(index), page.value(index));
    for (int i = 0; i < passes.size(); i++) {
      try {
        passes.get(i).see(row);
      } catch (RowProblem e) {
        unreadable.add(row.name() + " for " + checks.get(i).name() + ": " + e.getMessage());
      }
    }
  }

  /** A file channel is closed by an interrupt, which is no trouble of the disk. */
  static UncheckedIOException interruptedOr(UncheckedIOException e) throws InterruptedException {
    if (e.getCause() instanceof ClosedByInterruptException && Thread.interrupted()) {
      throw new InterruptedException("interrupted while checking");
    }
    return e;
  }

  @Override
  public String toString() {
    return checks.toString();
  }
}
