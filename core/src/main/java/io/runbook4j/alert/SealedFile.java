package io.runbook4j.alert;

import io.runbook4j.file.internal.Claim;
import io.runbook4j.file.internal.Disk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A small state on disk: magic, format, length, the state, its CRC32C. Written beside, forced, and
 * put in place in one move, so that there is always a whole one. For one thread at a time.
 */
final class SealedFile {
  private static final int HEADER = 16;
  private static final int CHECKSUM = 8;

  private final Path path;
  private final Kind kind;
  private @Nullable Claim claim;
  private boolean isBroken;
  private String damage = "";

  /**
   * Names a file; nothing is read or written yet.
   *
   * @param kind what is in it
   */
  SealedFile(Path path, Kind kind) {
    this.path = path;
    this.kind = kind;
  }

  /** Lets go of the file, which must not be written any more. */
  void close() {
    try {
      if (claim != null) {
        claim.close();
      }
    } catch (IOException e) {
      kind.log().warn("The lock of {} {} cannot be closed.", kind.name(), path, e);
    }
  }

  /**
   * Claims the file, for one owner at a time.
   *
   * @return the state; empty if there is none, or it is damaged, and then kept aside
   * @throws IllegalStateException if another owner has it, or it is of a newer format
   */
  Optional<Saved> read() throws IOException {
    claim = Claim.of(path, kind.name());
    boolean isRead = false;
    try {
      Optional<Saved> saved =
          Files.exists(path) ? open(Files.readAllBytes(path)) : Optional.empty();
      isRead = true;
      return saved;
    } finally {
      if (!isRead) {
        close();
      }
    }
  }

  private Optional<Saved> open(byte[] bytes) throws IOException {
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER + CHECKSUM || frame.getInt() != kind.magic()) {
      return setAside("it does not begin as a state does");
    }
    int format = frame.getInt();
    if (format > kind.format()) {
      throw new IllegalStateException(kind.name() + " " + path + " has format " + format
          + ", this version reads up to " + kind.format()
          + "; nothing was changed. Run a newer version, or move the file away to begin anew.");
    }
    if (frame.getLong() != bytes.length - HEADER - CHECKSUM || crc(bytes) != checksum(bytes)) {
      return setAside("its length or checksum does not match");
    }
    return Optional.of(
        new Saved(format, Arrays.copyOfRange(bytes, HEADER, bytes.length - CHECKSUM)));
  }

  private static long crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - CHECKSUM);
    return crc.getValue();
  }

  private static long checksum(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong(bytes.length - CHECKSUM);
  }

  private Optional<Saved> setAside(String why) throws IOException {
    Path aside = beside(path, ".damaged");
    Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
    kind.log()
        .warn(
            "{} {} is damaged: {}. It is kept as {}; a new one is begun.",
            kind.name(),
            path,
            why,
            aside);
    damage = kind.name() + " " + path + " was damaged: " + why + ". It is kept as " + aside;
    return Optional.empty();
  }

  /** {@return what was wrong with what was read; empty if nothing was} */
  String damage() {
    return damage;
  }

  /**
   * Puts a new state in the place of the old one. A disk that fails is logged once.
   *
   * @return whether it is on disk
   */
  boolean write(Body body) {
    try {
      byte[] bytes = framed(body);
      Disk.system().replace(path, into -> into.append(bytes, bytes.length));
      isBroken = false;
    } catch (IOException e) {
      if (isBroken) {
        kind.log().debug("{} {} still cannot be written.", kind.name(), path, e);
      } else {
        kind.log().warn("{} {} cannot be written; tried again.", kind.name(), path, e);
      }
      isBroken = true;
    }
    return !isBroken;
  }

  private byte[] framed(Body body) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(whole)) {
      out.writeInt(kind.magic());
      out.writeInt(kind.format());
      out.writeLong(0);
      body.writeTo(out);
      out.writeLong(0);
    }
    byte[] bytes = whole.toByteArray();
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    frame.putLong(HEADER - Long.BYTES, bytes.length - HEADER - CHECKSUM);
    frame.putLong(bytes.length - CHECKSUM, crc(bytes));
    return bytes;
  }

  static Path beside(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  // A stream, not a channel: an interrupt closes a channel.
  static void write(Path path, byte[] bytes) throws IOException {
    try (FileOutputStream out = new FileOutputStream(path.toFile())) {
      out.write(bytes);
      out.getFD().sync();
    }
  }

  /** A state as it was written. Immutable, as nobody writes to its bytes. */
  static final class Saved {
    private final int format;
    private final byte[] bytes;

    Saved(int format, byte[] bytes) {
      this.format = format;
      this.bytes = bytes;
    }

    int format() {
      return format;
    }

    DataInputStream in() {
      return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    void writeTo(DataOutput out) throws IOException {
      out.writeInt(format);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  /** Writes a state. */
  @FunctionalInterface
  interface Body {
    void writeTo(DataOutput out) throws IOException;
  }

  /**
   * What is in a file.
   *
   * @param magic the first four bytes
   * @param format the newest format that can be read, which is the one written
   * @param name for messages, at the beginning of a sentence
   * @param log where a failing disk is told
   */
  record Kind(int magic, int format, String name, Logger log) {}
}
