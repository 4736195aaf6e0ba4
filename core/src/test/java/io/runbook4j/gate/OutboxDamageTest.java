package io.runbook4j.gate;

import static io.runbook4j.gate.OutboxTest.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.file.internal.JsonLine;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxDamageTest {
  @TempDir
  private Path folder;

  private final VirtualTime time = VirtualTime.builder().build();
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("outbox.jsonl");
  }

  private Outbox.Builder builder() {
    return Outbox.builder(file, time).force(Outbox.Force.NEVER);
  }

  private static List<String> payloads(Outbox outbox) {
    return outbox.changes(99).stream().map(Change::payload).toList();
  }

  /** Puts three in, takes one out, replaces one. */
  private byte[] written() throws IOException {
    try (Outbox outbox = builder().newestWins().open()) {
      outbox.put("a", "one");
      outbox.put("b", "two");
      take(outbox);
      outbox.put("b", "three");
      outbox.put("c", "four");
    }
    return Files.readAllBytes(file);
  }

  @Test
  void open_cutAfterEveryByte_keepsWholeLinesAndGoesOn() throws IOException {
    byte[] whole = written();
    List<List<String>> states = List.of(
        List.of(),
        List.of("one"),
        List.of("one", "two"),
        List.of("two"),
        List.of("three"),
        List.of("three", "four"));
    for (int length = 0; length <= whole.length; length++) {
      Files.delete(file);
      Files.write(file, Arrays.copyOf(whole, length));
      int lines = (int) new String(whole, 0, length, StandardCharsets.UTF_8)
          .chars()
          .filter(c -> c == '\n')
          .count();
      List<String> expected = states.get(Math.max(0, lines - 1));
      try (Outbox outbox = builder().newestWins().open()) {
        assertThat(payloads(outbox)).as("cut after byte " + length).isEqualTo(expected);
        outbox.put("z", "on");
      }
      try (Outbox outbox = builder().newestWins().open()) {
        assertThat(payloads(outbox)).hasSize(expected.size() + 1).endsWith("on");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01, '\n', '"'})
  void open_anyByteChanged_saysWhereAndChangesNothing(int change) throws IOException {
    byte[] whole = written();
    int second = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;
    for (int at = 0; at < whole.length; at++) {
      byte[] bytes = whole.clone();
      bytes[at] = (byte) (change == 0x01 ? bytes[at] ^ change : change);
      if (bytes[at] != whole[at]) {
        Files.delete(file);
        Files.write(file, bytes);
        checkDamage(at, second, bytes);
      }
    }
  }

  /** Without the very last line break, the file is as a write that was cut off leaves it. */
  private void checkDamage(int at, int second, byte[] bytes) throws IOException {
    try (Outbox outbox = builder().newestWins().open()) {
      assertThat(at).as("byte").isEqualTo(bytes.length - 1);
      assertThat(payloads(outbox)).containsExactly("three");
    } catch (GateException e) {
      assertThat(e)
          .as("byte " + at)
          .message()
          .containsAnyOf("is damaged in line", at < second ? "its first line is damaged" : "\0");
      assertThat(file).as("byte " + at).hasBinaryContent(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"id,name\n1,x\n2,y\n", "id,name", "[]"})
  void open_fileOfSomebodyElse_isRefusedAndLeftAlone(String content) throws IOException {
    Files.writeString(file, content);

    assertThatExceptionOfType(GateException.class)
        .isThrownBy(() -> builder().open())
        .withMessageContainingAll("is no outbox", "Nothing was changed");
    assertThat(file).hasContent(content);
  }

  @Test
  void put_diskFailsToForceIt_isNotInTheOutboxAfterwards() {
    ForceFails disk = new ForceFails();
    Outbox.Builder builder = Outbox.builder(file, time).disk(disk);
    try (Outbox outbox = builder.open()) {
      outbox.put("a", "one");
      disk.isBroken = true;

      assertThatExceptionOfType(GateException.class).isThrownBy(() -> outbox.put("b", "two"));
    }
    try (Outbox outbox = builder().open()) {
      assertThat(payloads(outbox)).containsExactly("one");
    }
  }

  /** Takes all that is appended, and then fails to force it. */
  private static final class ForceFails implements Disk {
    private boolean isBroken;

    @Override
    public AppendedFile open(Path path) throws IOException {
      AppendedFile file = Disk.system().open(path);
      return new AppendedFile() {
        @Override
        public void append(byte[] bytes, int length) throws IOException {
          file.append(bytes, length);
        }

        @Override
        public void force() throws IOException {
          if (isBroken) {
            throw new IOException("the disk is gone");
          }
        }

        @Override
        public void truncate(long length) throws IOException {
          file.truncate(length);
        }

        @Override
        public void close() throws IOException {
          file.close();
        }
      };
    }

    @Override
    public void forceFolder(Path folder) {}
  }

  @Test
  void open_otherFormat_isRefused() throws IOException {
    JsonLine line = new JsonLine();
    line.begin().number("format", 2).text("outbox", "x").number("next", 1).seal();
    Files.write(file, Arrays.copyOf(line.bytes(), line.length()));

    assertThatExceptionOfType(GateException.class)
        .isThrownBy(() -> builder().open())
        .withMessageContaining("is damaged in line 1")
        .withStackTraceContaining("format must be 1, was 2");
  }
}
