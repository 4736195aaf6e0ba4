package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The results of the items that a resumed run would meet again; those before are let go. */
final class ResumeWindow implements RunFollower {
  private final Deque<Result> results = new ArrayDeque<>();
  private int since = 1;

  private record Result(ChunkIntent chunk, ChunkDone done) {
    boolean isBefore(int page) {
      for (Span span : chunk.spans()) { // for each chunk that is written: no stream
        if (span.page() >= page) {
          return false;
        }
      }
      return true;
    }
  }

  @Override
  public void begun(ChunkBegun begun) {
    if (begun.position().page() > since) {
      since = begun.position().page();
      results.removeIf(result -> result.isBefore(since));
    }
  }

  @Override
  public void done(ChunkIntent chunk, ChunkDone done) {
    Result result = new Result(chunk, done);
    if (!result.isBefore(since)) {
      results.add(result);
    }
  }

  /** {@return how often each key was settled among these items} */
  Map<String, Integer> settled() {
    Map<String, Integer> settled = new HashMap<>();
    for (Result result : results) {
      Pages pages = new Pages(result.chunk());
      ChunkItems.forEach(result.chunk().keys(), result.done(), (key, item) -> {
        if (pages.next() >= since && ChunkItems.settles(item)) {
          settled.merge(key, 1, Integer::sum);
        }
      });
    }
    return settled;
  }

  /** The page of each item of a chunk, in order. */
  private static final class Pages {
    private final Deque<Span> spans;
    private int taken;

    Pages(ChunkIntent chunk) {
      spans = new ArrayDeque<>(chunk.spans());
    }

    int next() {
      if (taken == spans.getFirst().count()) {
        spans.removeFirst();
        taken = 0;
      }
      taken++;
      return spans.getFirst().page();
    }
  }
}
