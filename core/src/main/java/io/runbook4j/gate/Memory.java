package io.runbook4j.gate;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.spi.time.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a gate remembers, if it has a file. For one thread at a time. */
final class Memory {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final Duration SAVE = Duration.ofSeconds(10);

  private final String gate;
  private final Time time;
  private final @Nullable BookFile file;
  private long savedNanos;

  /** Whether the file says something else than it should. */
  private boolean owes;

  private boolean warned;

  Memory(String gate, Time time, Optional<Path> file, Disk disk) {
    this.gate = gate;
    this.time = time;
    this.file = file.map(path -> new BookFile(path, disk)).orElse(null);
    this.savedNanos = time.nanoTime();
  }

  Book recall() {
    Book book = file == null ? Book.fresh(time.now()) : file.read(time.now());
    if (book.state() instanceof GateState.LocalOnly local
        && local.cause() == GateState.Cause.DAMAGE) {
      LOG.warn("Gate is local-only. gate={} state=\"{}\"", gate, local.text());
    }
    return book;
  }

  /**
   * Writes it down.
   *
   * @throws GateException if it could not
   */
  void keep(Book book) {
    if (file != null) {
      file.write(gate, book);
    }
    owes = false;
    warned = false;
    savedNanos = time.nanoTime();
  }

  /** {@return why it could not be written, which is then done as soon as there is a way} */
  Optional<GateException> keepOrOwe(Book book) {
    try {
      keep(book);
      return Optional.empty();
    } catch (GateException e) {
      owes = true;
      return Optional.of(e);
    }
  }

  /** {@return whether it could be written; if not, that is logged, and owed if it is local-only} */
  boolean tryKeep(Book book) {
    boolean owed = owes || book.state() instanceof GateState.LocalOnly;
    Optional<GateException> failure = keepOrOwe(book);
    failure.ifPresent(this::notWritten);
    owes = failure.isPresent() && owed;
    return failure.isEmpty();
  }

  /** Writes counts down every 10 s, and what is owed. */
  void keepCounts(Book book) {
    boolean hasNews = owes || book.state() instanceof GateState.Ramping;
    if (hasNews && time.nanoTime() - savedNanos >= SAVE.toNanos() && !tryKeep(book)) {
      savedNanos = time.nanoTime(); // again after 10 s
    }
  }

  private void notWritten(GateException e) {
    if (warned) {
      LOG.debug("Gate state still not written. gate={}", gate, e);
    } else {
      LOG.warn("Gate state not written. gate={}", gate, e);
    }
    warned = true;
  }

  void close(Book book) {
    if (file != null) {
      try {
        file.write(gate, book);
      } finally {
        file.close();
      }
    }
  }
}
