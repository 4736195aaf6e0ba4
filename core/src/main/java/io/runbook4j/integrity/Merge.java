package io.runbook4j.integrity;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.PriorityQueue;

/** Sorted series as one, with the records of one key next to each other. */
final class Merge extends RecordCursor {
  private final PriorityQueue<RecordCursor> heads = new PriorityQueue<>(RecordCursor::compareTo);

  private byte[] lastKey = new byte[64];
  private int lastKeyLength = -1;
  private long lastHash;
  private boolean newKey;
  private boolean begun;

  Merge(Collection<? extends RecordCursor> series) throws IOException {
    for (RecordCursor cursor : series) {
      if (cursor.advance()) {
        heads.add(cursor);
      }
    }
  }

  @Override
  boolean advance() throws IOException {
    if (begun) {
      RecordCursor head = heads.remove();
      if (head.advance()) {
        heads.add(head);
      }
    }
    RecordCursor head = heads.peek();
    begun = head != null;
    if (head == null) {
      return false;
    }
    take(head);
    return true;
  }

  private void take(RecordCursor head) {
    hash = head.hash;
    bytes = head.bytes;
    keyFrom = head.keyFrom;
    keyTo = head.keyTo;
    payloadFrom = head.payloadFrom;
    payloadTo = head.payloadTo;
    newKey = hash != lastHash || lastKeyLength < 0 || !hasKey(lastKey, lastKeyLength);
    if (newKey) {
      lastHash = hash;
      lastKeyLength = keyTo - keyFrom;
      lastKey = lastKeyLength > lastKey.length ? new byte[2 * lastKeyLength] : lastKey;
      System.arraycopy(bytes, keyFrom, lastKey, 0, lastKeyLength);
    }
  }

  /** {@return whether the record has another key than the one before it} */
  boolean isNewKey() {
    return newKey;
  }

  /** {@return the record's key} */
  String key() {
    return Texts.read(bytes, keyFrom, keyTo);
  }

  /** {@return a copy of the record's payload} */
  byte[] payload() {
    return Arrays.copyOfRange(bytes, payloadFrom, payloadTo);
  }
}
