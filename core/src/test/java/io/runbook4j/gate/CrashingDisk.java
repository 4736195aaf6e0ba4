package io.runbook4j.gate;

import io.runbook4j.file.internal.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** A disk that forces nothing, and on which a process dies in the middle of a write. */
final class CrashingDisk implements Disk {
  private final Random random;
  private int writesLeft = Integer.MAX_VALUE;

  /** The process has died. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crash", null, false, false);
    }
  }

  CrashingDisk(Random random) {
    this.random = random;
  }

  /** Lets the process die in the write after so many. */
  void crashAfter(int writes) {
    writesLeft = writes;
  }

  private boolean crashes() {
    return writesLeft-- <= 0;
  }

  @Override
  public AppendedFile open(Path path) throws IOException {
    AppendedFile file = Disk.system().open(path);
    return new AppendedFile() {
      @Override
      public void append(byte[] bytes, int length) throws IOException {
        if (crashes()) {
          writesLeft = 0; // a dead process writes nothing more
          file.append(bytes, random.nextInt(length + 1));
          throw new Crash();
        }
        file.append(bytes, length);
      }

      @Override
      public void force() {
        if (crashes()) {
          writesLeft = 0;
          throw new Crash();
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
  public void forceFolder(Path folder) {
    if (crashes()) {
      writesLeft = 0;
      throw new Crash();
    }
  }
}
