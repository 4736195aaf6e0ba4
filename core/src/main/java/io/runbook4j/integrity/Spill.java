package io.runbook4j.integrity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings records with equal keys together, however many there are, by sorting: in memory while they
 * fit, else in temporary files that are merged. Not safe for many threads.
 *
 * <p>Takes the memory of its {@link Workspace} and about 1 MiB, plus the longest record for each
 * file that is merged; on disk, the keys and payloads and 2 to 6 bytes a record.
 */
final class Spill implements AutoCloseable {
  /** The longest record, in bytes. */
  static final int LONGEST = 1 << 16;

  /** So many files of one generation become one of the next. */
  private static final int FAN = 64;

  private static final int SMALLEST_BUFFER = 1 << 12;
  private static final int LARGEST_BUFFER = 1 << 20;

  private final Workspace workspace;
  private final List<List<SpillRun>> generations = new ArrayList<>();
  private @Nullable SpillBuffer buffer;

  Spill(Workspace workspace) {
    this.workspace = workspace;
    this.buffer = new SpillBuffer(workspace.memoryBytes());
  }

  /**
   * Adds a record.
   *
   * @throws RowProblem if it is longer than {@link #LONGEST}
   */
  void add(String key, byte[] payload) {
    long length = (long) Texts.length(key) + payload.length;
    if (length > LONGEST) {
      throw new RowProblem(
          "key must be at most " + LONGEST + " bytes with its row's name, was " + length);
    }
    SpillBuffer records = open();
    if (!records.add(key, payload)) {
      try {
        flush(records);
      } catch (IOException e) {
        throw failed(e);
      }
      if (!records.add(key, payload)) {
        throw new IllegalStateException("a record of " + length + " bytes has no room");
      }
    }
  }

  private SpillBuffer open() {
    if (buffer == null) {
      throw new IllegalStateException("records cannot be added after they were merged");
    }
    return buffer;
  }

  private void flush(SpillBuffer records) throws IOException {
    keep(SpillRun.write(workspace.folder(), records.sort()), 0);
    records.clear();
  }

  private void keep(SpillRun run, int generation) throws IOException {
    if (generation == generations.size()) {
      generations.add(new ArrayList<>());
    }
    List<SpillRun> runs = generations.get(generation);
    runs.add(run);
    if (runs.size() == FAN) {
      rewind(runs, workspace.memoryBytes() / 4);
      keep(SpillRun.write(workspace.folder(), new Merge(runs)), generation + 1);
      closeAll(runs);
      runs.clear();
    }
  }

  private static void rewind(List<SpillRun> runs, int memoryBytes) {
    int each =
        Math.max(SMALLEST_BUFFER, Math.min(LARGEST_BUFFER, memoryBytes / Math.max(1, runs.size())));
    runs.forEach(run -> run.rewind(each));
  }

  /** {@return all records, with equal keys together} Called once, after the last record. */
  Merge merge() {
    SpillBuffer records = open();
    try {
      if (generations.isEmpty()) {
        return new Merge(List.of(records.sort()));
      }
      if (records.size() > 0) {
        flush(records);
      }
      buffer = null;
      List<SpillRun> runs = generations.stream().flatMap(List::stream).toList();
      rewind(runs, workspace.memoryBytes() / 2);
      return new Merge(runs);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Moves a merge on. */
  boolean advance(Merge merge) {
    try {
      return merge.advance();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException(
        "cannot keep records in temporary files in " + workspace.folder() + ": " + e, e);
  }

  /** Frees the memory and the disk. */
  @Override
  public void close() {
    buffer = null;
    try {
      for (List<SpillRun> runs : generations) {
        closeAll(runs);
      }
    } catch (IOException e) {
      throw failed(e);
    }
    generations.clear();
  }

  private static void closeAll(List<SpillRun> runs) throws IOException {
    IOException failed = null;
    for (SpillRun run : runs) {
      try {
        run.close();
      } catch (IOException e) {
        failed = e;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
