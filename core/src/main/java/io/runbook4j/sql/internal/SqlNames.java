package io.runbook4j.sql.internal;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes names as one database wants them, always in its quotes, so that no name can be read as
 * anything else. A name means what it means to the database without quotes; one in double quotes is
 * taken as it is.
 */
public final class SqlNames {
  // A dot between quotes belongs to the name.
  private static final Pattern DOT = Pattern.compile("\\.(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");

  private static final Pattern PLAIN = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

  private final String quote;
  private final boolean upper;
  private final boolean lower;

  /** Asks the database for its rules. */
  public SqlNames(DatabaseMetaData metaData) throws SQLException {
    String quoted = metaData.getIdentifierQuoteString();
    quote = quoted.isBlank() ? "" : quoted;
    upper = metaData.storesUpperCaseIdentifiers();
    lower = metaData.storesLowerCaseIdentifiers();
  }

  /** {@return the name of a table, perhaps with its schema before a dot} */
  public String table(String given) {
    return DOT.splitAsStream(given).map(this::name).collect(Collectors.joining("."));
  }

  /** {@return the name of a column} */
  public String name(String given) {
    String name = given;
    if (given.length() > 2 && given.startsWith("\"") && given.endsWith("\"")) {
      name = given.substring(1, given.length() - 1).replace("\"\"", "\"");
    } else if (upper) {
      name = given.toUpperCase(Locale.ROOT);
    } else if (lower) {
      name = given.toLowerCase(Locale.ROOT);
    }
    if (quote.isEmpty() && !PLAIN.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name must be letters, digits and _ where the database has no quotes, was " + name);
    }
    return quote.isEmpty() ? name : quote + name.replace(quote, quote + quote) + quote;
  }
}
