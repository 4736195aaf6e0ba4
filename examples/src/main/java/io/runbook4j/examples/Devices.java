package io.runbook4j.examples;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** What users have saved on their devices, and which of it nobody has taken yet. */
final class Devices {
  private final int users;
  private final RandomGenerator random;
  private final Map<String, Snapshot> newest = new TreeMap<>();
  private final Set<String> pending = new LinkedHashSet<>();

  Devices(int users, RandomGenerator random) {
    this.users = users;
    this.random = random;
  }

  /** Lets this many users, some of them twice, change their resume. */
  void edit(int changes) {
    for (int i = 0; i < changes; i++) {
      String user = "user-" + random.nextInt(users);
      Snapshot before = newest.get(user);
      long version = before == null ? 1 : before.version() + 1;
      newest.put(user, new Snapshot(user, version, "Resume of " + user + ", draft " + version));
      pending.add(user);
    }
  }

  /** {@return the newest snapshot of each user who has one that was not taken} */
  List<Snapshot> pending() {
    List<Snapshot> snapshots = new ArrayList<>();
    pending.forEach(user -> snapshots.add(Objects.requireNonNull(newest.get(user))));
    return snapshots;
  }

  /** Forgets all that was pending but for these users. */
  void keepPending(Collection<String> failed) {
    pending.retainAll(Set.copyOf(failed));
  }

  /** {@return the newest snapshot of each user} */
  Collection<Snapshot> newest() {
    return newest.values();
  }
}
