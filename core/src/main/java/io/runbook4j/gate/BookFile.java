package io.runbook4j.gate;

import io.runbook4j.file.internal.Claim;
import io.runbook4j.file.internal.Disk;
import io.runbook4j.file.internal.JsonLine;
import io.runbook4j.file.internal.JsonScan;
import io.runbook4j.file.internal.Lines;
import io.runbook4j.gate.GateState.Cause;
import io.runbook4j.gate.GateState.LocalOnly;
import io.runbook4j.gate.GateState.Open;
import io.runbook4j.gate.GateState.Ramping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** One line of JSON with a checksum, replaced whole at each change. Not safe for many threads. */
final class BookFile {
  static final int FORMAT = 1;

  private final Path path;
  private final Disk disk;
  private final Claim claim;
  private final JsonLine line = new JsonLine();

  BookFile(Path path, Disk disk) {
    this.path = path;
    this.disk = disk;
    try {
      this.claim = Claim.on(path)
          .orElseThrow(() -> new GateException("Gate file " + path + " is held by another gate, of"
              + " this process or another one. Nothing was changed. Give each gate a folder or a"
              + " name of its own; a switch file may be shared."));
    } catch (IOException e) {
      throw new GateException(
          "Gate file " + path + " cannot be locked: " + e
              + ". Nothing was changed. Check that its folder exists and may be written.",
          e);
    }
  }

  /**
   * {@return what is in the file; a book that is local-only, and why, if it cannot be read; a fresh
   * one if there is no file}
   */
  Book read(Instant now) {
    try {
      return readWhole();
    } catch (NoSuchFileException e) {
      return Book.fresh(now);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      String seen = "gate file " + path.getFileName() + " cannot be read: " + e;
      Order order = Order.cut("gate", seen);
      return Book.fresh(now).localOnly(now, order, Cause.DAMAGE);
    }
  }

  private Book readWhole() throws IOException {
    Files.readAttributes(path, "size"); // unlike Lines, says whether the file is not there
    try (Lines lines = new Lines(path)) {
      if (!lines.next() || !lines.isWhole()) {
        throw new IllegalArgumentException("checksum must be right, was wrong or missing");
      }
      JsonScan line = new JsonScan(lines.buffer(), lines.start(), lines.end());
      long format = line.number("format");
      if (format != FORMAT) {
        throw new IllegalArgumentException("format must be " + FORMAT + ", was " + format);
      }
      return decode(line);
    }
  }

  private static Book decode(JsonScan line) {
    line.text("gate"); // for people who read the file
    String kind = line.text("state");
    Instant since = line.instant("since");
    Order order = Order.of(line.text("who"), line.text("reason"));
    order = line.has("ticket") ? order.ticket(line.text("ticket")) : order;
    order = line.has("until") ? order.until(line.instant("until")) : order;
    String rampId = line.text("rampId");
    int breaches = (int) line.number("breaches");
    GateState state = switch (kind) {
      case "open" -> new Open(since, order);
      case "local-only" ->
        new LocalOnly(since, order, Cause.valueOf(line.text("cause")), rampsAt(line));
      case "ramping" -> new Ramping(since, order, rampId, step(line));
      default ->
        throw new IllegalArgumentException(
            "state must be open, local-only or ramping, was \"" + kind + "\"");
    };
    return new Book(state, rampId, breaches);
  }

  private static Optional<Instant> rampsAt(JsonScan line) {
    return line.has("rampsAt") ? Optional.of(line.instant("rampsAt")) : Optional.empty();
  }

  private static Guard.Step step(JsonScan line) {
    return new Guard.Step(
        (int) line.number("percent"),
        line.duration("held"),
        line.number("operations"),
        line.number("failures"));
  }

  void write(String gate, Book book) {
    encode(gate, book);
    try {
      disk.replace(path, file -> file.append(line.bytes(), line.length()));
    } catch (IOException e) {
      throw new GateException(
          "Gate file " + path + " could not be written: " + e + ". It still says what it said"
              + " before. Make room or mend the disk.",
          e);
    }
  }

  private void encode(String gate, Book book) {
    GateState state = book.state();
    Order order = state.order();
    line.clear();
    line.begin()
        .number("format", FORMAT)
        .text("gate", gate)
        .text("state", name(state))
        .text("since", state.since().toString())
        .text("who", order.who())
        .text("reason", order.reason());
    order.ticket().ifPresent(ticket -> line.text("ticket", ticket));
    order.until().ifPresent(until -> line.text("until", until.toString()));
    line.text("rampId", book.rampId()).number("breaches", book.breaches());
    if (state instanceof LocalOnly localOnly) {
      line.text("cause", localOnly.cause().name());
      localOnly.rampsAt().ifPresent(at -> line.text("rampsAt", at.toString()));
    } else if (state instanceof Ramping ramping) {
      line.number("percent", ramping.step().percent())
          .text("held", ramping.step().held().toString())
          .number("operations", ramping.step().operations())
          .number("failures", ramping.step().failures());
    }
    line.seal();
  }

  private static String name(GateState state) {
    String name = state.getClass().getSimpleName();
    return state instanceof LocalOnly ? "local-only" : name.toLowerCase(Locale.ROOT);
  }

  void close() {
    try {
      claim.close();
    } catch (IOException e) {
      throw new GateException("The lock of gate file " + path + " cannot be closed: " + e, e);
    }
  }
}
