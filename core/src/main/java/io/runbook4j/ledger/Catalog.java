package io.runbook4j.ledger;

import io.runbook4j.file.internal.JsonLine;
import io.runbook4j.file.internal.JsonScan;
import io.runbook4j.file.internal.Lines;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows how each run of a folder began and what it adds up to, without reading its file twice. Safe
 * for many threads.
 *
 * <p>The index file is a cache, and only that: it is believed about a run as long as the run's file
 * has the size and the time of change that it names, and no whole line more; it is made anew when
 * it is missing or damaged.
 */
final class Catalog {
  private static final String SUFFIX = ".jsonl";
  private static final String INDEX = "index.json";

  private final Path folder;
  private final Map<RunId, Head> heads = new ConcurrentHashMap<>();
  private final Map<RunId, Digest> digests = new ConcurrentHashMap<>();
  private final AtomicInteger unsaved = new AtomicInteger();

  /**
   * How a run began; never changes.
   *
   * @param sequence its place among the ledger's runs, in which they were begun: wall clocks step,
   *     and differ between machines
   * @param after the moment after the latest time in the job's other runs, by then; empty if the
   *     run began later than that by its own clock
   */
  record Head(RunStarted started, long sequence, Optional<Instant> after) {
    static final Comparator<Head> OLDEST_FIRST = Comparator.comparingLong(Head::sequence)
        .thenComparing(head -> head.started().at())
        .thenComparing(Head::run);

    RunId run() {
      return started.run();
    }

    /** {@return when it began, as that stands to the times of the job's other runs} */
    Instant began() {
      return after.orElse(started.at());
    }
  }

  /**
   * What a run's file adds up to, in one state of it.
   *
   * @param length of all whole lines
   */
  record Digest(
      Stamp stamp, long length, RunTotals totals, Optional<RunFinished> finished, Times times) {
    static Digest of(Stamp stamp, RunTally tally, long length) {
      Times times = new Times(tally.lastAt(), tally.clock());
      return new Digest(stamp, length, tally.totals(), tally.finished(), times);
    }
  }

  /**
   * When a run's entries end.
   *
   * @param lastAt by its own clock
   * @param clock as it stands to the times of the job's other runs
   */
  record Times(Instant lastAt, Instant clock) {}

  /** Which state of a file it was. */
  record Stamp(long size, long changedNanos) {}

  Catalog(Path folder) {
    this.folder = folder;
    load();
  }

  Path file(RunId run) {
    return folder.resolve(run.value() + SUFFIX);
  }

  void requireKnown(RunId run) {
    if (head(run).isEmpty()) {
      throw new LedgerException("Run " + run + " is unknown: there is no file " + file(run)
          + " that begins it. Check the id and the folder.");
    }
  }

  /**
   * {@return the answer to a question about several runs} If one is removed while it is asked, it
   * is asked anew: what was read before may need what is gone, as a trouble needs its cure.
   */
  <R> R asOne(Supplier<R> question) {
    try {
      return question.get();
    } catch (RunReader.Gone e) {
      return asOne(question);
    }
  }

  /** {@return how all runs began, oldest first} */
  List<Head> heads() {
    return heads(this::head);
  }

  /** {@return how the job's runs began, oldest first} */
  List<Head> heads(String job) {
    return heads(run -> head(run, job));
  }

  private List<Head> heads(Function<RunId, Optional<Head>> head) {
    return runs().stream()
        .flatMap(run -> head.apply(run).stream())
        .sorted(Head.OLDEST_FIRST)
        .toList();
  }

