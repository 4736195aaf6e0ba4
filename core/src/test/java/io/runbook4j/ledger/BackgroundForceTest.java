package io.runbook4j.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class BackgroundForceTest {
  private final Deque<Runnable> asked = new ArrayDeque<>();
  private final CountingFile file = new CountingFile();
  private final BackgroundForce background = new BackgroundForce(
      file, asked::add, VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z")));

  @Test
  void force_askedTwiceBeforeTheThreadComes_isDoneOnce() throws IOException {
    append(2);
    background.force();
    append(3);
    background.force();

    runAsked();

    assertThat(file.forces).isEqualTo(1);
    assertThat(file.forced).isEqualTo(5);
  }

  @Test
  void force_askedAfterTheThreadCame_isDoneAgain() throws IOException {
    append(2);
    background.force();
    runAsked();
    append(3);
    background.force();
    runAsked();

    assertThat(file.forces).isEqualTo(2);
    assertThat(file.forced).isEqualTo(5);
  }

  @Test
  void append_afterAForceThatFailed_throwsWhatItSaw() throws IOException {
    append(2);
    background.force();
    file.broken = true;
    runAsked();

    assertThatIOException().isThrownBy(() -> append(3)).withMessageContaining("power cut");
    assertThat(file.written).isEqualTo(2);
  }

  @Test
  void close_someNotForced_forcesAndCloses() throws IOException {
    append(2);
    background.force();

    background.close();
    background.close();
    runAsked();

    assertThat(file.forced).isEqualTo(2);
    assertThat(file.forces).isEqualTo(1);
    assertThat(file.closes).isEqualTo(1);
  }

  @Test
  void close_cannotForce_closesAndThrows() throws IOException {
    append(2);
    file.broken = true;

    assertThatIOException().isThrownBy(background::close);
    assertThat(file.closes).isEqualTo(1);
  }

  private void append(int length) throws IOException {
    background.append(new byte[length], length);
  }

  private void runAsked() {
    while (!asked.isEmpty()) {
      asked.remove().run();
    }
  }

  private static final class CountingFile implements Disk.AppendedFile {
    private boolean broken;
    private int written;
    private int forced;
    private int forces;
    private int closes;

    @Override
    public void append(byte[] bytes, int length) {
      written += length;
    }

    @Override
    public void force() throws IOException {
      if (broken) {
        throw new IOException("Input/output error");
      }
      forces++;
      forced = written;
    }

    @Override
    public void truncate(long length) {
      written = (int) length;
    }

    @Override
    public void close() {
      closes++;
    }
  }
}
