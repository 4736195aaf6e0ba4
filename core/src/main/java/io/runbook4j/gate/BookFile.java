package io.runbook4j.gate;

import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.file.internal.Claim;
import io.runbook4j.file.internal.Disk;
import io.runbook4j.file.internal.JsonFields;
import io.runbook4j.file.internal.JsonLine;
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
      JsonNode node = JsonFields.tree(lines.buffer(), lines.start(), lines.end());
      int format = JsonFields.number(node, "format").intValue();
      if (format != FORMAT) {
        throw new IllegalArgumentException("format must be " + FORMAT + ", was " + format);
      }
      return decode(node);
    }
  }

  private static Book decode(JsonNode node) {
    String rampId = JsonFields.text(node, "rampId");
    Instant since = JsonFields.instant(node, "since");
    Order order = order(node);
    String kind = JsonFields.text(node, "state");
    GateState state = switch (kind) {
      case "open" -> new Open(since, order);
      case "local-only" ->
        new LocalOnly(
            since, order, Cause.valueOf(JsonFields.text(node, "cause")), at(node, "rampsAt"));
      case "ramping" -> new Ramping(since, order, rampId, step(node));
      default ->
        throw new IllegalArgumentException(
            "state must be open, local-only or ramping, was \"" + kind + "\"");
    };
    return new Book(state, rampId, JsonFields.number(node, "breaches").intValue());
  }

  private static Order order(JsonNode node) {
    Order order = Order.of(JsonFields.text(node, "who"), JsonFields.text(node, "reason"));
    order = node.has("ticket") ? order.ticket(JsonFields.text(node, "ticket")) : order;
    Optional<Instant> until = at(node, "until");
    return until.isPresent() ? order.until(until.get()) : order;
  }

  private static Optional<Instant> at(JsonNode node, String name) {
    return node.has(name) ? Optional.of(JsonFields.instant(node, name)) : Optional.empty();
  }

  private static Guard.Step step(JsonNode node) {
    return new Guard.Step(
        JsonFields.number(node, "percent").intValue(),
        JsonFields.duration(node, "held"),
        JsonFields.number(node, "operations").longValue(),
        JsonFields.number(node, "failures").longValue());
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
