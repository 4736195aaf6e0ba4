package io.runbook4j.integrity;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is known of the values at one place. Changes while it is learned, and then no more. */
final class SchemaNode {
  /** An object with more fields than this is a dictionary: its fields are not its shape. */
  static final int MOST_FIELDS = 1_000;

  /** The types of JSON; times, UUIDs and bytes count as text. */
  enum Type {
    STRING,
    INTEGER,
    NUMBER,
    BOOLEAN,
    OBJECT,
    ARRAY,
    NULL;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Type of(@Nullable Object value) {
      if (value == null) {
        return NULL;
      }
      if (value instanceof Number number) {
        return isFraction(number) ? NUMBER : INTEGER;
      }
      if (value instanceof Boolean) {
        return BOOLEAN;
      }
      if (value instanceof Map) {
        return OBJECT;
      }
      return value instanceof Iterable || value instanceof Object[] ? ARRAY : STRING;
    }

    private static boolean isFraction(Number number) {
      return number instanceof Double
          || number instanceof Float
          || (number instanceof BigDecimal decimal && decimal.scale() > 0);
    }
  }

  /** What is wrong with a value. */
  enum Drift {
    UNKNOWN_FIELD("unknown-field"),
    CHANGED_TYPE("changed-type"),
    MISSING_FIELD("missing-field");

    final String word;

    Drift(String word) {
      this.word = word;
    }
  }

  /** Is told what is wrong, and where. */
  interface Report {
    void drift(Drift drift, String path, String text);
  }

  /** Empty for any. */
  final Set<Type> types = EnumSet.noneOf(Type.class);

  final Map<String, SchemaNode> fields = new LinkedHashMap<>();
  final Set<String> required = new TreeSet<>();
  boolean open;

  @Nullable SchemaNode elements;

  /** How many objects were learned from. */
  private long objects;

  // -- learning

  void learn(@Nullable Object value) {
    Type type = Type.of(value);
    types.add(type);
    if (value instanceof Map<?, ?> map) {
      learnFields(map);
    } else if (type == Type.ARRAY) {
      for (Object element : elements(value)) {
        elements = elements == null ? new SchemaNode() : elements;
        elements.learn(element);
      }
    }
  }

  private void learnFields(Map<?, ?> map) {
    objects++;
    required.removeIf(field -> !map.containsKey(field));
    map.forEach((name, value) -> {
      String field = String.valueOf(name);
      if (!open && !fields.containsKey(field)) {
        addField(field);
      }
      SchemaNode node = fields.get(field);
      if (node != null) {
        node.learn(value);
      }
    });
  }

  private void addField(String field) {
    if (fields.size() == MOST_FIELDS) {
      open = true;
      return;
    }
    fields.put(field, new SchemaNode());
    if (objects == 1) {
      required.add(field);
    }
  }

  // -- checking

  void check(@Nullable Object value, String path, Report report) {
    if (!allows(value)) {
      report.drift(
          Drift.CHANGED_TYPE,
          path,
          Type.of(value).word() + " instead of "
              + String.join(" or ", types.stream().map(Type::word).toList()));
      return;
    }
    SchemaNode inside = elements;
    if (value instanceof Map<?, ?> map) {
      checkFields(map, path, report);
    } else if (inside != null && Type.of(value) == Type.ARRAY) {
      elements(value).forEach(element -> inside.check(element, path + "[]", report));
    }
  }

  /** Adds the places that {@link #check} may name as of another type, or as missing. */
  void addPlaces(String path, Set<String> places) {
    String prefix = path.isEmpty() ? "" : path + ".";
    required.forEach(field -> places.add(prefix + field));
    fields.forEach((name, field) -> {
      places.add(prefix + name);
      field.addPlaces(prefix + name, places);
    });
    if (elements != null) {
      places.add(path + "[]");
      elements.addPlaces(path + "[]", places);
    }
  }

  private void checkFields(Map<?, ?> map, String path, Report report) {
    String prefix = path.isEmpty() ? "" : path + ".";
    map.forEach((name, value) -> {
      SchemaNode field = fields.get(String.valueOf(name));
      if (field != null) {
        field.check(value, prefix + name, report);
      } else if (!open) {
        report.drift(
            Drift.UNKNOWN_FIELD, prefix + name, "unknown " + Type.of(value).word());
      }
    });
    for (String field : required) {
      if (!map.containsKey(field)) {
        report.drift(Drift.MISSING_FIELD, prefix + field, "missing");
      }
    }
  }

  private boolean allows(@Nullable Object value) {
    Type type = Type.of(value);
    return types.isEmpty()
        || types.contains(type)
        || (type == Type.INTEGER && types.contains(Type.NUMBER))
        || (type == Type.NUMBER && types.contains(Type.INTEGER) && isWhole(value));
  }

  /** JSON Schema takes 1.0 for an integer. */
  private static boolean isWhole(@Nullable Object value) {
    return value instanceof BigDecimal decimal
        ? decimal.stripTrailingZeros().scale() <= 0
        : value instanceof Number number && number.doubleValue() % 1 == 0;
  }

  private static Iterable<?> elements(@Nullable Object value) {
    return value instanceof Object[] array
        ? Arrays.asList(array)
        : value instanceof Iterable<?> iterable ? iterable : Set.of();
  }
}
