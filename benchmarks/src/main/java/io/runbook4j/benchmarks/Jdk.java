package io.runbook4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A JDK to measure on.
 *
 * @param version as it says itself
 * @param java the program
 */
record Jdk(String version, Path java) {
  /** {@return the JDK that runs this} */
  static Jdk current() {
    return new Jdk(
        System.getProperty("java.version"), Path.of(System.getProperty("java.home"), "bin/java"));
  }

  /** {@return the JDK in that folder} */
  static Jdk in(Path home) throws IOException {
    Path about = home.resolve("release");
    String key = "JAVA_VERSION=";
    String version = Files.readAllLines(about).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).replace("\"", ""))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(about + " must have a line with " + key + ", has none"));
    return new Jdk(version, home.resolve("bin/java"));
  }

  /** {@return the number of its feature release} */
  String feature() {
    return version.split("[.-]", 2)[0];
  }
}
