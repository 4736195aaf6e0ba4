package io.runbook4j.integrity;

import io.runbook4j.integrity.Pair.Seen;
import io.runbook4j.integrity.Pair.Verdict;
import io.runbook4j.integrity.Reconciliation.Difference;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Fetches again, after a while, what was wrong at the first look.
 *
 * @param settle how long it waits
 * @param time waits
 * @param workspace keeps the keys
 */
record SecondLook(Duration settle, Time time, Workspace workspace) {
  private static final int BATCH = 100;
  private static final byte[] NOTHING = {};
  private static final Set<Verdict> WRONG =
      EnumSet.of(Verdict.MISSING, Verdict.EXTRA, Verdict.DIFFERENT);

  void pair(
      Pairing pairing,
      Source<Fingerprint> source,
      Source<Fingerprint> target,
      Difference difference)
      throws InterruptedException {
    try (Spill wrong = new Spill(workspace)) {
      pairing.pair(source, target, new Pairing.Visitor() {
        @Override
        public void pair(String key, Pair pair) {
          Verdict verdict = pair.verdict(difference.watermark);
          if (WRONG.contains(verdict)) {
            wrong.add(key, NOTHING);
          } else {
            difference.add(key, verdict);
          }
        }

        @Override
        public void duplicate(String key, boolean inSource) {
          difference.duplicate(key, inSource);
        }
      });
      lookAgain(wrong, source, target, difference);
    }
  }

  private void lookAgain(
      Spill wrong, Source<Fingerprint> source, Source<Fingerprint> target, Difference difference)
      throws InterruptedException {
    Merge merge = wrong.merge();
    boolean more = wrong.advance(merge);
    if (more) {
      time.sleep(settle);
    }
    while (more) {
      List<String> keys = new ArrayList<>();
      do {
        keys.add(merge.key());
        more = wrong.advance(merge);
      } while (more && keys.size() < BATCH);
      Map<String, Seen> left = fetch("source", source, keys);
      Map<String, Seen> right = fetch("target", target, keys);
      for (String key : keys) {
        if (!left.containsKey(key) && !right.containsKey(key)) {
          difference.add(key, Verdict.EQUAL); // both have removed it
        } else {
          difference.pair(key, new Pair(left.get(key), right.get(key)));
        }
      }
    }
  }

  private static Map<String, Seen> fetch(String side, Source<Fingerprint> items, List<String> keys)
      throws InterruptedException {
    Page<Fingerprint> page = items
        .fetch(keys)
        .orElseThrow(() -> new IllegalStateException(
            side + " must be able to fetch items by key to be looked at twice, was " + items));
    Map<String, Seen> found = new HashMap<>();
    for (int i = 0; i < page.size(); i++) {
      found.putIfAbsent(page.key(i), Pairing.seen(page, i));
    }
    return found;
  }
}
