package io.runbook4j.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lines of a file that a writer goes on with while it is read. */
class LinesTest {
  @TempDir
  private Path folder;

  private Path file;

  @BeforeEach
  void beginALine() throws IOException {
    file = folder.resolve("lines");
    Files.writeString(file, "abc");
  }

  private void append(byte[] bytes) throws IOException {
    Files.write(file, bytes, StandardOpenOption.APPEND);
  }

  private static byte[] wholeLine() {
    JsonLine line = new JsonLine();
    line.begin().text("type", "note").seal();
    return Arrays.copyOf(line.bytes(), line.length());
  }

  @Test
  void next_writerEndedItsLineMeanwhile_theUnendedLineWasTheLast() throws IOException {
    try (Lines lines = new Lines(file)) {
      assertThat(lines.next()).isTrue();
      assertThat(lines.isTerminated()).isFalse();

      append(new byte[] {'d', '\n'});

      assertThat(lines.next()).isFalse();
    }
  }

  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // it read on for ever
  void isTornTail_writerEndedItsLineMeanwhile_isOne() throws IOException {
    try (Lines lines = new Lines(file)) {
      assertThat(lines.next()).isTrue();

      append(new byte[] {'d', '\n'});
      append(wholeLine());

      assertThat(lines.isTornTail()).isTrue();
    }
  }

  @Test
  void isTornTail_writerWasAboutToWriteTheLineIntoReservedRoom_isReadAnew() throws IOException {
    try (Disk.AppendedFile writer = Disk.system().open(file)) {
      writer.truncate(0);
      byte[] line = wholeLine();
      int before = 128 * 1024 / line.length; // as many as a reader reads at once, or one less
      for (int i = 0; i < before; i++) {
        writer.append(line, line.length);
      }
      writer.reserve(line.length * 9);
      try (Lines lines = new Lines(file)) {
        for (int i = 0; i < before; i++) {
          assertThat(lines.next()).isTrue();
          assertThat(lines.isWhole()).isTrue();
        }

        writer.append(line, line.length);
        writer.append(line, line.length);

        assertThat(lines.next()).isTrue();
        assertThat(lines.isWhole()).isFalse();
        assertThat(lines.isTornTail()).isFalse();
        assertThat(lines.isWhole()).isTrue();
        assertThat(lines.number()).isEqualTo(before + 1);
        assertThat(lines.next()).isTrue();
        assertThat(lines.isWhole()).isTrue();
        assertThat(lines.next()).isTrue();
        assertThat(lines.isWhole()).isFalse();
        assertThat(lines.isTornTail()).isTrue();
      }
    }
  }

  @Test
  void isTornTail_wholeLineFollows_isDamage() throws IOException {
    append(new byte[] {'d', '\n'});
    append(wholeLine());

    try (Lines lines = new Lines(file)) {
      assertThat(lines.next()).isTrue();

      assertThat(lines.isTornTail()).isFalse();
      assertThat(lines.isWhole()).isFalse();
    }
  }
}
