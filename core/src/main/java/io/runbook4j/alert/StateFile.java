package io.runbook4j.alert;

import io.runbook4j.alert.SealedFile.Saved;
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
      JobWatch.FORMAT,
      "The watch's state",
      LoggerFactory.getLogger(Watch.class));

  private static final int FORMAT_OF_EACH_JOB = 2;

  private final Path path;
  private final SealedFile file; // guarded by this
  private final WatchClock clock;
  private final SipHash userHash;
  private final Map<String, Saved> unclaimed = new HashMap<>(); // guarded by this
  private RouterState router = RouterState.empty();
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
      Optional<Saved> saved = file.file.read();
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

  /** {@return what the router knew} */
  RouterState router() {
    return router;
  }

  private void read(Saved saved) throws IOException {
    try (DataInputStream in = saved.in()) {
      router = RouterState.read(in, saved.format());
      for (int i = in.readInt(); i > 0; i--) {
        String job = in.readUTF();
        int format = saved.format() < FORMAT_OF_EACH_JOB ? saved.format() : in.readInt();
        unclaimed.put(job, new Saved(format, in.readNBytes(in.readInt())));
      }
    }
  }

  /** Gives a job its state, if there is one. */
  synchronized void restore(String name, JobWatch job) {
    Saved saved = unclaimed.remove(name);
    if (saved == null) {
      return;
    }
    try (DataInputStream in = saved.in()) {
      job.load(in, saved.format(), clock.offset());
    } catch (IOException e) {
      throw new UncheckedIOException("The state of job " + name + " in " + path + " is damaged", e);
    }
  }

  /** {@return the states of these jobs, and of those that nobody has asked for yet} */
  synchronized Map<String, Saved> encode(Map<String, JobWatch> jobs) {
    Map<String, Saved> all = new HashMap<>(unclaimed);
    jobs.forEach((name, job) -> all.put(name, encode(job)));
    return all;
  }

  private Saved encode(JobWatch job) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      job.save(out, clock.offset());
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written to", e);
    }
    return new Saved(JobWatch.FORMAT, bytes.toByteArray());
  }

  /** Writes everything. A disk that fails is logged once, and tried again the next time. */
  synchronized void save(Map<String, Saved> jobs, RouterState router) {
    if (!isClosed) {
      file.write(out -> write(out, jobs, router));
    }
  }

  private static void write(DataOutput out, Map<String, Saved> jobs, RouterState router)
      throws IOException {
    router.write(out);
    out.writeInt(jobs.size());
    for (Map.Entry<String, Saved> job : jobs.entrySet()) {
      out.writeUTF(job.getKey());
      job.getValue().writeTo(out);
    }
  }

  /** Writes everything a last time. */
  synchronized void close(Map<String, Saved> jobs, RouterState router) {
    save(jobs, router);
    isClosed = true;
    file.close();
  }
}
