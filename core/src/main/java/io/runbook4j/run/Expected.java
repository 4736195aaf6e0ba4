package io.runbook4j.run;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Items that an earlier process read and that have no outcome: the source gives them again, or they
 * are gone. Not safe for many threads.
 */
final class Expected {
  /** Of those that have to come up again, with how often each was tried. */
  private final Map<String, Integer> attempts;

  /** Of those that were being sent; whether they come up again does not matter. */
  private final Map<String, Integer> attemptsOfSent = new HashMap<>();

  Expected(Map<String, Integer> attempts) {
    this.attempts = new HashMap<>(attempts);
  }

  boolean isEmpty() {
    return attempts.isEmpty() && attemptsOfSent.isEmpty();
  }

  /** The item is in a chunk without a result, which decides what becomes of it. */
  void wasSent(String key) {
    Integer before = attempts.remove(key);
    if (before != null && before > 0) {
      attemptsOfSent.put(key, before);
    }
  }

  /** The item was not applied, and has its turn again once the source gives it. */
  void again(String key) {
    Integer before = attemptsOfSent.remove(key);
    attempts.putIfAbsent(key, before == null ? 0 : before);
  }

  /** The item came up. {@return how often it was tried before} */
  int take(String key) {
    Integer due = attempts.remove(key);
    Integer sent = attemptsOfSent.remove(key);
    return Math.max(due == null ? 0 : due, sent == null ? 0 : sent);
  }

  /** These items came up again, and have an outcome or are known to have none. */
  void cameUp(Collection<String> keys) {
    if (!attempts.isEmpty()) {
      keys.forEach(attempts::remove);
    }
  }

  /** {@return how many items have not come up again} */
  int size() {
    return attempts.size();
  }

  /** {@return the items that have not come up again, in the order of their keys; forgets them} */
  List<String> takeGone() {
    List<String> gone = attempts.keySet().stream().sorted().toList();
    attempts.clear();
    return gone;
  }
}
