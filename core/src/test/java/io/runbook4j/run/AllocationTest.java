package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a run without failures allocates. Counted by a virtual machine of its own, which no agent
 * instruments, so that it is the same on a busy machine.
 */
class AllocationTest {
  /**
   * All of the compiler, other than in tests that care for a quick start; and the run waits for it,
   * or what it removes would depend on how busy the machine is.
   */
  private static final List<String> OPTIONS =
      List.of("-XX:TieredStopAtLevel=4", "-Xbatch", "-Xmx1g");

  @TempDir
  private Path folder;

  @Test
  void run_cleanWithMemoryLedger_allocatesAtMost16BytesAnItem() throws Exception {
    assertThat(bytesAnItem("memory", 1_000_000)).isBetween(1.0, 16.0);
  }

  @Test
  void run_cleanWithFileLedger_allocatesAtMost32BytesAnItem() throws Exception {
    assertThat(bytesAnItem(folder.toString(), 200_000)).isBetween(1.0, 32.0);
  }

  private static double bytesAnItem(String ledger, int items) throws Exception {
    try (ChildJvm child =
        ChildJvm.start(AllocationMain.class, OPTIONS, ledger, Integer.toString(items))) {
      String output = child.rest();
      assertThat(child.exitValue()).as(output).isZero();
      return Double.parseDouble(output.strip());
    }
  }
}
