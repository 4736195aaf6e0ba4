package io.runbook4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir
  Path folder;

  @Test
  void write_manyThreadsOnOneFile_leavesOneOfThemWhole() throws IOException, InterruptedException {
    Path file = folder.resolve("new").resolve("report.html");
    Map<String, Throwable> thrown = new ConcurrentHashMap<>();
    var threads = IntStream.range(0, 4)
        .mapToObj(i -> new Thread(() -> write(file, (byte) ('a' + i))))
        .toList();
    threads.forEach(thread -> {
      thread.setUncaughtExceptionHandler((dead, e) -> thrown.put(dead.getName(), e));
      thread.start();
    });
    for (Thread thread : threads) {
      thread.join();
    }

    byte[] bytes = Files.readAllBytes(file);
    assertThat(thrown).isEmpty();
    assertThat(bytes).hasSize(1_000 * (bytes[0] - 'a' + 1)).containsOnly(bytes[0]);
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  private static void write(Path file, byte letter) {
    byte[] bytes = new byte[1_000 * (letter - 'a' + 1)];
    Arrays.fill(bytes, letter);
    for (int i = 0; i < 50; i++) {
      AtomicFile.write(file, bytes);
    }
  }
}
