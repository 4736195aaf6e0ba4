package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  private static final Path PROGRAM =
      Path.of("src/main/java/io/runbook4j/examples/TwentyLines.java");
  private static final Pattern FOLDER = Pattern.compile("`([\\w-]+/)`");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");

  @TempDir
  Path runs;

  private static String readme() throws Exception {
    return Files.readString(Path.of("../README.md"));
  }

  private static String unindented(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  void readme_itsFirstJava_isTheProgramThatRuns() throws Exception {
    Matcher java = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme());
    assertThat(java.find()).isTrue();

    assertThat(unindented(Files.readString(PROGRAM))).contains(unindented(java.group(1)));
  }

  @Test
  void readme_programRuns_rerunsTheOneThatFailed() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setProperty("examples.runs", runs.toString());
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      TwentyLines.main(new String[0]);
    } finally {
      System.setOut(before);
      System.clearProperty("examples.runs");
    }

    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("Read           4")
        .contains("Counts[read=1, succeeded=0, failed=1");
  }

  @Test
  void readme_everyFolderItNames_exists() throws Exception {
    assertThat(named(FOLDER))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(Path.of("..").resolve(name)).isDirectory());
  }

  @Test
  void readme_everyTestItNames_exists() throws Exception {
    Set<String> tests;
    try (Stream<Path> files = Files.find(Path.of(".."), 12, ReadmeTest::isTest)) {
      tests = files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .collect(Collectors.toSet());
    }

    assertThat(tests).containsAll(named(TEST));
  }

  private static boolean isTest(Path file, BasicFileAttributes attributes) {
    return attributes.isRegularFile() && file.getFileName().toString().endsWith("Test.java");
  }

  private static List<String> named(Pattern what) throws Exception {
    return what.matcher(readme()).results().map(found -> found.group(1)).toList();
  }
}
