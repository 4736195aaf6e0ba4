package io.runbook4j.integrity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.runbook4j.spi.sync.Source;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The shape of rows: their fields, the fields' types, which of them are always there; also inside
 * of objects and arrays. Learned from rows or read from a JSON Schema, and kept as one. Immutable.
 *
 * <p>Of JSON Schema it knows {@code type}, {@code properties}, {@code required},
 * {@code additionalProperties} as a boolean and {@code items}; it looks at shapes only, so it
 * leaves out what bounds values ({@code minimum}, {@code pattern}, {@code enum}, {@code format}).
 * What combines or refers to schemas is refused. Times, UUIDs and bytes are strings.
 */
public final class Schema {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final int MOST_SHOWN = 20;

  private static final Set<String> REFUSED = Set.of(
      "$ref",
      "$dynamicRef",
      "allOf",
      "anyOf",
      "oneOf",
      "not",
      "if",
      "patternProperties",
      "propertyNames",
      "prefixItems",
      "contains",
      "dependencies",
      "dependentRequired",
      "dependentSchemas",
      "unevaluatedItems",
      "unevaluatedProperties");

  private final SchemaNode root;

  private Schema(SchemaNode root) {
    this.root = root;
  }

  /**
   * {@return the shape that all rows of a source have} A field that is in every row is required,
   * and no other fields than those seen are allowed; an object with more than 1,000 different
   * fields is taken for a dictionary, which may have any. Items that cannot be read are left out.
   * Takes memory for the fields, not for the rows.
   *
   * @throws io.runbook4j.spi.sync.FailureException if the source cannot be read
   */
  public static Schema learn(Source<? extends Map<String, ?>> rows) throws InterruptedException {
    SchemaNode root = new SchemaNode();
    Pages.each(rows, (page, i) -> {
      if (page.unreadable(i).isEmpty()) {
        root.learn(page.value(i));
      }
    });
    root.types.add(SchemaNode.Type.OBJECT);
    return new Schema(root);
  }

  /**
   * {@return the shape that a JSON Schema describes}
   *
   * @throws IllegalArgumentException if it is no JSON object, or uses a keyword that this class
   *     would have to understand and does not
   */
  public static Schema parse(String jsonSchema) {
    try {
      return new Schema(node(JSON.readTree(jsonSchema), "$"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "jsonSchema must be JSON, was not: " + e.getOriginalMessage(), e);
    }
  }

  private static SchemaNode node(JsonNode json, String path) {
    if (!json.isObject()) {
      throw refused(path, "be an object", json);
    }
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (REFUSED.contains(name)) {
        throw refused(path, "do without " + name, json);
      }
    }
    SchemaNode node = new SchemaNode();
    types(json.path("type"), node, path);
    JsonNode more = json.path("additionalProperties");
    if (!more.isMissingNode() && !more.isBoolean()) {
      throw refused(path + ".additionalProperties", "be true or false", more);
    }
    node.open = more.asBoolean(true);
    json.path("properties")
        .properties()
        .forEach(field ->
            node.fields.put(field.getKey(), node(field.getValue(), path + "." + field.getKey())));
    json.path("required").forEach(name -> node.required.add(name.asText()));
    if (json.has("items")) {
      node.elements = node(json.get("items"), path + "[]");
    }
    return node;
  }

  private static void types(JsonNode type, SchemaNode node, String path) {
    List<String> words = List.of();
    if (type.isTextual()) {
      words = List.of(type.textValue());
    } else if (type.isArray()) {
      words = type.valueStream().map(JsonNode::asText).toList();
    } else if (!type.isMissingNode()) {
      throw refused(path + ".type", "be text or an array", type);
    }
    for (String word : words) {
      node.types.add(Arrays.stream(SchemaNode.Type.values())
          .filter(known -> known.word().equals(word))
          .findFirst()
          .orElseThrow(() -> refused(path + ".type", "be a type of JSON", type)));
    }
  }

  private static IllegalArgumentException refused(String path, String rule, JsonNode was) {
    String text = was.toString();
    return new IllegalArgumentException("schema at " + path + " must " + rule + ", was "
        + text.substring(0, Math.min(text.length(), 200)));
  }

  /** {@return the shape as a JSON Schema, which {@link #parse} reads} */
  public String json() {
    ObjectNode json = write(root);
    json.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    return json.toPrettyString();
  }

  private static ObjectNode write(SchemaNode node) {
    ObjectNode json = JSON.createObjectNode();
    ArrayNode types = JSON.createArrayNode();
    node.types.forEach(type -> types.add(type.word()));
    if (types.size() == 1) {
      json.set("type", types.get(0));
    } else if (!types.isEmpty()) {
      json.set("type", types);
    }
    if (!node.fields.isEmpty()) {
      ObjectNode fields = json.putObject("properties");
      node.fields.forEach((name, field) -> fields.set(name, write(field)));
    }
    if (!node.required.isEmpty()) {
      node.required.forEach(json.withArray("/required")::add);
    }
    if (!node.open && (node.types.isEmpty() || node.types.contains(SchemaNode.Type.OBJECT))) {
      json.put("additionalProperties", false);
    }
    SchemaNode elements = node.elements;
    if (elements != null) {
      json.set("items", write(elements));
    }
    return json;
  }

  /**
   * Refuses keys of which nothing would ever be found, whatever the rows hold.
   *
   * @throws IllegalArgumentException if one of them is no field
   */
  void requireFields(Set<String> keys) {
    Set<String> places = new TreeSet<>();
    root.addPlaces("", places);
    for (String key : keys) {
      if (!places.contains(key)) {
        int more = places.size() - MOST_SHOWN;
        throw new IllegalArgumentException("keys must be fields of the schema ("
            + places.stream().limit(MOST_SHOWN).toList()
            + (more > 0 ? " and " + more + " more" : "")
            + "), was \"" + key + "\"");
      }
    }
  }

  void check(Map<String, ?> row, SchemaNode.Report report) {
    root.check(row, "", report);
  }

  /** {@return the names of the fields, in the order in which they were met} */
  @Override
  public String toString() {
    return root.fields.keySet().stream().collect(Collectors.joining(", ", "schema of ", ""));
  }
}
