package io.runbook4j.file.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "rw-r-----", "rw-rw-rw-"})
  void replace_fileWithPermissionsOfItsOwn_keepsThem(String permissions) throws IOException {
    assumeTrue(
        Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null,
        "files have no POSIX permissions here");
    Path file = Files.writeString(folder.resolve("diary.md"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    List<String> seen = new ArrayList<>();

    Disk.system().replace(file, draft -> {
      seen.addAll(permissionsInTheFolder()); // before the first byte is in the draft
      draft.append(new byte[] {1}, 1);
    });

    assertThat(seen).containsExactly(permissions, permissions);
    assertThat(permissionsInTheFolder()).containsExactly(permissions);
    assertThat(file).hasBinaryContent(new byte[] {1});
  }

  private List<String> permissionsInTheFolder() throws IOException {
    List<String> permissions = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        permissions.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    return permissions;
  }

  @Test
  void replace_noFileYet_makesOne() throws IOException {
    Path file = folder.resolve("diary.md");

    Disk.system().replace(file, draft -> draft.append(new byte[] {1}, 1));

    assertThat(file).hasBinaryContent(new byte[] {1});
  }

  @Test
  void replace_draftOfAProcessThatDied_isCutOffFirst() throws IOException {
    Path file = folder.resolve("diary.md");
    Files.writeString(
        folder.resolve("diary.md-" + ProcessHandle.current().pid() + ".tmp"), "half a draft");

    Disk.system().replace(file, draft -> draft.append(new byte[] {1}, 1));

    assertThat(file).hasBinaryContent(new byte[] {1});
  }

  @Test
  void append_roomReserved_overwritesIt() throws IOException {
    Path file = folder.resolve("room");
    try (Disk.AppendedFile opened = Disk.system().open(file)) {
      opened.append(new byte[] {'a'}, 1);
      opened.reserve(10_000);
      opened.append(new byte[] {'b'}, 1);
      opened.force();

      assertThat(Files.readString(file)).isEqualTo("ab" + " ".repeat(9_999));
      opened.reserve(2);
      opened.truncate(1);
      opened.append(new byte[] {'c'}, 1);
      assertThat(Files.readString(file)).isEqualTo("ac");
      opened.reserve(2);
    }
    assertThat(Files.readString(file)).isEqualTo("ac");
  }
}
