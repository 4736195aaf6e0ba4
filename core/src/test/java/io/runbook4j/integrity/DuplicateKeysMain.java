package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Looks for duplicates among as many keys as it is told, in a heap as small as it is told. Run it
 * by hand with 100000000 keys, a folder, 512 MiB and {@code -Xmx1g}.
 */
final class DuplicateKeysMain {
  private static final int PLANTED = 100;

  /** A multiplication by an odd number modulo 2^32 visits every number once. */
  private static final int STEP = 0x9E3779B1;

  private DuplicateKeysMain() {}

  static String key(int i) {
    return "user-" + Integer.toUnsignedString(i * STEP);
  }

  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) {
    int keys = Integer.parseInt(arguments[0]);
    Workspace workspace =
        new Workspace(Path.of(arguments[1]), Integer.parseInt(arguments[2]) << 20);
    TreeSet<String> planted = new TreeSet<>();
    try (DuplicateKeys duplicates = DuplicateKeys.in(workspace)) {
      for (int i = 0; i < keys; i++) {
        duplicates.add(key(i));
      }
      for (int i = 0; i < PLANTED; i++) {
        String key = key(i * (keys / PLANTED));
        planted.add(key + " (2 times)");
        duplicates.add(key);
      }
      Optional<Finding> finding = duplicates.finding("users");
      if (finding.isEmpty()
          || finding.get().total() != PLANTED
          || !planted.containsAll(finding.get().samples())) {
        throw new IllegalStateException(
            "expected " + PLANTED + " of " + planted + ", was " + finding);
      }
    }
    System.out.println(Arrays.toString(arguments) + " found all that were planted");
  }
}
