package io.runbook4j.ledger;

import io.runbook4j.file.internal.JsonScan;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.AlertRaised;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.FindingMade;
import io.runbook4j.spi.ledger.LedgerEntry.LimitMet;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the lines that {@link EntryEncoder} writes. */
final class EntryDecoder {
  private EntryDecoder() {}

  /**
   * {@return the entry of a line whose checksum is right}
   *
   * @throws IllegalArgumentException if it is none of our entries
   * @throws java.time.DateTimeException if a time is none
   */
  static LedgerEntry decode(JsonScan line) {
    String type = line.text("type");
    Instant at = line.instant("at");
    return switch (type) {
      case "begun" -> begun(at, line);
      case "resumed" -> new RunResumed(at);
      case "done" -> done(at, line);
      case "limit" -> new LimitMet(at, line.text("service"), line.instant("until"));
      case "alert" -> new AlertRaised(at, alert(line));
      case "finding" -> new FindingMade(at, finding(line));
      case "note" -> new Note(at, line.text("topic"), line.text("text"));
      case "finished" -> finished(at, line);
      default ->
        throw new IllegalArgumentException(
            "type must be one that this version knows, was \"" + type + "\"");
    };
  }

  private static ChunkBegun begun(Instant at, JsonScan line) {
    int number = (int) line.number("chunk");
    String idempotencyKey = line.text("idempotencyKey");
    line.object("position");
    Position position = new Position(new Cursor(line.text("cursor")), (int) line.number("page"));
    line.end();
    List<Span> spans = new ArrayList<>(2);
    line.array("pages");
    while (line.more()) {
      long[] pair = line.pair();
      spans.add(new Span((int) pair[0], (int) pair[1]));
    }
    int size = (int) line.number("size");
    KeyList keys = new KeyList(line.rest("keys"), size);
    return new ChunkBegun(
        at, new ChunkIntent(number, idempotencyKey, keys, List.copyOf(spans)), position);
  }

  private static ChunkDone done(Instant at, JsonScan line) {
    int number = (int) line.number("chunk");
    ChunkTiming timing = new ChunkTiming(line.duration("waited"), line.duration("took"));
    line.object("others");
    ItemResult others = result(ItemResult.OTHERS, line);
    line.end();
    List<ItemResult> results = new ArrayList<>(0);
    line.array("items");
    while (line.more()) {
      int index = (int) line.number("index");
      line.text("key"); // for people who read the file; the chunk has it too
      results.add(result(index, line));
      line.end();
    }
    return new ChunkDone(
        at,
        number,
        List.copyOf(results),
        ChunkItems.succeeded(others) && !others.retried() ? ItemResult.othersSucceeded() : others,
        timing);
  }

  private static ItemResult result(int index, JsonScan line) {
    String outcome = line.text("outcome");
    return new ItemResult(
        index,
        switch (outcome) {
          case "succeeded" -> Outcome.succeeded();
          case "skipped" -> Outcome.skipped(line.text("reason"));
          case "failed" -> Outcome.failed(failure(line));
          case "inDoubt" -> Outcome.inDoubt(failure(line));
          default ->
            throw new IllegalArgumentException(
                "outcome must be one that this version knows, was \"" + outcome + "\"");
        },
        line.isTrue("retried"));
  }

  private static Failure failure(JsonScan line) {
    FailureKind kind = FailureKind.valueOf(line.text("kind"));
    Optional<String> code = optionalText(line, "code");
    Failure failure = Failure.of(kind, line.text("message"));
    failure = code.isPresent() ? failure.withCode(code.get()) : failure;
    return line.has("retryAfter") ? failure.withRetryAfter(line.duration("retryAfter")) : failure;
  }

  private static Optional<String> optionalText(JsonScan line, String name) {
    return line.has(name) ? Optional.of(line.text(name)) : Optional.empty();
  }

  private static Alert alert(JsonScan line) {
    return new Alert(
        line.text("rule"),
        Severity.valueOf(line.text("severity")),
        line.text("job"),
        line.text("text"));
  }

  private static Finding finding(JsonScan line) {
    return new Finding(
        line.text("check"),
        line.text("subject"),
        line.isTrue("corruption"),
        line.number("total"),
        line.texts("samples"));
  }

  private static RunFinished finished(Instant at, JsonScan line) {
    return new RunFinished(
        at,
        RunState.valueOf(line.text("state")),
        line.text("reason"),
        counts("counts", line),
        line.texts("unread"));
  }

  static Counts counts(String name, JsonScan line) {
    line.object(name);
    Counts counts = new Counts(
        line.number("read"),
        line.number("succeeded"),
        line.number("failed"),
        line.number("skipped"),
        line.number("inDoubt"),
        line.number("notReached"));
    line.end();
    return counts;
  }

  /** {@return the first line of a run's file, whose format was read} */
  static Catalog.Head head(JsonScan line) {
    String type = line.text("type");
    if (!type.equals("started")) {
      throw new IllegalArgumentException("type must be started, was \"" + type + "\"");
    }
    Instant at = line.instant("at");
    RunId run = new RunId(line.text("run"));
    String job = line.text("job");
    long sequence = line.number("sequence");
    Optional<Instant> after = after(line);
    return new Catalog.Head(new RunStarted(at, run, job, origin(line)), sequence, after);
  }

  /** {@return what the line of a taking says next of the runs before it} */
  static Optional<Instant> after(JsonScan line) {
    return line.has("after") ? Optional.of(line.instant("after")) : Optional.empty();
  }

  private static RunOrigin origin(JsonScan line) {
    RunOrigin.Kind kind = RunOrigin.Kind.valueOf(line.text("origin"));
    Optional<RunId> parent = optionalText(line, "parent").map(RunId::new);
    String reason = line.text("reason");
    return new RunOrigin(kind, parent, filter(line), reason);
  }

  private static ItemFilter filter(JsonScan line) {
    line.object("filter");
    ItemState[] states =
        line.texts("states").stream().map(ItemState::valueOf).toArray(ItemState[]::new);
    FailureKind[] kinds =
        line.texts("kinds").stream().map(FailureKind::valueOf).toArray(FailureKind[]::new);
    Optional<String> code = optionalText(line, "code");
    List<String> keys = line.texts("keys");
    Optional<String> text = optionalText(line, "text");
    ItemFilter filter =
        ItemFilter.all().limit((int) line.number("limit")).states(states[0], states);
    filter = kinds.length == 0 ? filter : filter.kinds(kinds[0], kinds);
    filter = code.isPresent() ? filter.code(code.get()) : filter;
    filter = keys.isEmpty() ? filter : filter.keys(keys);
    filter = text.isPresent() ? filter.text(text.get()) : filter;
    filter = line.isTrue("newestFirst") ? filter.newestFirst() : filter;
    line.end();
    return filter;
  }
}
