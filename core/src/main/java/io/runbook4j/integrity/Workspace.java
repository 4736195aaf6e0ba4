package io.runbook4j.integrity;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a check may use while it works. Immutable.
 *
 * <p>What does not fit into the memory goes to temporary files in the folder, which hold keys and
 * row names as they are; they are readable by the process's user only, and gone when the check is
 * done.
 *
 * @param folder an existing folder for temporary files
 * @param memoryBytes how much memory all checks of a pass take together; 1 MiB to 1 GiB
 */
public record Workspace(Path folder, int memoryBytes) {
  private static final int LEAST = 1 << 20;
  private static final int MOST = 1 << 30;

  /** Checks the folder and the memory. */
  public Workspace {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("folder must be an existing folder, was " + folder);
    }
    if (memoryBytes < LEAST || memoryBytes > MOST) {
      throw new IllegalArgumentException(
          "memoryBytes must be " + LEAST + " to " + MOST + ", was " + memoryBytes);
    }
  }

  /** {@return 64 MiB, and the system's folder for temporary files} */
  public static Workspace defaults() {
    return new Workspace(Path.of(System.getProperty("java.io.tmpdir")), 64 << 20);
  }

  /** {@return the same folder and a part of the memory, though never less than 1 MiB} */
  Workspace dividedBy(int parts) {
    return new Workspace(folder, Math.max(LEAST, memoryBytes / Math.max(1, parts)));
  }
}
