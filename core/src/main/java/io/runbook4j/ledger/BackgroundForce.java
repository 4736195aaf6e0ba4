package io.runbook4j.ledger;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.spi.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A file that another thread forces to the disk, one force after the other while there is something
 * to force. What it could not force is thrown at the next append, and at the latest when the file
 * is closed, which forces all that is left.
 */
final class BackgroundForce implements Disk.AppendedFile {
  /** What comes in the meantime takes one force: each costs as much as some thousand items. */
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Disk.AppendedFile file;
  private final Executor forcer;
  private final Time time;
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile @Nullable IOException failure;
  private boolean closed;

  BackgroundForce(Disk.AppendedFile file, Executor forcer, Time time) {
    this.file = file;
    this.forcer = forcer;
    this.time = time;
  }

  @Override
  public void append(byte[] bytes, int length) throws IOException {
    throwFailure();
    file.append(bytes, length);
  }

  @Override
  public void force() {
    if (asked.compareAndSet(false, true)) {
      forcer.execute(this::forceSoon);
    }
  }

  @Override
  public void forceNow() throws IOException {
    forceAll();
    throwFailure();
  }

  private void forceSoon() {
    try {
      time.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // somebody ends the thread: now, then
    }
    forceAll();
  }

  private synchronized void forceAll() {
    asked.set(false); // before the force: what is appended meanwhile takes another one
    if (closed) {
      return;
    }
    try {
      file.force();
    } catch (IOException e) {
      failure = e;
    }
  }

  private void throwFailure() throws IOException {
    IOException seen = failure;
    if (seen != null) {
      throw new IOException(
          "earlier entries could not be forced to the disk, and may not outlast a power cut: "
              + seen.getMessage(),
          seen);
    }
  }

  @Override
  public void truncate(long length) throws IOException {
    file.truncate(length);
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (Disk.AppendedFile closing = file) {
      throwFailure();
      closing.force();
    }
  }
}
