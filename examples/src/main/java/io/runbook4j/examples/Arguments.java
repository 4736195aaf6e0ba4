package io.runbook4j.examples;

import io.runbook4j.limit.Quota;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options of the command line, checked when they are read. Immutable. */
final class Arguments {
  private static final List<String> NAMES =
      List.of("--users", "--url", "--limit", "--token-env", "--ledger", "--rerun", "--serve");
  /** The one option without a value. */
  private static final String NEW = "--new";

  private static final Pattern LIMIT = Pattern.compile("(\\d{1,9})/(\\d{1,7})");
  private static final int LAST_PORT = 65_535;

  private final Map<String, String> values;
  private final boolean help;

  private Arguments(Map<String, String> values, boolean help) {
    this.values = Map.copyOf(values);
    this.help = help;
  }

  /**
   * {@return the arguments}
   *
   * @throws IllegalArgumentException if one is unknown, comes twice or has no value, or if one
   *     needs another
   */
  static Arguments parse(String... args) {
    if (Arrays.asList(args).contains("--help") || Arrays.asList(args).contains("-h")) {
      return new Arguments(Map.of(), true);
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      String name = args[i];
      String value = NEW.equals(name) ? "" : valueOf(name, ++i, args);
      if (values.putIfAbsent(name, value) != null) {
        throw new IllegalArgumentException(name + " must be given once, was given "
            + (value.isEmpty() ? "" : "with " + value + " ") + "again");
      }
    }
    return new Arguments(values, false).checked();
  }

  private static String valueOf(String name, int place, String... args) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "argument must be one of " + String.join(" ", NAMES) + " " + NEW + ", was " + name);
    }
    if (place == args.length || args[place].startsWith("--")) {
      throw new IllegalArgumentException(name + " must be followed by a value, was "
          + (place == args.length ? "the last argument" : "followed by " + args[place]));
    }
    return args[place];
  }

  private Arguments checked() {
    requireTogether("--users", "--url");
    requireTogether("--url", "--users");
    requireTogether("--limit", "--url");
    requireTogether("--token-env", "--url");
    requireTogether("--rerun", "--url");
    requireTogether(NEW, "--url");
    if (values.containsKey(NEW) && values.containsKey("--rerun")) {
      throw new IllegalArgumentException(NEW + " must be given without --rerun, was given with it");
    }
    if (values.containsKey("--serve") && values.containsKey("--url")) {
      throw new IllegalArgumentException("--serve must be given without --url, was given with it");
    }
    return this;
  }

  private void requireTogether(String one, String other) {
    if (values.containsKey(one) && !values.containsKey(other)) {
      throw new IllegalArgumentException(
          other + " must be given with " + one + ", was missing; see --help");
    }
  }

  boolean isHelp() {
    return help;
  }

  /** {@return whether it is to run on real input} */
  boolean isReal() {
    return values.containsKey("--url");
  }

  Path users() {
    return file("--users");
  }

  URI url() {
    String text = values.getOrDefault("--url", "");
    try {
      URI url = new URI(text);
      if (List.of("http", "https")
              .contains(String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT))
          && url.getHost() != null) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("--url must be a URL, was " + text, e);
    }
    throw new IllegalArgumentException("--url must be an http or https URL, was " + text);
  }

  /** {@return the most calls; 50 a minute if nothing is said} */
  Quota limit() {
    String text = values.getOrDefault("--limit", "50/60");
    Matcher limit = LIMIT.matcher(text);
    if (!limit.matches() || limit.group(1).matches("0+") || limit.group(2).matches("0+")) {
      throw new IllegalArgumentException(
          "--limit must be CALLS/SECONDS such as 50/60, both above 0, was " + text);
    }
    return Quota.of(
        Long.parseLong(limit.group(1)), Duration.ofSeconds(Long.parseLong(limit.group(2))));
  }

  /** {@return the name of the environment variable that holds the token} */
  Optional<String> tokenVariable() {
    Optional<String> name = Optional.ofNullable(values.get("--token-env"));
    name.filter(variable -> System.getenv().getOrDefault(variable, "").isBlank())
        .ifPresent(unset -> {
          throw new IllegalArgumentException(
              "--token-env must name an environment variable that is set, was " + unset);
        });
    return name;
  }

  Path ledger(Path otherwise) {
    Path ledger = Optional.ofNullable(values.get("--ledger")).map(Path::of).orElse(otherwise);
    if (Files.exists(ledger) && !Files.isDirectory(ledger)) {
      throw new IllegalArgumentException("--ledger must be a folder, was the file " + ledger);
    }
    return ledger;
  }

  /** {@return whether a new run is to begin, though one is unfinished} */
  boolean isNew() {
    return values.containsKey(NEW);
  }

  /** {@return whether it is to rerun what failed instead of running the job} */
  boolean isRerun() {
    return values.containsKey("--rerun");
  }

  /** {@return the file with the users to rerun; empty for all that failed} */
  Optional<Path> rerunFile() {
    return "failed".equals(values.get("--rerun")) ? Optional.empty() : Optional.of(file("--rerun"));
  }

  /** {@return the port on which to serve only} */
  Optional<Integer> servePort() {
    String text = values.get("--serve");
    if (text == null) {
      return Optional.empty();
    }
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > LAST_PORT) {
      throw new IllegalArgumentException(
          "--serve must be a port from 0 to " + LAST_PORT + ", was " + text);
    }
    return Optional.of(Integer.valueOf(text));
  }

  private Path file(String name) {
    Path file = Path.of(values.getOrDefault(name, ""));
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException(name + " must be a file that can be read, was " + file);
    }
    return file;
  }
}
