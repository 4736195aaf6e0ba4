package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.List;

/** Finds rows that refer to a key which another source does not have. */
final class OrphanPass implements Pass {
  /** What sorts a key of the other source before all rows that refer to it. */
  private static final byte[] PARENT = {0};

  private static final byte CHILD = 1;

  private final Scope scope;
  private final String column;
  private final Source<?> parents;
  private final Spill spill;

  OrphanPass(Scope scope, String column, Source<?> parents) {
    this.scope = scope;
    this.column = column;
    this.parents = parents;
    this.spill = new Spill(scope.workspace());
  }

  @Override
  public void see(Row row) {
    byte[] payload = new byte[1 + Texts.length(row.name())];
    payload[0] = CHILD;
    Texts.write(row.name(), payload, 1);
    spill.add(DuplicatePass.key(row, List.of(column)), payload);
  }

  @Override
  public List<Finding> finish() throws InterruptedException {
    List<Object> key = new ArrayList<>(1);
    key.add("");
    Pages.each(parents, (page, i) -> {
      key.set(0, page.key(i));
      String series = Canonical.series(key);
      // No row can refer to a longer key: it would have been refused as well.
      if (Texts.length(series) < Spill.LONGEST) {
        spill.add(series, PARENT);
      }
    });
    Tally tally = scope.tally();
    Merge merge = spill.merge();
    boolean known = false;
    while (spill.advance(merge)) {
      boolean parent = merge.bytes[merge.payloadFrom] == PARENT[0];
      known = parent || (known && !merge.isNewKey());
      if (!known) {
        report(tally, merge);
      }
    }
    return tally.finding().stream().toList();
  }

  private void report(Tally tally, Merge row) {
    String name = Texts.read(row.bytes, row.payloadFrom + 1, row.payloadTo);
    tally.add(name + ": " + DuplicatePass.shown(List.of(column), row.key()));
  }

  @Override
  public void close() {
    spill.close();
  }
}
