package io.runbook4j.file.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads the members of what {@link JsonLine} has written. */
public final class JsonFields {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonFields() {}

  /**
   * {@return the JSON in these bytes}
   *
   * @throws IOException if it is not JSON
   */
  public static JsonNode tree(byte[] bytes, int from, int to) throws IOException {
    return JSON.readTree(bytes, from, to - from);
  }

  /**
   * {@return a member that is an array of texts}
   *
   * @throws IllegalArgumentException if there is none
   */
  public static List<String> texts(JsonNode node, String name) {
    List<String> texts = new ArrayList<>();
    member(node, name).forEach(element -> texts.add(element.textValue()));
    return List.copyOf(texts);
  }

  /**
   * {@return a member that is an instant}
   *
   * @throws IllegalArgumentException if there is none
   * @throws java.time.DateTimeException if it is none
   */
  public static Instant instant(JsonNode node, String name) {
    return IsoTimes.instant(text(node, name));
  }

  /**
   * {@return a member that is a duration}
   *
   * @throws IllegalArgumentException if there is none
   * @throws java.time.DateTimeException if it is none
   */
  public static Duration duration(JsonNode node, String name) {
    return IsoTimes.duration(text(node, name));
  }

  /**
   * {@return a member that is a text}
   *
   * @throws IllegalArgumentException if there is none
   */
  public static String text(JsonNode node, String name) {
    JsonNode member = member(node, name);
    if (!member.isTextual()) {
      throw new IllegalArgumentException(name + " must be text, was " + member.getNodeType());
    }
    return member.textValue();
  }

  /**
   * {@return a member that is a whole number}
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Number number(JsonNode node, String name) {
    JsonNode member = member(node, name);
    if (!member.isIntegralNumber()) {
      throw new IllegalArgumentException(
          name + " must be a whole number, was " + member.getNodeType());
    }
    return member.numberValue();
  }

  /**
   * {@return a member}
   *
   * @throws IllegalArgumentException if there is none
   */
  public static JsonNode member(JsonNode node, String name) {
    JsonNode member = node.get(name);
    if (member == null) {
      throw new IllegalArgumentException(name + " must be present, was not");
    }
    return member;
  }
}
