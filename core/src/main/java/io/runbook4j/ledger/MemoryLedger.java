package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.ReasonCount;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A ledger that lasts as long as its process: for tests, and for jobs that may begin anew after a
 * crash. Safe for many threads.
 *
 * <p>It takes memory for the items that did not succeed and for the chunks that a resumed run would
 * meet again, not for the items that succeeded. {@link #entries} therefore gives all entries but
 * those of chunks, of which only the last 200 are kept (fewer if they are large).
 *
 * <p>After {@link #close} the runs that had not finished are {@link RunState#DIED}; they can still
 * be asked about, and resumed.
 */
public final class MemoryLedger implements Ledger {
  private final ReentrantLock lock = new ReentrantLock();

  /** In order of creation. */
  private final Map<RunId, MemoryRun> runs = new LinkedHashMap<>();

  private final Map<String, MemoryRun.Job> jobs = new HashMap<>();

  private MemoryLedger() {}

  /** {@return a new, empty ledger} */
  public static MemoryLedger create() {
    return new MemoryLedger();
  }

  @Override
  public void record(RunId run, List<LedgerEntry> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("entries must be at least one, was none");
    }
    locked(() -> {
      MemoryRun taken = take(run, entries.get(0));
      try {
        for (int i = 0; i < entries.size(); i++) {
          refuseSecondTaking(run, entries.get(i), i);
          taken.add(entries.get(i));
        }
      } finally {
        if (taken.isFinished()) {
          taken.letGo();
        }
      }
      return taken;
    });
  }

  private MemoryRun take(RunId id, LedgerEntry first) {
    MemoryRun run = runs.get(id);
    if (first instanceof RunStarted started) {
      return create(id, run, started);
    }
    if (first instanceof RunResumed) {
      MemoryRun known = known(id);
      if (known.isHeld()) {
        throw new LedgerException("Run " + id + " cannot be resumed in this memory ledger: it is"
            + " going on. Wait until it has finished, or close its ledger.");
      }
      known.take();
      return known;
    }
    if (run == null || !run.isHeld()) {
      throw new IllegalStateException("Run " + id + " must be taken with RunStarted or RunResumed"
          + " first, was given " + first.getClass().getSimpleName());
    }
    return run;
  }

  private MemoryRun create(RunId id, @Nullable MemoryRun existing, RunStarted started) {
    if (existing != null) {
      throw new LedgerException("Run " + id + " of job " + existing.job() + " exists already in"
          + " this memory ledger. Give a new run a new id, or resume the run.");
    }
    if (!started.run().equals(id)) {
      throw new IllegalStateException(
          "Run " + id + " cannot begin with the RunStarted of run " + started.run());
    }
    MemoryRun run = new MemoryRun(id, job(started.job()));
    run.take();
    runs.put(id, run);
    return run;
  }

  private MemoryRun.Job job(String name) {
    return jobs.computeIfAbsent(name, first -> new MemoryRun.Job());
  }

  private static void refuseSecondTaking(RunId run, LedgerEntry entry, int place) {
    if (place > 0 && (entry instanceof RunResumed || entry instanceof RunStarted)) {
      throw new IllegalStateException("Run " + run + " was taken already, and was given "
          + entry.getClass().getSimpleName() + " as entry " + place);
    }
  }

  @Override
  public List<RunSummary> runs(String job, int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("limit must be at least 0, was " + limit);
    }
    return locked(() -> newestFirst().stream()
        .filter(run -> run.job().equals(job))
        .limit(limit)
        .map(MemoryRun::summary)
        .toList());
  }

  private List<MemoryRun> newestFirst() {
    List<MemoryRun> all = new ArrayList<>(runs.values());
    Collections.reverse(all);
    return all;
  }

  @Override
  public Optional<RunSummary> run(RunId run) {
    return locked(() -> Optional.ofNullable(runs.get(run)).map(MemoryRun::summary));
  }

  @Override
  public List<RunSummary> died() {
    return locked(() -> {
      List<MemoryRun> all = newestFirst();
      Collections.reverse(all);
      return all.stream()
          .filter(run -> !run.isFinished() && !run.isHeld())
          .map(MemoryRun::summary)
          .toList();
    });
  }

  @Override
  public ResumePoint resumePoint(RunId run) {
    return locked(() -> known(run).resumePoint());
  }

  @Override
  public List<ItemRecord> items(RunId run, ItemFilter filter) {
    return locked(() -> filter.select(known(run).items()));
  }

  @Override
  public List<ItemRecord> outstanding(String job, ItemFilter filter) {
    return locked(() -> {
      ItemRecords records = job(job).records().copy();
      job(job).going().forEach(run -> run.overlayInFlight(new ItemTrail(run.id(), records)));
      return filter.select(records.values());
    });
  }

  @Override
  public List<ReasonCount> reasons(String job, Instant since, Duration stretch) {
    ReasonTally reasons = new ReasonTally(since, stretch);
    return locked(() -> {
      runs.values().stream()
          .filter(run -> run.job().equals(job))
          .forEach(run -> run.countReasons(reasons));
      return reasons.counts();
    });
  }

  @Override
  public List<LedgerEntry> entries(RunId run) {
    return locked(() -> known(run).entries());
  }

  @Override
  public void close() {
    locked(() -> {
      runs.values().stream().filter(MemoryRun::isHeld).forEach(MemoryRun::letGo);
      return runs;
    });
  }

  private MemoryRun known(RunId id) {
    MemoryRun run = runs.get(id);
    if (run == null) {
      throw new LedgerException("Run " + id + " is unknown to this memory ledger, which has "
          + runs.size() + " runs. Check the id; a memory ledger forgets when its process ends.");
    }
    return run;
  }

  private <R> R locked(Supplier<R> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
