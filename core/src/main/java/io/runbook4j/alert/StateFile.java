package io.runbook4j.alert;

import io.runbook4j.alert.AlertRouter.Undelivered;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * A watch's state on disk. Users are in it as hashes under a key that lies in a file of its own,
 * readable by the owner only. Safe for many threads.
 */
final class StateFile {
  private static final SealedFile.Kind KIND = new SealedFile.Kind(
      0x52344a57, // R4JW
      1,
      "The watch's state",
      LoggerFactory.getLogger(Watch.class));

  private final Path path;
  private final SealedFile file; // guarded by this
  private final WatchClock clock;
  private final SipHash userHash;
  private final Map<String, byte[]> unclaimed = new HashMap<>(); // guarded by this
  private List<Undelivered> pending = List.of();
  private boolean isClosed; // guarded by this

  private StateFile(Path path, WatchClock clock) throws IOException {
    this.path = path;
    this.file = new SealedFile(path, KIND);
    this.clock = clock;
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    this.userHash = key(SealedFile.beside(path, ".key"));
  }

  /**
   * Opens the state, and begins a new one if there is none or it is damaged; a damaged one is kept
   * under another name.
   */
  static StateFile open(Path path, WatchClock clock) {
    try {
      StateFile file = new StateFile(path, clock);
      Optional<byte[]> saved = file.file.read();
      if (saved.isPresent()) {
        file.read(saved.get());
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("The watch's state " + path + " cannot be read", e);
    }
  }

  static SipHash randomHash() {
    SecureRandom random = new SecureRandom();
    return new SipHash(random.nextLong(), random.nextLong());
  }

  private static SipHash key(Path path) throws IOException {
    if (!Files.exists(path)) {
      byte[] key = new byte[16];
      new SecureRandom().nextBytes(key);
      Path fresh = SealedFile.beside(path, ".new");
      Files.deleteIfExists(fresh);
      if (Files.getFileStore(path.toAbsolutePath().getParent())
          .supportsFileAttributeView("posix")) {
        Files.createFile(
            fresh,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      SealedFile.write(fresh, key);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }
    byte[] key = Files.readAllBytes(path);
    if (key.length != 16) {
      throw new IOException(path + " must hold 16 bytes, was " + key.length
          + "; remove it and the state beside it to begin anew");
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(key))) {
      return new SipHash(in.readLong(), in.readLong());
    }
  }

  SipHash userHash() {
    return userHash;
  }

  List<Undelivered> pending() {
    return pending;
  }

  private void read(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      pending = AlertCodec.readAll(in);
      for (int i = in.readInt(); i > 0; i--) {
        String job = in.readUTF();
        unclaimed.put(job, in.readNBytes(in.readInt()));
      }
    }
  }

  /** Gives a job its state, if there is one. */
  synchronized void restore(String name, JobWatch job) {
    byte[] saved = unclaimed.remove(name);
    if (saved == null) {
      return;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved))) {
      job.load(in, clock.offset());
    } catch (IOException e) {
      throw new UncheckedIOException("The state of job " + name + " in " + path + " is damaged", e);
    }
  }

  /** Writes everything. A disk that fails is logged once, and tried again the next time. */
  synchronized void save(Map<String, JobWatch> jobs, List<Undelivered> pending) {
    if (isClosed) {
      return;
    }
    file.write(out -> encode(out, jobs, pending));
  }

  private void encode(DataOutput out, Map<String, JobWatch> jobs, List<Undelivered> pending)
      throws IOException {
    AlertCodec.writeAll(out, pending);
    Map<String, byte[]> all = new HashMap<>(unclaimed);
    for (Map.Entry<String, JobWatch> job : jobs.entrySet()) {
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      try (DataOutputStream into = new DataOutputStream(one)) {
        job.getValue().save(into, clock.offset());
      }
      all.put(job.getKey(), one.toByteArray());
    }
    out.writeInt(all.size());
    for (Map.Entry<String, byte[]> job : all.entrySet()) {
      out.writeUTF(job.getKey());
      out.writeInt(job.getValue().length);
      out.write(job.getValue());
    }
  }

  /** Writes no more. */
  synchronized void close() {
    isClosed = true;
    file.close();
  }
}