  /** {@return the runs that have a file, be it one that can be read or not} */
  List<RunId> runs() {
    List<RunId> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        runOf(file).ifPresent(all::add);
      }
    } catch (IOException e) {
      throw new LedgerException(
          "Ledger folder " + folder + " cannot be listed: " + e.getMessage()
              + ". Nothing was changed. Check that it exists and may be read.",
          e);
    }
    return all;
  }

  private static Optional<RunId> runOf(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      return Optional.of(new RunId(name.substring(0, name.length() - SUFFIX.length())));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // somebody else's file: we never gave it that name
    }
  }

  /** {@return how the run began; empty if it never did} */
  Optional<Head> head(RunId run) {
    Path file = file(run);
    if (!Files.exists(file)) {
      forget(run);
      return Optional.empty();
    }
    Head known = heads.get(run);
    if (known == null) {
      known = readHead(file, run);
      if (known != null) {
        heads.put(run, known);
      }
    }
    return Optional.ofNullable(known);
  }

  /**
   * {@return how the run began, if it is one of the job} A file that cannot be read may be the
   * job's, unless it says whose it is.
   */
  Optional<Head> head(RunId run, String job) {
    try {
      return head(run).filter(head -> head.started().job().equals(job));
    } catch (RunReader.Misnamed e) {
      if (e.job().equals(job)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static @Nullable Head readHead(Path file, RunId run) {
    try (RunReader reader = new RunReader(file, run)) {
      LedgerEntry first = reader.next();
      return first == null ? null : reader.head();
    }
  }

  /** {@return what the run's file adds up to now} */
  Digest digest(RunId run) {
    Digest known = digests.get(run);
    if (known == null || !isAsBefore(run, known)) {
      Stamp stamp = stamp(file(run));
      RunReplay replay = RunReplay.of(file(run), run, RunFollower.NONE);
      known = Digest.of(stamp, replay.tally(), replay.validLength());
      digests.put(run, known);
      unsaved.incrementAndGet();
    }
    return known;
  }

  /**
   * {@return whether the whole lines are those that the digest is of} What is written into reserved
   * room leaves the size as it is, and the time too: until the clock of the file system ticks, and
   * after a power cut, since the time is not forced.
   */
  private boolean isAsBefore(RunId run, Digest digest) {
    return isAsBefore(run, digest.stamp())
        && (digest.length() == digest.stamp().size() || isLastLine(file(run), digest.length()));
  }

  /** {@return whether a line ends there, and no whole one follows} */
  private static boolean isLastLine(Path path, long end) {
    try (Lines lines = new Lines(path, end - 1)) {
      boolean isEnd = lines.next() && lines.isTerminated() && lines.start() == lines.end();
      return isEnd && !(lines.next() && lines.isWhole());
    } catch (IOException e) {
      throw RunReader.unreadable(path, e);
    }
  }

  /** Notes how a run began whose first line was just written. */
  void began(Head head) {
    heads.put(head.run(), head);
  }

  /** Notes what the run's file adds up to, its last line just written. */
  void remember(RunId run, RunTally tally, long length) {
    digests.put(run, Digest.of(stamp(file(run)), tally, length));
    unsaved.incrementAndGet();
  }

  /** {@return how many runs the index does not know, or not as they are} */
  int unsaved() {
    return unsaved.get();
  }

  /** {@return whether the run's file is in this state still} */
  boolean isAsBefore(RunId run, Stamp stamp) {
    try {
      return stamp(file(run)).equals(stamp);
    } catch (RunReader.Gone e) {
      return false;
    }
  }

  private static Stamp stamp(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    } catch (IOException e) {
      throw RunReader.unreadable(file, e);
    }
  }

  /** {@return when the run's file was last changed, as far as the disk tells} */
  Instant changedAt(RunId run) {
    return Instant.EPOCH.plusNanos(stamp(file(run)).changedNanos());
  }

  /** {@return a sequence number above that of all runs} */
  long nextSequence() {
    long highest = 0;
    long unread = 0;
    for (RunId run : runs()) {
      try {
        highest = Math.max(highest, head(run).map(Head::sequence).orElse(0L));
      } catch (LedgerException e) {
        unread++; // may be the newest: leave it its number
      }
    }
    return highest + unread + 1;
  }

  void forget(RunId run) {
    heads.remove(run);
    digests.remove(run);
  }

  /** Writes the index for the next ledger on this folder. */
  synchronized void save() {
    unsaved.set(0);
    JsonLine lines = new JsonLine();
    EntryEncoder encoder = new EntryEncoder(lines);
    heads.forEach((run, head) -> {
      Digest digest = digests.get(run);
      if (digest != null) {
        write(lines, encoder, head, digest);
      }
    });
    try {
      // One name for each process, so that a killed one leaves no more than one file behind.
      Path fresh = folder.resolve("index-" + ProcessHandle.current().pid() + ".tmp");
      try (var out = Files.newOutputStream(fresh)) {
        out.write(lines.bytes(), 0, lines.length());
      }
      Files.move(fresh, folder.resolve(INDEX), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new LedgerException(
          "Ledger index " + folder.resolve(INDEX) + " could not be written: " + e.getMessage()
              + ". It is only a cache; every run is intact. Make room or mend the disk.",
          e);
    }
  }

  private static void write(JsonLine lines, EntryEncoder encoder, Head head, Digest digest) {
    encoder.started(head);
    lines
        .number("bytes", digest.stamp().size())
        .number("changedNanos", digest.stamp().changedNanos())
        .number("length", digest.length())
        .text("lastAt", digest.times().lastAt().toString())
        .text("clock", digest.times().clock().toString())
        .number("inFlight", digest.totals().inFlight())
        .number("waiting", digest.totals().waiting());
    encoder.counts("settled", digest.totals().settled());
    digest.finished().ifPresent(finished -> {
      lines.object("finished");
      encoder.finished(finished);
      lines.end('}');
    });
    lines.seal();
  }

  private void load() {
    Path index = folder.resolve(INDEX);
    try (Lines lines = new Lines(index)) {
      while (lines.next()) {
        if (!lines.isWhole()) {
          return; // damaged: what it would have said is read from the runs' own files
        }
        read(new JsonScan(lines.buffer(), lines.start(), lines.end()));
      }
    } catch (FileNotFoundException | NoSuchFileException e) {
      return; // a new folder
    } catch (IOException | IllegalArgumentException e) {
      heads.clear();
      digests.clear();
    }
  }

  private void read(JsonScan line) {
    if (line.number("format") != EntryEncoder.FORMAT) {
      return;
    }
    Head head = EntryDecoder.head(line);
    Stamp stamp = new Stamp(line.number("bytes"), line.number("changedNanos"));
    long length = line.number("length");
    Times times = new Times(line.instant("lastAt"), line.instant("clock"));
    long inFlight = line.number("inFlight");
    long waiting = line.number("waiting");
    RunTotals totals = new RunTotals(EntryDecoder.counts("settled", line), inFlight, waiting);
    Optional<RunFinished> finished = Optional.empty();
    if (line.has("finished")) {
      line.object("finished");
      finished = Optional.of((RunFinished) EntryDecoder.decode(line));
    }
    heads.put(head.run(), head);
    digests.put(head.run(), new Digest(stamp, length, totals, finished, times));
  }
}
