package io.runbook4j.integrity;

import io.runbook4j.integrity.SchemaNode.Drift;
import io.runbook4j.spi.ledger.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds rows that have not the shape they should. After a deployment all rows may be wrong in the
 * same way, so a sample is a field with how often it is wrong, and not a row.
 */
final class SchemaPass implements Pass {
  private final Scope scope;
  private final Schema schema;
  private final Set<String> keys;
  private final Map<String, Group> groups = new LinkedHashMap<>();

  SchemaPass(Scope scope, Schema schema, Set<String> keys) {
    this.scope = scope;
    this.schema = schema;
    this.keys = keys;
  }

  /** The fields that are wrong in the same way. */
  private static final class Group {
    private final Map<String, Field> fields = new LinkedHashMap<>();
    private final boolean corruption;
    private long total;

    Group(boolean corruption) {
      this.corruption = corruption;
    }
  }

  /** How often one field is wrong. */
  private static final class Field {
    private final String firstRow;
    private long times;

    Field(String firstRow) {
      this.firstRow = firstRow;
    }
  }

  @Override
  public void see(Row row) {
    schema.check(row.values(), (drift, path, text) -> add(row, drift, path, text));
  }

  private void add(Row row, Drift drift, String path, String text) {
    boolean key = keys.contains(path) && drift != Drift.UNKNOWN_FIELD;
    Group group = groups.computeIfAbsent(
        scope.check() + (key ? "-key-" : "-") + drift.word,
        name -> new Group(key || scope.corruption()));
    group.total++;
    String sample = path + ": " + text;
    if (group.fields.containsKey(sample) || group.fields.size() < scope.mostSamples()) {
      group.fields.computeIfAbsent(sample, first -> new Field(row.name())).times++;
    }
  }

  @Override
  public List<Finding> finish() {
    List<Finding> findings = new ArrayList<>();
    groups.forEach((name, group) -> {
      Tally tally = new Tally(name, scope.subject(), group.corruption, scope.mostSamples());
      group.fields.forEach((sample, field) -> tally.add(sample + " in " + field.times
          + (field.times == 1 ? " row: " : " rows, first ") + field.firstRow));
      tally.total(group.total);
      tally.finding().ifPresent(findings::add);
    });
    return findings;
  }
}
