package io.runbook4j.file.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * The few things that are done to a disk to keep something; what a test replaces to make a disk
 * full. Safe for many threads.
 */
public interface Disk {
  /** {@return the machine's own} */
  static Disk system() {
    return SystemDisk.INSTANCE;
  }

  /**
   * {@return the folder that a file is in}
   *
   * @throws IllegalArgumentException if the path is a root, and not a file's
   */
  static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException("file must be in a folder, was " + file);
    }
    return folder;
  }

  /** Opens a file for appending, and creates it if there is none. */
  AppendedFile open(Path path) throws IOException;

  /** Makes a new name in the folder outlast a power cut. */
  void forceFolder(Path folder) throws IOException;

  /**
   * Puts a file in the place of another, or of none, so that whoever looks, also after a power cut,
   * sees the old one or the new one, whole. The new one is called {@code NAME-PID.tmp} until then,
   * and is gone if this throws. It has the old one's POSIX permissions before anything is in it.
   */
  default void replace(Path path, Content content) throws IOException {
    long pid = ProcessHandle.current().pid();
    Path fresh = path.resolveSibling(path.getFileName() + "-" + pid + ".tmp");
    AppendedFile opened = open(fresh);
    try {
      try (opened) {
        opened.truncate(0);
        keepPermissions(path, fresh);
        content.writeTo(opened);
        opened.force();
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
    forceFolder(folderOf(path));
  }

  /** Changes what differs only: some file systems take no change of permissions. */
  private static void keepPermissions(Path old, Path fresh) throws IOException {
    if (Files.getFileAttributeView(old, PosixFileAttributeView.class) == null
        || !Files.exists(old)) {
      return;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(old);
    if (!permissions.equals(Files.getPosixFilePermissions(fresh))) {
      Files.setPosixFilePermissions(fresh, permissions);
    }
  }

  /** What a file is to hold. */
  @FunctionalInterface
  interface Content {
    /** Appends all of it. */
    void writeTo(AppendedFile file) throws IOException;
  }

  /** One file that is appended to. */
  interface AppendedFile extends Closeable {
    /** Writes behind what was appended before, all or, if it throws, perhaps a part. */
    void append(byte[] bytes, int length) throws IOException;

    /** Makes what was written outlast a power cut. */
    void force() throws IOException;

    /** As {@link #force}, also where that leaves it to another thread. */
    default void forceNow() throws IOException {
      force();
    }

    /**
     * Puts spaces behind what was appended, which the next appends overwrite: a force that finds
     * the file as long as it was has less to write. After a crash they are there still. Does
     * nothing where that gains nothing.
     */
    default void reserve(int bytes) throws IOException {}

    /** Takes the spaces away again, as {@link #close} does, unless the disk refuses. */
    default void release() {}

    /** Cuts the file off; the next append goes there. */
    void truncate(long length) throws IOException;
  }
}
