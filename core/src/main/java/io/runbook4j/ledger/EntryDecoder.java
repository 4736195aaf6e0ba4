package io.runbook4j.ledger;

import static io.runbook4j.file.internal.JsonFields.duration;
import static io.runbook4j.file.internal.JsonFields.instant;
import static io.runbook4j.file.internal.JsonFields.member;
import static io.runbook4j.file.internal.JsonFields.number;
import static io.runbook4j.file.internal.JsonFields.text;
import static io.runbook4j.file.internal.JsonFields.texts;
import static io.runbook4j.file.internal.JsonFields.tree;

import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.file.internal.Ascii;
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
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads the lines that {@link EntryEncoder} writes. */
final class EntryDecoder {
  private static final byte[] BEGUN = Ascii.bytes("{\"type\":\"begun\"");

  /** Cannot occur inside a string, where its quotes are escaped. */
  private static final byte[] KEYS = Ascii.bytes(",\"keys\":[");

  private EntryDecoder() {}

  /**
   * {@return the entry of a line whose checksum is right}
   *
   * @throws IOException if it is not JSON
   * @throws IllegalArgumentException if it is none of our entries
   */
  static LedgerEntry decode(byte[] bytes, int from, int to) throws IOException {
    if (Ascii.has(BEGUN, bytes, from, to)) {
      return begun(bytes, from, to);
    }
    JsonNode line = tree(bytes, from, to);
    return decode(line);
  }

  static LedgerEntry decode(JsonNode line) {
    Instant at = instant(line, "at");
    String type = text(line, "type");
    return switch (type) {
      case "started" -> started(line);
      case "resumed" -> new RunResumed(at);
      case "done" -> done(at, line);
      case "limit" -> new LimitMet(at, text(line, "service"), instant(line, "until"));
      case "alert" -> new AlertRaised(at, alert(line));
      case "finding" -> new FindingMade(at, finding(line));
      case "note" -> new Note(at, text(line, "topic"), text(line, "text"));
      case "finished" -> finished(line);
      default ->
        throw new IllegalArgumentException(
            "type must be one that this version knows, was \"" + type + "\"");
    };
  }

  private static LedgerEntry begun(byte[] bytes, int from, int to) throws IOException {
    int keys = from;
    while (!Ascii.has(KEYS, bytes, keys, to)) {
      if (keys++ == to) {
        throw new IllegalArgumentException("keys must be present in a line of type begun");
      }
    }
    byte[] head = Arrays.copyOfRange(bytes, from, keys + 1);
    head[head.length - 1] = '}';
    JsonNode line = tree(head, 0, head.length);
    KeyList list = new KeyList(
        Arrays.copyOfRange(bytes, keys + KEYS.length - 1, to),
        number(line, "size").intValue());
    return new ChunkBegun(
        instant(line, "at"),
        new ChunkIntent(
            number(line, "chunk").intValue(),
            text(line, "idempotencyKey"),
            list,
            spans(member(line, "pages"))),
        position(member(line, "position")));
  }

  private static Position position(JsonNode node) {
    return new Position(new Cursor(text(node, "cursor")), number(node, "page").intValue());
  }

  private static List<Span> spans(JsonNode pages) {
    List<Span> spans = new ArrayList<>(pages.size());
    for (JsonNode pair : pages) {
      spans.add(new Span(pair.path(0).intValue(), pair.path(1).intValue()));
    }
    return List.copyOf(spans);
  }

  private static ChunkDone done(Instant at, JsonNode line) {
    List<ItemResult> results = new ArrayList<>();
    for (JsonNode item : member(line, "items")) {
      results.add(result(number(item, "index").intValue(), item));
    }
    return new ChunkDone(
        at,
        number(line, "chunk").intValue(),
        List.copyOf(results),
        others(member(line, "others")),
        new ChunkTiming(duration(line, "waited"), duration(line, "took")));
  }

  private static ItemResult others(JsonNode node) {
    ItemResult result = result(ItemResult.OTHERS, node);
    return result.equals(ItemResult.othersSucceeded()) ? ItemResult.othersSucceeded() : result;
  }

  private static ItemResult result(int index, JsonNode node) {
    String outcome = text(node, "outcome");
    return new ItemResult(
        index,
        switch (outcome) {
          case "succeeded" -> Outcome.succeeded();
          case "skipped" -> Outcome.skipped(text(node, "reason"));
          case "failed" -> Outcome.failed(failure(node));
          case "inDoubt" -> Outcome.inDoubt(failure(node));
          default ->
            throw new IllegalArgumentException(
                "outcome must be one that this version knows, was \"" + outcome + "\"");
        },
        node.has("retried"));
  }

  private static Failure failure(JsonNode node) {
    Failure failure = Failure.of(FailureKind.valueOf(text(node, "kind")), text(node, "message"));
    if (node.has("code")) {
      failure = failure.withCode(text(node, "code"));
    }
    return node.has("retryAfter") ? failure.withRetryAfter(duration(node, "retryAfter")) : failure;
  }

  private static Alert alert(JsonNode line) {
    return new Alert(
        text(line, "rule"),
        Severity.valueOf(text(line, "severity")),
        text(line, "job"),
        text(line, "text"));
  }

  private static Finding finding(JsonNode line) {
    return new Finding(
        text(line, "check"),
        text(line, "subject"),
        line.has("corruption"),
        number(line, "total").longValue(),
        texts(line, "samples"));
  }

  static RunFinished finished(JsonNode line) {
    return new RunFinished(
        instant(line, "at"),
        RunState.valueOf(text(line, "state")),
        text(line, "reason"),
        counts(member(line, "counts")),
        texts(line, "unread"));
  }

  static Counts counts(JsonNode node) {
    return new Counts(
        number(node, "read").longValue(),
        number(node, "succeeded").longValue(),
        number(node, "failed").longValue(),
        number(node, "skipped").longValue(),
        number(node, "inDoubt").longValue(),
        number(node, "notReached").longValue());
  }

  static RunStarted started(JsonNode line) {
    Optional<RunId> parent =
        line.has("parent") ? Optional.of(new RunId(text(line, "parent"))) : Optional.empty();
    RunOrigin origin = new RunOrigin(
        RunOrigin.Kind.valueOf(text(line, "origin")),
        parent,
        filter(member(line, "filter")),
        text(line, "reason"));
    return new RunStarted(
        instant(line, "at"), new RunId(text(line, "run")), text(line, "job"), origin);
  }

  static long sequence(JsonNode line) {
    return number(line, "sequence").longValue();
  }

  private static ItemFilter filter(JsonNode node) {
    ItemState[] states =
        texts(node, "states").stream().map(ItemState::valueOf).toArray(ItemState[]::new);
    FailureKind[] kinds =
        texts(node, "kinds").stream().map(FailureKind::valueOf).toArray(FailureKind[]::new);
    ItemFilter filter = ItemFilter.all().limit(number(node, "limit").intValue());
    filter = filter.states(states[0], states);
    filter = kinds.length == 0 ? filter : filter.kinds(kinds[0], kinds);
    filter = node.has("code") ? filter.code(text(node, "code")) : filter;
    List<String> keys = texts(node, "keys");
    filter = keys.isEmpty() ? filter : filter.keys(keys);
    filter = node.has("text") ? filter.text(text(node, "text")) : filter;
    return node.has("newestFirst") ? filter.newestFirst() : filter;
  }
}
