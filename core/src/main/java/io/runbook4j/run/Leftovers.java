package io.runbook4j.run;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was read and has no outcome when a run ends early.
 *
 * @param begun items that were in a chunk and are to be tried again
 * @param unanswered items of chunks that were sent and have no result
 * @param unread items that were never in a chunk
 */
record Leftovers(long begun, long unanswered, List<String> unread) {
  /**
   * {@return what is left, with the batch that waits for its permit} Notes the reasons of what
   * stays in doubt.
   */
  static <T> Leftovers of(Parts<T> parts, Optional<Batch<T>> next) {
    List<Batch<T>> waiting = new ArrayList<>(parts.workload.waiting());
    for (Batch<T> batch = next.orElse(null);
        batch != null;
        batch = batch.sibling().orElse(null)) {
      waiting.add(batch);
    }
    parts
        .feed
        .uncollected()
        .forEach(chunk -> waiting.add(Batch.open(chunk.intent(), chunk.family())));
    Set<String> doubtful = new HashSet<>();
    long unanswered = 0;
    long begun = 0;
    List<String> unread = new ArrayList<>();
    for (Batch<T> batch : waiting) {
      if (batch.intent().isPresent()) {
        unanswered += batch.size();
        parts.tally.leftInDoubt(batch.keys(), reason(batch));
        doubtful.addAll(batch.hasValues() ? List.of() : batch.keys());
        continue;
      }
      for (Pending<T> item : batch.items()) {
        if (item.isBegun()) {
          begun++;
        } else {
          unread.add(item.key());
        }
      }
    }
    // Items in doubt from an earlier process may have come up again already; they are not to be
    // counted twice.
    parts.feed.unread().stream().filter(key -> !doubtful.remove(key)).forEach(unread::add);
    parts.expected.cameUp(unread);
    return new Leftovers(begun + parts.expected.size(), unanswered, unread);
  }

  private static Failure reason(Batch<?> batch) {
    return batch
        .doubt()
        .map(Batch.Doubt::failure)
        .orElseGet(() -> Failure.of(FailureKind.UNKNOWN, Legacy.UNRECORDED));
  }
}
