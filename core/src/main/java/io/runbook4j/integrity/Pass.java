package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import java.util.List;
import java.util.Optional;

/** One check on its way through one series of rows. Not safe for many threads. */
interface Pass extends AutoCloseable {
  /**
   * Looks at the next row.
   *
   * @throws RowProblem if it cannot
   */
  void see(Row row);

  /** Passes over a row that the source could not read. */
  default void miss() {}

  /** {@return what was found} Called once, after the last row. */
  List<Finding> finish() throws InterruptedException;

  @Override
  default void close() {}

  /**
   * What a pass works with.
   *
   * @param check the check's name
   * @param subject what is checked
   * @param corruption whether what it finds is corruption
   * @param mostSamples the most samples in a finding
   * @param workspace its part of the memory
   */
  record Scope(
      String check, String subject, boolean corruption, int mostSamples, Workspace workspace) {
    Tally tally() {
      return new Tally(check, subject, corruption, mostSamples);
    }
  }

  /** Begins a pass. */
  @FunctionalInterface
  interface Beginning {
    Pass begin(Scope scope);
  }

  /** Says what is wrong with one row. */
  @FunctionalInterface
  interface RowTest {
    /** {@return what is wrong; empty if nothing is} */
    Optional<String> problem(Row row);
  }

  /** {@return a pass that looks at each row by itself} */
  static Pass ofRows(Scope scope, RowTest test) {
    Tally tally = scope.tally();
    return new Pass() {
      @Override
      public void see(Row row) {
        test.problem(row)
            .ifPresent(
                problem -> tally.add(row.name() + (problem.isEmpty() ? "" : ": " + problem)));
      }

      @Override
      public List<Finding> finish() {
        return tally.finding().stream().toList();
      }
    };
  }
}
