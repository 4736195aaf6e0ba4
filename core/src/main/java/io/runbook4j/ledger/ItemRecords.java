package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.ItemRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One record for each key, the newest last.
 *
 * <p>Changes wait in a list until somebody asks, or until they are more than the records: a map's
 * entry for each failure would cost a run more than all else that becomes of it. Not safe for many
 * threads.
 */
final class ItemRecords {
  private static final int FEW_CHANGES = 16_384;

  private final KeyMarks marks;
  private final Map<String, ItemRecord> records = new LinkedHashMap<>();

  /** In order: the records that are new, and the keys of those that may have gone. */
  private final List<Object> changes = new ArrayList<>();

  ItemRecords() {
    this(new KeyMarks());
  }

  /** Shares its marks with other records. */
  ItemRecords(KeyMarks marks) {
    this.marks = marks;
  }

  KeyMarks marks() {
    return marks;
  }

  Collection<ItemRecord> values() {
    return upToDate().values();
  }

  Optional<ItemRecord> get(String key) {
    return Optional.ofNullable(upToDate().get(key));
  }

  /** Makes this the key's record, and the newest of all. */
  void renew(ItemRecord item) {
    marks.mark(item.key());
    change(item);
  }

  /** Makes this the key's record, in the place of the one that it has. */
  void replace(ItemRecord item) {
    marks.mark(item.key());
    upToDate().put(item.key(), item);
  }

  /** Takes the key's record away, if it has one. Ask the marks first: few keys have. */
  void remove(String key) {
    change(key);
  }

  private void change(Object change) {
    changes.add(change);
    if (changes.size() > Math.max(FEW_CHANGES, records.size())) {
      upToDate();
    }
  }

  private Map<String, ItemRecord> upToDate() {
    for (Object change : changes) {
      if (change instanceof ItemRecord item) {
        records.remove(item.key());
        records.put(item.key(), item);
      } else {
        records.remove(change);
      }
    }
    changes.clear();
    return records;
  }

  ItemRecords copy() {
    ItemRecords copy = new ItemRecords();
    values().forEach(copy::replace);
    return copy;
  }
}
