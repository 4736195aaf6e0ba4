package io.runbook4j.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What happened in a month. Not safe for many threads. */
final class Tally {
  long upMillis;
  long downMillis;
  long operations;
  long failed;
  long slow;
  long recoveries;
  long late;
  long longestMillis;

  void writeTo(ObjectNode node) {
    node.put("upMillis", upMillis)
        .put("downMillis", downMillis)
        .put("operations", operations)
        .put("failed", failed)
        .put("slow", slow)
        .put("recoveries", recoveries)
        .put("late", late)
        .put("longestMillis", longestMillis);
  }

  static Tally of(JsonNode node) {
    Tally tally = new Tally();
    tally.upMillis = count(node, "upMillis");
    tally.downMillis = count(node, "downMillis");
    tally.operations = count(node, "operations");
    tally.failed = count(node, "failed");
    tally.slow = count(node, "slow");
    tally.recoveries = count(node, "recoveries");
    tally.late = count(node, "late");
    tally.longestMillis = count(node, "longestMillis");
    return tally;
  }

  private static long count(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.canConvertToLong() || !value.isIntegralNumber() || value.asLong() < 0) {
      throw new IllegalArgumentException(
          name + " must be a whole number of at least 0, was " + value);
    }
    return value.asLong();
  }
}
