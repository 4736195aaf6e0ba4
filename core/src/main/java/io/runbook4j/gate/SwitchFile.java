package io.runbook4j.gate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * A file that keeps a gate local-only for as long as it is there, whatever is in it. Its first line
 * is the reason, if it has one.
 */
record SwitchFile(Path path) {
  private static final int LONGEST = 300;

  /**
   * {@return why the gate is kept local-only; empty if the file is not there} When that cannot be
   * told, it counts as there.
   */
  Optional<String> reason() {
    String name = "switch file " + path.getFileName();
    try {
      Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!Files.isRegularFile(path)) {
        return Optional.of(name + " is there, and is no file"); // a pipe would not let go of us
      }
      String text = firstLine();
      return Optional.of(text.isEmpty() ? name + " is there" : text);
    } catch (NoSuchFileException e) {
      return isBelowAFile() // which JDK 17 cannot read, and JDK 25 calls missing
          ? Optional.of(name + " cannot be read (its folder is a file)")
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of(name + " cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private boolean isBelowAFile() {
    Path folder = path.toAbsolutePath().getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    return folder != null && !Files.isDirectory(folder);
  }

  private String firstLine() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      String text = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
      String first = text.lines().findFirst().orElse("");
      return first.replaceAll("\\p{Cntrl}|\\uFFFD", " ").strip();
    }
  }
}
