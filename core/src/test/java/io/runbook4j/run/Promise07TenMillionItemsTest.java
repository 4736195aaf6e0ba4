package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promise 7: memory does not grow with the run. Ten million items really run, in a heap of 64 MiB.
 */
class Promise07TenMillionItemsTest {
  private static final List<String> OPTIONS = List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError");

  @TempDir
  Path folder;

  @Test
  void run_tenMillionItemsAndFileLedger_fitsInto64MiB() throws Exception {
    assertRuns(folder.resolve("ledger").toString(), "0");
  }

  @Test
  void run_tenMillionItemsAndOneInAHundredFails_fitsInto64MiB() throws Exception {
    assertRuns(folder.resolve("ledger").toString(), "100");
  }

  @Test
  void run_tenMillionItemsAndMemoryLedger_fitsInto64MiB() throws Exception {
    assertRuns("memory", "0");
  }

  private static void assertRuns(String ledger, String failing) throws Exception {
    try (ChildJvm child = ChildJvm.start(TenMillionItemsMain.class, OPTIONS, ledger, failing)) {
      String output = child.rest();

      assertThat(child.exitValue()).as(output).isZero();
    }
  }
}
