package io.runbook4j.examples;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the loopback service did for each user, in a file of its own, so that it knows it after a
 * kill -9 too. Not safe for many threads.
 */
final class ServiceRecord implements AutoCloseable {
  private static final String APPLIED = "applied ";
  private static final String REFUSED = "refused ";

  private final Map<String, Integer> applied = new HashMap<>();
  private final Map<String, Integer> refused = new HashMap<>();
  private final Writer file;

  ServiceRecord(Path path) throws IOException {
    if (Files.exists(path)) {
      Files.readAllLines(path).forEach(this::count);
    }
    file = Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void count(String line) {
    if (line.startsWith(APPLIED)) {
      applied.merge(line.substring(APPLIED.length()), 1, Integer::sum);
    } else if (line.startsWith(REFUSED)) {
      refused.merge(line.substring(REFUSED.length()), 1, Integer::sum);
    }
  }

  void applied(String user) throws IOException {
    append(APPLIED + user);
  }

  void refused(String user) throws IOException {
    append(REFUSED + user);
  }

  private void append(String line) throws IOException {
    file.write(line + "\n");
    file.flush();
    count(line);
  }

  int refusals(String user) {
    return refused.getOrDefault(user, 0);
  }

  boolean isApplied(String user) {
    return applied.containsKey(user);
  }

  /** {@return the users that have their photo} */
  Set<String> users() {
    return Set.copyOf(applied.keySet());
  }

  /** {@return how often a chunk that was let in named one of these users} */
  int sent(Collection<String> users) {
    return users.stream()
        .mapToInt(u -> applied.getOrDefault(u, 0) + refusals(u))
        .sum();
  }

  /** {@return the users whose photo was applied more than once} */
  List<String> appliedTwice() {
    return applied.entrySet().stream()
        .filter(e -> e.getValue() > 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
