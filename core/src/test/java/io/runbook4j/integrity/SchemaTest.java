package io.runbook4j.integrity;

import static io.runbook4j.integrity.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.runbook4j.spi.ledger.Finding;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private static List<Finding> drift(
      Schema schema, List<Map<String, @Nullable Object>> rows, String... keys)
      throws InterruptedException {
    return Checks.of(Check.schema(schema, keys)).over("events", Rows.of(rows));
  }

  private static Schema learned() throws InterruptedException {
    return Schema.learn(Rows.of(
        row(
            "id",
            "a",
            "delta",
            1,
            "tags",
            List.of("x"),
            "meta",
            row("v", 1.5),
            "at",
            Instant.EPOCH),
        row("id", "b", "delta", null, "tags", List.of(), "meta", row("v", 2), "note", true)));
  }

  @Test
  void learn_rows_isTheJsonSchemaOfTheirShape() throws Exception {
    assertThat(JSON.readTree(learned().json())).isEqualTo(JSON.readTree("""
                {"type": "object",
                 "properties": {
                   "id": {"type": "string"},
                   "delta": {"type": ["integer", "null"]},
                   "tags": {"type": "array", "items": {"type": "string"}},
                   "meta": {"type": "object",
                            "properties": {"v": {"type": ["integer", "number"]}},
                            "required": ["v"], "additionalProperties": false},
                   "at": {"type": "string"},
                   "note": {"type": "boolean"}},
                 "required": ["delta", "id", "meta", "tags"],
                 "additionalProperties": false,
                 "$schema": "https://json-schema.org/draft/2020-12/schema"}
                """));
  }

  @Test
  void check_rowsOfTheSameShape_findNothing() throws Exception {
    assertThat(drift(
            learned(),
            List.of(row(
                "id",
                "c",
                "delta",
                new BigDecimal("2.0"),
                "tags",
                List.of("y", "z"),
                "meta",
                row("v", -1),
                "note",
                false))))
        .isEmpty();
  }

  @Test
  void check_everyKindOfDrift_isNamedByFieldWithHowOften() throws Exception {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      rows.add(row("id", 7, "delta", 1.5, "tags", List.of(1, "x"), "meta", row("w", 1), "x", null));
    }

    List<Finding> findings = drift(learned(), rows);

    assertThat(findings)
        .extracting(Finding::check)
        .containsExactlyInAnyOrder(
            "schema-changed-type", "schema-unknown-field", "schema-missing-field");
    assertThat(findings).noneMatch(Finding::corruption);
    for (Finding finding : findings) {
      switch (finding.check()) {
        case "schema-changed-type" -> {
          assertThat(finding.total()).isEqualTo(150);
          assertThat(finding.samples())
              .containsExactly(
                  "id: integer instead of string in 50 rows, first r0",
                  "delta: number instead of integer or null in 50 rows, first r0",
                  "tags[]: integer instead of string in 50 rows, first r0");
        }
        case "schema-unknown-field" ->
          assertThat(finding.samples())
              .containsExactly(
                  "meta.w: unknown integer in 50 rows, first r0",
                  "x: unknown null in 50 rows, first r0");
        default ->
          assertThat(finding.samples()).containsExactly("meta.v: missing in 50 rows, first r0");
      }
    }
  }

  @Test
  void check_keyChangedOrMissing_isCorruption() throws Exception {
    List<Finding> findings = drift(
        learned(),
        List.of(
            row("id", 7, "delta", 1, "tags", List.of(), "meta", row("v", 1)),
            row("delta", "x", "tags", List.of(), "meta", row("v", 1))),
        "id");

    assertThat(findings)
        .extracting(Finding::check, Finding::corruption, Finding::total)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("schema-key-changed-type", true, 1L),
            org.assertj.core.groups.Tuple.tuple("schema-changed-type", false, 1L),
            org.assertj.core.groups.Tuple.tuple("schema-key-missing-field", true, 1L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"idd", "ID", "meta.w", "meta.v.x", "v", "tags.x", ""})
  void check_keyThatIsNoField_isRefusedWithTheFields(String key) throws Exception {
    Schema schema = learned();

    assertThatThrownBy(() -> Check.schema(schema, "id", key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("keys must be fields of the schema ([at, delta, id, meta, meta.v, note, tags,"
            + " tags[]]), was \"" + key + "\"");
  }

  @Test
  void check_keyOfEveryField_isTaken() throws Exception {
    assertThat(Check.schema(learned(), "id", "meta.v", "tags[]", "note").name())
        .isEqualTo("schema");
    Schema written = Schema.parse("{\"required\": [\"id\"]}");
    assertThat(drift(written, List.of(row("x", 1)), "id"))
        .singleElement()
        .matches(Finding::corruption);
  }

  @Test
  void check_keyThatIsNoFieldOfMany_isRefusedWithTheFirst20() {
    StringBuilder required = new StringBuilder("{\"required\": [\"f0\"");
    for (int i = 1; i < 1_000; i++) {
      required.append(", \"f").append(i).append('"');
    }
    Schema wide = Schema.parse(required.append("]}").toString());

    assertThatThrownBy(() -> Check.schema(wide, "typo"))
        .hasMessageStartingWith("keys must be fields of the schema ([f0, f1, f10, ")
        .hasMessageEndingWith(" and 980 more), was \"typo\"");
  }

  @Test
  void learn_objectWithVeryManyFields_isADictionary() throws Exception {
    Map<String, @Nullable Object> counts = new LinkedHashMap<>();
    for (int i = 0; i < 1_001; i++) {
      counts.put("user-" + i, i);
    }
    Schema schema = Schema.learn(Rows.of(row("counts", counts)));

    assertThat(drift(schema, List.of(row("counts", row("user-x", 1))))).hasSize(1);
    assertThat(drift(schema, List.of(row("counts", counts), row("other", 1))))
        .extracting(Finding::check)
        .containsExactly("schema-unknown-field", "schema-missing-field");
  }

  @Test
  void check_moreDriftThanSamples_isBounded() throws Exception {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      rows.add(row("field-" + i, i));
    }
    List<Finding> findings =
        drift(Schema.parse("{\"type\": \"object\", \"additionalProperties\": false}"), rows);

    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).total()).isEqualTo(5_000);
    assertThat(findings.get(0).samples()).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"$ref\": \"#/x\"}",
        "{\"properties\": {\"a\": {\"anyOf\": []}}}",
        "{\"items\": {\"not\": {}}}",
        "{\"additionalProperties\": {}}",
        "{\"type\": \"text\"}",
        "{\"type\": 7}",
        "{\"properties\": {\"a\": true}}",
        "true",
        "{"
      })
  void parse_whatItDoesNotUnderstand_isRefused(String json) {
    assertThatThrownBy(() -> Schema.parse(json)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'type': 'object'} ; {'a': 1} ; true",
        "{'properties': {'a': {'type': 'integer'}}} ; {'a': 1.0} ; true",
        "{'properties': {'a': {'type': 'integer'}}} ; {'a': 1.5} ; false",
        "{'properties': {'a': {'type': 'number'}}} ; {'a': 1} ; true",
        "{'required': ['a']} ; {'a': null} ; true",
        "{'required': ['a']} ; {} ; false",
        "{'properties': {'a': {'items': {'type': 'null'}}}} ; {'a': [null, 1]} ; false",
      })
  void check_handwrittenSchema_agreesWithAValidator(String schema, String document, boolean valid)
      throws Exception {
    String json = schema.replace('\'', '"');
    String value = document.replace('\'', '"');

    assertThat(isValid(json, value)).isEqualTo(valid);
    assertThat(drift(Schema.parse(json), List.of(map(value))).isEmpty()).isEqualTo(valid);
  }

  @RepeatedTest(30)
  void check_randomDocuments_agreesWithAValidatorOfJsonSchema() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Map<String, @Nullable Object>> examples = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(6); i++) {
      examples.add(map(object(random, 3)));
    }
    Schema schema = Schema.learn(Rows.of(examples));
    Schema copy = Schema.parse(schema.json());

    assertThat(JSON.readTree(copy.json())).isEqualTo(JSON.readTree(schema.json()));
    for (Map<String, @Nullable Object> example : examples) {
      assertThat(drift(schema, List.of(example))).as("seed " + seed).isEmpty();
    }
    for (int i = 0; i < 30; i++) {
      String document = object(random, 3);
      boolean valid = isValid(schema.json(), document);
      assertThat(drift(schema, List.of(map(document))).isEmpty())
          .as("%s against %s, seed %s", document, schema.json(), seed)
          .isEqualTo(valid);
      assertThat(drift(copy, List.of(map(document))).isEmpty())
          .as("copy, seed " + seed)
          .isEqualTo(valid);
    }
  }

  private static boolean isValid(String schema, String document) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema, InputFormat.JSON)
        .validate(document, InputFormat.JSON)
        .isEmpty();
  }

  private static Map<String, @Nullable Object> map(String json) throws JsonProcessingException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    JSON.readTree(json)
        .properties()
        .forEach(
            field -> map.put(field.getKey(), JSON.convertValue(field.getValue(), Object.class)));
    return map;
  }

  /** Few names and few types, so that documents are often of the same shape. */
  private static String object(Random random, int depth) {
    List<String> fields = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      if (random.nextInt(3) > 0) {
        fields.add("\"" + name + "\": " + value(random, depth));
      }
    }
    return "{" + String.join(", ", fields) + "}";
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0, 1 -> "1";
      case 2 -> "\"x\"";
      case 3 -> List.of("1.5", "2.0", "-1e3").get(random.nextInt(3));
      case 4 -> "null";
      case 5 -> "true";
      case 6 -> "[" + value(random, depth - 1) + ", " + value(random, depth - 1) + "]";
      case 7 -> "[]";
      default -> object(random, depth - 1);
    };
  }
}
