package io.runbook4j.ledger;

import io.runbook4j.file.internal.JsonLine;
import io.runbook4j.ledger.Catalog.Head;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.AlertRaised;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.FindingMade;
import io.runbook4j.spi.ledger.LedgerEntry.LimitMet;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Writes entries as lines. {@link EntryDecoder} reads them. */
final class EntryEncoder {
  /** The format of new files: the first member of their first line. */
  static final int FORMAT = 1;

  private final JsonLine line;

  EntryEncoder(JsonLine line) {
    this.line = line;
  }

  /** Writes the first line of a run's file. */
  void started(Head head) {
    RunStarted started = head.started();
    line.begin().number("format", FORMAT);
    head("started", started);
    line.text("run", started.run().value())
        .text("job", started.job())
        .number("sequence", head.sequence());
    after(head.after());
    origin(started.origin());
  }

  /** Writes in the line of a taking what {@link Head#after} says. */
  void after(Optional<Instant> after) {
    after.ifPresent(at -> line.time("after", at));
  }

  /**
   * Writes a line, not sealed.
   *
   * @param keys of the chunk, if the entry is a chunk's result
   */
  void entry(LedgerEntry entry, List<String> keys) {
    line.begin();
    if (entry instanceof ChunkBegun begun) {
      begun(begun);
    } else if (entry instanceof ChunkDone done) {
      done(done, keys);
    } else if (entry instanceof RunResumed) {
      head("resumed", entry);
    } else if (entry instanceof LimitMet met) {
      head("limit", entry);
      line.text("service", met.service()).text("until", met.until().toString());
    } else if (entry instanceof AlertRaised raised) {
      alert(raised);
    } else if (entry instanceof FindingMade made) {
      finding(made);
    } else if (entry instanceof Note note) {
      head("note", entry);
      line.text("topic", note.topic()).text("text", note.text());
    } else if (entry instanceof RunFinished finished) {
      finished(finished);
    } else {
      throw new IllegalStateException(
          "entry must not be " + entry.getClass().getSimpleName() + " behind the first line");
    }
  }

  private void head(String type, LedgerEntry entry) {
    line.text("type", type).time("at", entry.at());
  }

  private void begun(ChunkBegun begun) {
    head("begun", begun);
    line.number("chunk", begun.chunk().number())
        .text("idempotencyKey", begun.chunk().idempotencyKey())
        .object("position")
        .text("cursor", begun.position().cursor().value())
        .number("page", begun.position().page())
        .end('}')
        .array("pages");
    for (Span span : begun.chunk().spans()) {
      line.pair(span.page(), span.count());
    }
    line.end(']')
        // The number of keys, and the keys last: a reader that needs no keys does not parse them.
        .number("size", begun.chunk().keys().size())
        .texts("keys", begun.chunk().keys());
  }

  private void done(ChunkDone done, List<String> keys) {
    head("done", done);
    line.number("chunk", done.number())
        .text("waited", done.timing().waited().toString())
        .text("took", done.timing().took().toString())
        .object("others");
    outcome(done.others());
    line.end('}').array("items");
    for (ItemResult result : done.results()) {
      line.element().number("index", result.index()).text("key", keys.get(result.index()));
      outcome(result);
      line.end('}');
    }
    line.end(']');
  }

  private void outcome(ItemResult result) {
    if (result.outcome() instanceof Outcome.Succeeded) {
      line.text("outcome", "succeeded");
    } else if (result.outcome() instanceof Outcome.Skipped skipped) {
      line.text("outcome", "skipped").text("reason", skipped.reason());
    } else if (result.outcome() instanceof Outcome.Failed failed) {
      line.text("outcome", "failed");
      failure(failed.failure());
    } else if (result.outcome() instanceof Outcome.InDoubt doubt) {
      line.text("outcome", "inDoubt");
      failure(doubt.failure());
    }
    if (result.retried()) {
      line.isTrue("retried");
    }
  }

  private void failure(Failure failure) {
    line.text("kind", failure.kind().name());
    failure.code().ifPresent(code -> line.text("code", code));
    line.text("message", failure.message());
    failure.retryAfter().ifPresent(delay -> line.text("retryAfter", delay.toString()));
  }

  private void alert(AlertRaised raised) {
    head("alert", raised);
    line.text("rule", raised.alert().rule())
        .text("severity", raised.alert().severity().name())
        .text("job", raised.alert().job())
        .text("text", raised.alert().text());
  }

  private void finding(FindingMade made) {
    Finding finding = made.finding();
    head("finding", made);
    line.text("check", finding.check()).text("subject", finding.subject());
    if (finding.corruption()) {
      line.isTrue("corruption");
    }
    line.number("total", finding.total()).texts("samples", finding.samples());
  }

  void finished(RunFinished finished) {
    head("finished", finished);
    line.text("state", finished.state().name()).text("reason", finished.reason());
    counts("counts", finished.counts());
    line.texts("unread", finished.unread());
  }

  void counts(String name, Counts counts) {
    line.object(name)
        .number("read", counts.read())
        .number("succeeded", counts.succeeded())
        .number("failed", counts.failed())
        .number("skipped", counts.skipped())
        .number("inDoubt", counts.inDoubt())
        .number("notReached", counts.notReached())
        .end('}');
  }

  private void origin(RunOrigin origin) {
    line.text("origin", origin.kind().name());
    origin.parent().ifPresent(parent -> line.text("parent", parent.value()));
    line.text("reason", origin.reason());
    ItemFilter filter = origin.filter();
    line.object("filter")
        .texts("states", filter.states().stream().map(Enum::name).sorted().toList())
        .texts("kinds", filter.kinds().stream().map(Enum::name).sorted().toList());
    filter.code().ifPresent(code -> line.text("code", code));
    line.texts("keys", filter.keys());
    filter.text().ifPresent(text -> line.text("text", text));
    line.number("limit", filter.limit());
    if (filter.isNewestFirst()) {
      line.isTrue("newestFirst");
    }
    line.end('}');
  }
}
