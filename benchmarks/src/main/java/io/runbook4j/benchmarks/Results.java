package io.runbook4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes {@code RESULTS.md} and the charts as they come, so that a stopped run leaves some. */
final class Results {
  private final Path module;
  private final String head;
  private final StringBuilder body = new StringBuilder();
  private final List<Goal> goals = new ArrayList<>();

  Results(Path module, String head) throws IOException {
    this.module = module;
    this.head = head;
    Files.createDirectories(module.resolve("charts"));
  }

  /** Adds a table with its chart. */
  void add(Table table) {
    chart(table.id(), new BarChart(table).svg());
    add(table.markdown(), List.of());
  }

  /** Adds a section, and what was asked of its figures. */
  void add(String section, List<Goal> goals) {
    body.append(section);
    goals(goals);
  }

  void goals(List<Goal> goals) {
    this.goals.addAll(goals);
    write(module.resolve("RESULTS.md"), text());
  }

  void chart(String id, String svg) {
    write(module.resolve("charts").resolve(id + ".svg"), svg);
  }

  /** Writes the end. */
  void end(List<String> leftOut) throws IOException {
    for (String row : leftOut) {
      body.append("Left out, because it failed: ").append(row).append("\n\n");
    }
    write(module.resolve("RESULTS.md"), text() + Files.readString(module.resolve("NOTES.md")));
  }

  private String text() {
    return head + "### What was asked for\n\n" + Goal.markdown(goals) + body;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
