package io.runbook4j.gate;

import io.runbook4j.file.internal.Ascii;
import io.runbook4j.file.internal.Disk;
import io.runbook4j.file.internal.JsonLine;
import io.runbook4j.file.internal.JsonScan;
import io.runbook4j.file.internal.Lines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of an outbox: a first line with its id, then one line for each change that was put in or
 * taken out, each sealed with a checksum. What a crash left half written at the end was not
 * acknowledged, and is cut off. For one thread.
 */
final class OutboxFile {
  static final int FORMAT = 1;
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final byte[] HEADER = Ascii.bytes("{\"format\":");
  private static final int BATCH = 64 * 1024;

  private final Path path;
  private final Disk disk;
  private final boolean forces;
  private final long compactFrom;
  private final JsonLine line = new JsonLine();
  private final Map<Long, Pending> bySequence = new HashMap<>();
  private final Queue queue = new Queue();

  /** Whose change was put in with an idempotency key, and is not forgotten. */
  private final Map<String, Set<String>> takenOnce = new LinkedHashMap<>();

  private Disk.AppendedFile file;
  private String id = "";
  private long next = 1;
  private long length;
  private long compactAbove;
  private @Nullable GateException broken;

  /** Reads a file, and goes on behind its last whole line. */
  OutboxFile(Path path, Disk disk, boolean forces, long compactFrom) {
    this.path = path;
    this.disk = disk;
    this.forces = forces;
    this.compactFrom = compactFrom;
    this.compactAbove = compactFrom;
    try {
      this.file = disk.open(path);
      try {
        replay();
        file.truncate(length);
        if (length == 0) {
          begin();
        }
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new GateException(
          "Outbox " + path + " cannot be opened: " + e
              + ". No change was lost. Check that the folder exists, may be written and has room.",
          e);
    }
  }

  Queue queue() {
    return queue;
  }

  private void begin() throws IOException {
    id = UUID.randomUUID().toString();
    line.clear();
    header();
    file.append(line.bytes(), line.length());
    file.force();
    disk.forceFolder(Disk.folderOf(path));
    length = line.length();
  }

  private void header() {
    line.begin()
        .number("format", FORMAT)
        .text("outbox", id)
        .number("next", next)
        .seal();
  }

  private void replay() throws IOException {
    try (Lines lines = new Lines(path)) {
      while (lines.next()) {
        if (!lines.isWhole()) {
          checkTail(lines);
          return;
        }
        read(lines);
        length = lines.offset() + lines.end() - lines.start() + 1;
      }
    }
  }

  /**
   * Throws if the line is more than what a write left behind that was cut off: nobody was told that
   * it is in the outbox.
   */
  private void checkTail(Lines lines) throws IOException {
    if (lines.number() == 1 && !isBegunHeader(lines)) {
      throw new GateException("Outbox " + path + " cannot be opened: the file is no outbox, or its"
          + " first line is damaged. Nothing was changed. Name another file, or restore it from a"
          + " copy.");
    }
    GateException damage = damaged(lines, "its checksum is wrong or missing", null);
    if (lines.isTerminated() || !lines.isTornTail()) {
      throw damage;
    }
  }

  private static boolean isBegunHeader(Lines lines) {
    byte[] bytes = lines.buffer();
    int length = Math.min(HEADER.length, lines.end() - lines.start());
    return !lines.isTerminated()
        && Arrays.equals(bytes, lines.start(), lines.start() + length, HEADER, 0, length);
  }

  private void read(Lines lines) {
    try {
      JsonScan scan = new JsonScan(lines.buffer(), lines.start(), lines.end());
      if (lines.number() == 1) {
        readHeader(scan);
      } else {
        readChange(scan, lines.end() - lines.start() + 1);
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw damaged(lines, "its checksum is right, and this version does not understand it", e);
    }
  }

  private void readHeader(JsonScan scan) {
    long format = scan.number("format");
    if (format != FORMAT) {
      throw new IllegalArgumentException("format must be " + FORMAT + ", was " + format);
    }
    id = scan.text("outbox");
    next = scan.number("next");
  }

  private void readChange(JsonScan scan, int bytes) {
    String type = scan.text("type");
    switch (type) {
      case "put" -> readPut(scan, bytes);
      case "removed" -> forget(scan.number("sequence"));
      case "taken" -> {
        String idempotencyKey = scan.text("idempotencyKey");
        scan.texts("keys").forEach(key -> rememberTaken(idempotencyKey, key));
      }
      case "forgotten" -> takenOnce.remove(scan.text("idempotencyKey"));
      default ->
        throw new IllegalArgumentException(
            "type must be put, removed, taken or forgotten, was \"" + type + "\"");
    }
  }

  private void readPut(JsonScan scan, int bytes) {
    long sequence = scan.number("sequence");
    Instant at = scan.instant("at");
    Change change = new Change(idOf(sequence, at), scan.text("key"), scan.text("payload"), at);
    Pending.Place place = scan.has("place")
        ? new Pending.Place(scan.number("place"), scan.instant("since"))
        : new Pending.Place(sequence, at);
    if (scan.has("replaces")) {
      forget(scan.number("replaces"));
    }
    if (scan.has("idempotencyKey")) {
      rememberTaken(scan.text("idempotencyKey"), change.key());
    }
    remember(new Pending(change, sequence, place, bytes));
    next = Math.max(next, sequence + 1);
  }

  private void remember(Pending change) {
    bySequence.put(change.sequence(), change);
    queue.add(change);
  }

  private void rememberTaken(String idempotencyKey, String key) {
    takenOnce.computeIfAbsent(idempotencyKey, first -> new LinkedHashSet<>()).add(key);
  }

  /** {@return whose changes were put in with this idempotency key; not to be modified} */
  Set<String> taken(String idempotencyKey) {
    return takenOnce.getOrDefault(idempotencyKey, Set.of());
  }

  private void forget(long sequence) {
    Pending change = bySequence.remove(sequence);
    if (change == null) {
      throw new IllegalArgumentException(
          "sequence must be of a change that waits, was " + sequence);
    }
    queue.remove(change);
  }

  /**
   * {@return an id that no other change has} The time is in it for outboxes that are not forced: a
   * power cut may take the last changes, whose numbers are given out again.
   */
  private String idOf(long sequence, Instant at) {
    return id + "-" + sequence + "-" + Long.toString(at.toEpochMilli(), Character.MAX_RADIX);
  }

  /**
   * {@return a change to be put in, in the place of another one, if there is one to be replaced}
   *
   * @param idempotencyKey empty if there is none
   */
  Pending prepare(
      String key, String payload, Instant at, @Nullable Pending replaced, String idempotencyKey) {
    Change change = new Change(idOf(next, at), key, payload, at);
    Pending.Place place = replaced == null ? new Pending.Place(next, at) : replaced.line();
    line.clear();
    Pending unmeasured = new Pending(change, next, place, 0);
    encode(unmeasured, replaced == null ? 0 : replaced.sequence(), idempotencyKey);
    return new Pending(change, next, place, line.length());
  }

  private void encode(Pending pending, long replaces, String idempotencyKey) {
    Change change = pending.change();
    line.begin()
        .text("type", "put")
        .number("sequence", pending.sequence())
        .text("at", change.at().toString())
        .text("key", change.key())
        .text("payload", change.payload());
    if (pending.place() != pending.sequence()) {
      line.number("place", pending.place()).text("since", pending.line().since().toString());
    }
    if (replaces > 0) {
      line.number("replaces", replaces);
    }
    if (!idempotencyKey.isEmpty()) {
      line.text("idempotencyKey", idempotencyKey);
    }
    line.seal();
  }

  /** Puts in what {@link #prepare} has just returned. */
  void put(Pending change, @Nullable Pending replaced, String idempotencyKey) {
    write("change of key " + change.key());
    next++;
    if (replaced != null) {
      forget(replaced.sequence());
    }
    remember(change);
    if (!idempotencyKey.isEmpty()) {
      rememberTaken(idempotencyKey, change.key());
    }
    compactIfWorthIt();
  }

  /** Takes a change out; {@code why} is for a person who reads the file. */
  void remove(Pending change, String why) {
    line.clear();
    line.begin()
        .text("type", "removed")
        .number("sequence", change.sequence())
        .text("why", why)
        .seal();
    write("removal of change " + change.change().id());
    forget(change.sequence());
    compactIfWorthIt();
  }

  /** Forgets what was put in with this idempotency key; it does not come again. */
  void forgetTaken(String idempotencyKey) {
    if (!takenOnce.containsKey(idempotencyKey)) {
      return;
    }
    line.clear();
    line.begin()
        .text("type", "forgotten")
        .text("idempotencyKey", idempotencyKey)
        .seal();
    write("note that " + idempotencyKey + " does not come again");
    takenOnce.remove(idempotencyKey);
    compactIfWorthIt();
  }

  private void write(String what) {
    if (broken != null) {
      throw new GateException(String.valueOf(broken.getMessage()), broken);
    }
    try {
      file.append(line.bytes(), line.length());
      if (forces) {
        file.force();
      }
      length += line.length();
    } catch (IOException e) {
      throw broken(what, e);
    }
  }

  /** Takes back what was not acknowledged, and refuses all that comes after. */
  private GateException broken(String what, IOException cause) {
    GateException failure = new GateException(
        "Outbox " + path + " could not be written: " + cause.getMessage() + ". The " + what
            + " is not in it; all " + queue.count() + " changes acknowledged before are, and it"
            + " takes no more. Make room or mend the disk, then open it again.",
        cause);
    broken = failure;
    try {
      file.truncate(length);
    } catch (IOException e) {
      failure.addSuppressed(e); // the next reader takes the rest for a torn tail
    }
    return failure;
  }

  private void compactIfWorthIt() {
    if (length > compactAbove && length > 2 * queue.bytes()) {
      IOException failure = null;
      try {
        file.close(); // some systems replace no file that is open
        disk.replace(path, this::writeAll);
      } catch (IOException e) {
        failure = e;
      }
      reopen(failure);
    }
  }

  private void reopen(@Nullable IOException failure) {
    try {
      file = disk.open(path);
      long before = length;
      length = Files.size(path);
      compactAbove = Math.max(compactFrom, 2 * length);
      if (failure != null && length != before) {
        // The old file has lost its name, perhaps not for good: what is added now could get lost.
        throw failure;
      }
      if (failure != null) {
        LOG.warn("Outbox not compacted. outbox={}", path, failure);
      }
    } catch (IOException e) {
      LOG.warn("Outbox compacted and not opened again. outbox={}", path, e);
      broken = new GateException(
          "Outbox " + path + " was compacted and could not be opened again: " + e + ". All "
              + queue.count() + " changes are in it, and it takes no more. Mend the disk, then open"
              + " it again.",
          e);
    }
  }

  private void writeAll(Disk.AppendedFile fresh) throws IOException {
    line.clear();
    header();
    takenOnce.forEach((idempotencyKey, keys) -> line.begin()
        .text("type", "taken")
        .text("idempotencyKey", idempotencyKey)
        .texts("keys", keys)
        .seal());
    for (Pending change : queue.all()) {
      encode(change, 0, "");
      if (line.length() > BATCH) {
        fresh.append(line.bytes(), line.length());
        line.clear();
      }
    }
    fresh.append(line.bytes(), line.length());
  }

  private GateException damaged(Lines lines, String seen, @Nullable Throwable cause) {
    String message = "Outbox " + path + " is damaged in line " + lines.number() + " (at byte "
        + lines.offset() + "): " + seen + ". The " + (lines.number() - 1) + " lines before it are"
        + " intact, and nothing was changed. Restore the file from a copy; or keep those lines (head"
        + " -n " + (lines.number() - 1) + "), which forgets the changes after them.";
    return cause == null ? new GateException(message) : new GateException(message, cause);
  }

  void close() throws IOException {
    file.close();
  }
}
