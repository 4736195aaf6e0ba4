package io.runbook4j.ledger;

import io.runbook4j.ledger.Catalog.Head;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.RunId;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the items whose newest record over several runs is not a success, in memory for those items
 * only.
 *
 * <p>The first pass meets the runs from the oldest on; a success takes away an older trouble. Where
 * an older run was resumed while or after a newer one ran, a success may come up before the older
 * trouble that it cures; a second pass, which only takes away, mends that. Within a run the order
 * of entries counts, and between runs what was recorded when one was taken; their clocks tell only
 * how those that ran at once stand to each other.
 */
final class JobScan {
  private final Catalog catalog;
  private final Predicate<RunId> held;

  /** In the order in which they were met, which is that of the items of one chunk. */
  private final Map<String, Mark> marks = new LinkedHashMap<>();

  /** Spares nearly all keys that succeed a look into the map, and being made text. */
  private final KeyMarks marked = new KeyMarks();

  private boolean addsTroubles = true;

  /** Where a record stands among those of all runs. */
  record Place(Instant at, int run, long entry) implements Comparable<Place> {
    private static final Comparator<Place> ORDER = Comparator.comparing(Place::at)
        .thenComparingInt(Place::run)
        .thenComparingLong(Place::entry);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  /** A record that is not a success, and its place. */
  record Mark(ItemRecord item, Place place) {}

  JobScan(Catalog catalog, Predicate<RunId> held) {
    this.catalog = catalog;
    this.held = held;
  }

  /** {@return the outstanding items of these runs, in order of recording; runs oldest first} */
  List<ItemRecord> outstanding(List<Head> runs) {
    boolean overlap = false;
    Instant latest = Instant.MIN;
    for (int i = 0; i < runs.size(); i++) {
      overlap |= !runs.get(i).began().isAfter(latest);
      Instant end = scan(runs.get(i), i);
      latest = end.isAfter(latest) ? end : latest;
    }
    if (overlap && !marks.isEmpty()) {
      addsTroubles = false;
      for (int i = 0; i < runs.size(); i++) {
        scan(runs.get(i), i);
      }
    }
    return marks.values().stream()
        .sorted(Comparator.comparing(Mark::place))
        .map(Mark::item)
        .toList();
  }

  private Instant scan(Head head, int order) {
    RunScan scan = new RunScan(head.run(), order);
    // In this order: a run that is let go in between has its end in the file by then.
    boolean isHeld = held.test(head.run());
    RunTally tally = RunReplay.of(catalog.file(head.run()), head.run(), scan).tally();
    scan.addOpen(tally.open(), isHeld && !tally.isFinished());
    return tally.clock();
  }

  /** {@return for each of these keys, the run that has its newest record} */
  static Map<String, RunId> newestHolders(Catalog catalog, List<Head> runs, Set<String> keys) {
    Map<String, Place> newest = new HashMap<>();
    Map<String, RunId> holders = new HashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      RunId run = runs.get(i).run();
      RunReplay.of(catalog.file(run), run, new Placed(i) {
        @Override
        public void done(ChunkIntent chunk, ChunkDone done) {
          Place place = place(done.at());
          for (String key : chunk.keys()) {
            if (keys.contains(key) && isNewer(place, newest.get(key))) {
              newest.put(key, place);
              holders.put(key, run);
            }
          }
        }
      });
    }
    return holders;
  }

  private static boolean isNewer(Place place, @Nullable Place other) {
    return other == null || place.compareTo(other) > 0;
  }

  /** Knows where a run's entries stand among those of all runs: its clock only rises. */
  private abstract static class Placed implements RunFollower {
    private final int order;
    private Instant clock = Instant.MIN;
    private long entries;

    Placed(int order) {
      this.order = order;
    }

    @Override
    public void after(Instant at) {
      clock = at.isAfter(clock) ? at : clock;
    }

    Place place(Instant at) {
      after(at);
      return new Place(clock, order, entries++);
    }
  }

  private final class RunScan extends Placed {
    private final RunId run;
    private final Map<Integer, Place> begun = new HashMap<>();

    RunScan(RunId run, int order) {
      super(order);
      this.run = run;
    }

    @Override
    public void begun(ChunkBegun chunk) {
      begun.put(chunk.chunk().number(), place(chunk.at()));
    }

    @Override
    public void done(ChunkIntent chunk, ChunkDone done) {
      Place place = place(done.at());
      begun.remove(done.number());
      Set<String> succeeded = new HashSet<>(marked.among(chunk.keys()));
      ChunkItems.forEachNotSucceeded(chunk.keys(), done, (key, result) -> {
        succeeded.remove(key);
        if (addsTroubles) {
          add(ItemRecord.of(run, key, done.at(), result), place);
        }
      });
      for (String key : succeeded) {
        Mark mark = marks.get(key);
        if (mark != null && isNewer(place, mark.place())) {
          marks.remove(key);
        }
      }
    }

    @Override
    public void finished(RunFinished finished) {
      Place place = place(finished.at());
      if (addsTroubles) {
        finished
            .unread()
            .forEach(key -> add(ItemRecord.notReached(run, key, finished.at()), place));
      }
    }

    void addOpen(Collection<ChunkBegun> open, boolean going) {
      if (!addsTroubles) {
        return;
      }
      for (ChunkBegun chunk : open) {
        Place place = begun.getOrDefault(chunk.chunk().number(), place(chunk.at()));
        for (String key : chunk.chunk().keys()) {
          add(ItemTrail.unanswered(run, key, chunk.at(), going), place);
        }
      }
    }

    private void add(ItemRecord item, Place place) {
      Mark mark = marks.get(item.key());
      if (mark == null || isNewer(place, mark.place())) {
        marks.remove(item.key()); // a newer record stands where it was recorded
        marks.put(item.key(), new Mark(item, place));
        marked.mark(item.key());
      }
    }
  }
}
