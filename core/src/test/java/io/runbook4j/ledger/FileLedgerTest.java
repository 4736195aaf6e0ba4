package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.testkit.contract.LedgerContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileLedgerTest extends LedgerContract {
  @TempDir
  private Path folder;

  @Override
  protected Ledger open() {
    return FileLedger.open(folder);
  }
}
