package io.runbook4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.ReasonCount;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Ledgers that keep too little, beside one that keeps what it should and answers little else. */
final class LedgerContractTest {
  private static final String REOPENED =
      "record_everyKindOfEntry_givesThemBackInOrderAfterReopening";
  private static final String AT_ONCE = "record_everyKindOfEntry_isSeenByAnotherLedgerAtOnce";
  private static final String FORCED =
      "force_ofARunThatIsGoingOn_leavesAllToBeSeenByAnotherLedgerAndTheRunGoesOn";
  private static final String NOT_FORCED = "force_ofARunThatIsNotGoingOn_doesNothing";
  private static final String LAST_CALL =
      "resumePoint_chunksAndNotes_saysWhenTheLastCallMayHaveBeen";

  /** Keeps every entry, and says of a run what they are and when its last call was. */
  static class Entries implements Ledger {
    private final Map<RunId, List<LedgerEntry>> store;

    Entries(Map<RunId, List<LedgerEntry>> store) {
      this.store = store;
    }

    @Override
    public synchronized void record(RunId run, List<LedgerEntry> entries) {
      store.computeIfAbsent(run, id -> new ArrayList<>()).addAll(entries);
    }

    @Override
    public synchronized List<LedgerEntry> entries(RunId run) {
      return List.copyOf(store.getOrDefault(run, List.of()));
    }

    @Override
    public ResumePoint resumePoint(RunId run) {
      ResumePoint.Builder point = ResumePoint.builder();
      entries(run).stream()
          .filter(e -> e instanceof ChunkBegun || e instanceof ChunkDone || e instanceof Note)
          .forEach(e -> point.lastCallAt(e.at()));
      return point.build();
    }

    @Override
    public List<RunSummary> runs(String job, int limit) {
      return List.of();
    }

    @Override
    public Optional<RunSummary> run(RunId run) {
      return Optional.empty();
    }

    @Override
    public List<RunSummary> died() {
      return List.of();
    }

    @Override
    public List<ItemRecord> items(RunId run, ItemFilter filter) {
      return List.of();
    }

    @Override
    public List<ItemRecord> outstanding(String job, ItemFilter filter) {
      return List.of();
    }

    @Override
    public List<ReasonCount> reasons(String job, Instant since, Duration stretch) {
      return List.of();
    }

    @Override
    public void close() {}
  }

  static class Whole extends LedgerContract {
    final Map<RunId, List<LedgerEntry>> store = new ConcurrentHashMap<>();

    @Override
    protected Ledger open() {
      return new Entries(store);
    }
  }

  @Test
  void everyEntryKept_passes() {
    assertThat(ContractRun.of(Whole.class).failed())
        .doesNotContain(REOPENED, AT_ONCE, LAST_CALL, FORCED, NOT_FORCED);
  }

  static final class BuffersUntilClosed extends Whole {
    @Override
    protected Ledger open() {
      return new Buffering(store);
    }
  }

  /** Writes through how a run begins and ends, and all else when it is closed. */
  private static final class Buffering extends Entries {
    private final Map<RunId, List<LedgerEntry>> buffer = new ConcurrentHashMap<>();

    Buffering(Map<RunId, List<LedgerEntry>> store) {
      super(store);
    }

    @Override
    public synchronized void record(RunId run, List<LedgerEntry> entries) {
      buffer.computeIfAbsent(run, id -> new ArrayList<>()).addAll(entries);
      if (entries.stream().anyMatch(e -> e instanceof RunStarted || e instanceof RunFinished)) {
        close();
      }
    }

    @Override
    public synchronized List<LedgerEntry> entries(RunId run) {
      List<LedgerEntry> all = new ArrayList<>(super.entries(run));
      all.addAll(buffer.getOrDefault(run, List.of()));
      return all;
    }

    @Override
    public synchronized void close() {
      buffer.forEach(super::record);
      buffer.clear();
    }
  }

  @Test
  void entriesBufferedUntilClosed_areFound() {
    assertThat(ContractRun.of(BuffersUntilClosed.class).failed())
        .contains(AT_ONCE, FORCED)
        .doesNotContain(REOPENED, LAST_CALL);
  }

  /** Keeps another set of the keys that a rerun asks for. */
  abstract static class ChangesTheKeys extends Whole {
    abstract Set<String> kept(Set<String> keys);

    @Override
    protected Ledger open() {
      return new Entries(store) {
        @Override
        public synchronized List<LedgerEntry> entries(RunId run) {
          return super.entries(run).stream().map(e -> changed(e)).toList();
        }
      };
    }

    private LedgerEntry changed(LedgerEntry entry) {
      if (!(entry instanceof RunStarted start) || start.origin().filter().keys().isEmpty()) {
        return entry;
      }
      RunOrigin origin = start.origin();
      ItemFilter filter = origin.filter().keys(kept(origin.filter().keys()));
      return new RunStarted(
          start.at(),
          start.run(),
          start.job(),
          new RunOrigin(origin.kind(), origin.parent(), filter, origin.reason()));
    }
  }

  static final class LosesAKey extends ChangesTheKeys {
    @Override
    Set<String> kept(Set<String> keys) {
      return Set.of(keys.iterator().next());
    }
  }

  static final class SortsTheKeys extends ChangesTheKeys {
    @Override
    Set<String> kept(Set<String> keys) {
      return new TreeSet<>(keys);
    }
  }

  @Test
  void keysOfARerunLostOrInAnotherOrder_areFound() {
    assertThat(ContractRun.of(LosesAKey.class).failed()).contains(REOPENED);

    ContractRun sorted = ContractRun.of(SortsTheKeys.class);
    assertThat(sorted.failed()).contains(REOPENED);
    assertThat(sorted.message(REOPENED)).contains("the keys that a rerun asks for, in their order");
  }

  static final class ForcesNoRunThatIsOver extends Whole {
    @Override
    protected Ledger open() {
      return new Entries(store) {
        @Override
        public void force(RunId run) {
          if (entries(run).stream().anyMatch(e -> e instanceof RunFinished)) {
            throw new IllegalStateException("Run " + run + " is over");
          }
        }
      };
    }
  }

  @Test
  void forceOfARunThatIsOverRefused_isFound() {
    assertThat(ContractRun.of(ForcesNoRunThatIsOver.class).failed())
        .contains(NOT_FORCED)
        .doesNotContain(REOPENED, AT_ONCE, FORCED);
  }

  static final class ForgetsTheLastCall extends Whole {
    @Override
    protected Ledger open() {
      return new Entries(store) {
        @Override
        public ResumePoint resumePoint(RunId run) {
          return ResumePoint.builder().build();
        }
      };
    }
  }

  @Test
  void lastCallForgotten_isFound() {
    assertThat(ContractRun.of(ForgetsTheLastCall.class).failed())
        .contains(LAST_CALL)
        .doesNotContain(REOPENED, AT_ONCE);
  }
}
