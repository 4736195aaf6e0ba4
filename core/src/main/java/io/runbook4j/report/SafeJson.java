package io.runbook4j.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON of safe texts, in plain ASCII and without any character that means something to HTML: it can
 * stand in a script element, and nothing in it changes the direction of writing.
 */
final class SafeJson {
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(SerializationFeature.INDENT_OUTPUT)
      .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
      .build();
  private static final String SAMPLES = "samples";

  private final SafeText safe;
  private final int longest;

  SafeJson(SafeText safe, int longest) {
    this.safe = safe;
    this.longest = longest;
  }

  /** {@return a run's report as its schema says, with safe texts} */
  String report(String json) {
    return write(clean(read(json), safe::text));
  }

  /**
   * {@return the same, but with lists halved until it is at most so long} It is still as the schema
   * says.
   */
  String report(String json, int mostChars) {
    JsonNode tree = clean(read(json), safe::text);
    String text = write(tree);
    while (text.length() > mostChars && halve(tree)) {
      text = write(tree);
    }
    return text;
  }

  /** {@return settings as an object, sorted by name} */
  String settings(Map<String, String> settings) {
    ObjectNode object = JSON.createObjectNode();
    new TreeMap<>(settings)
        .forEach((name, value) ->
            object.put(safe.text(name, longest), safe.value(name, value, longest)));
    return write(object);
  }

  private JsonNode clean(JsonNode node, Cleaning cleaning) {
    if (node instanceof ObjectNode object) {
      boolean isReason = object.has(SAMPLES);
      object.properties().forEach(e -> e.setValue(clean(e.getValue(), of(e.getKey(), isReason))));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, clean(array.get(i), cleaning));
      }
    } else if (node instanceof TextNode text) {
      return TextNode.valueOf(cleaning.of(text.textValue(), longest));
    }
    return node;
  }

  /** {@return how a field is cleaned; the text of a reason is what has lost its numbers} */
  private Cleaning of(String field, boolean isReason) {
    if (!isReason) {
      return safe::text;
    }
    return field.equals(SAMPLES) ? safe::key : field.equals("text") ? safe::reason : safe::text;
  }

  private interface Cleaning {
    String of(String text, int most);
  }

  private static boolean halve(JsonNode tree) {
    boolean isShorter = false;
    for (JsonNode child : tree) {
      if (child instanceof ArrayNode array && array.size() > 1) {
        for (int most = array.size() / 2; array.size() > most; ) {
          array.remove(array.size() - 1);
        }
        isShorter = true;
      }
    }
    return isShorter;
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("json must be JSON, was not at " + e.getLocation(), e);
    }
  }

  private static String write(JsonNode tree) {
    try {
      return JSON.writeValueAsString(tree)
              .replace("\r\n", "\n")
              .replace("<", "\\u003c")
              .replace(">", "\\u003e")
              .replace("&", "\\u0026")
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree must be writable as JSON, was not", e);
    }
  }
}
