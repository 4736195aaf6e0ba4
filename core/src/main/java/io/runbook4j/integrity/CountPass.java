package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import java.util.List;
import java.util.Optional;

/** Finds too few or too many rows. */
final class CountPass implements Pass {
  private final Scope scope;
  private final long least;
  private final long most;
  private long rows;

  CountPass(Scope scope, long least, long most) {
    this.scope = scope;
    this.least = least;
    this.most = most;
  }

  @Override
  public void see(Row row) {
    rows++;
  }

  @Override
  public void miss() {
    rows++;
  }

  @Override
  public List<Finding> finish() {
    return finding(scope, rows, least, most).stream().toList();
  }

  static Optional<Finding> finding(Scope scope, long rows, long least, long most) {
    Tally tally = scope.tally();
    if (rows < least || rows > most) {
      tally.add(rows + " rows, expected " + least + (least == most ? "" : " to " + most));
      tally.total(rows < least ? least - rows : rows - most);
    }
    return tally.finding();
  }
}
