package io.runbook4j.integrity;

import io.runbook4j.integrity.Pair.Seen;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings the items of two sides together by key, each key once. */
interface Pairing {
  /** Is told of each key, and of those that one side has twice. */
  interface Visitor {
    void pair(String key, Pair pair);

    void duplicate(String key, boolean inSource);
  }

  void pair(Source<Fingerprint> source, Source<Fingerprint> target, Visitor visitor)
      throws InterruptedException;

  static Seen seen(Page<? extends Fingerprint> page, int index) {
    return new Seen(
        page.unreadable(index).isPresent() ? Optional.empty() : Optional.of(page.value(index)));
  }

  /**
   * Reads both sides at once, which have the same order.
   *
   * @param order of the keys
   */
  record InOrder(Comparator<? super String> order) implements Pairing {
    @Override
    public void pair(Source<Fingerprint> source, Source<Fingerprint> target, Visitor visitor)
        throws InterruptedException {
      try (Side left = new Side(source, true, order, visitor);
          Side right = new Side(target, false, order, visitor)) {
        boolean leftMore = left.advance();
        boolean rightMore = right.advance();
        while (leftMore || rightMore) {
          int compared = leftMore && rightMore ? left.compareTo(right) : leftMore ? -1 : 1;
          String key = compared <= 0 ? left.key() : right.key();
          visitor.pair(
              key,
              new Pair(compared <= 0 ? left.seen() : null, compared >= 0 ? right.seen() : null));
          leftMore = compared <= 0 ? left.advance() : leftMore;
          rightMore = compared >= 0 ? right.advance() : rightMore;
        }
      }
    }
  }

  /** One side on its way through its keys. */
  final class Side implements AutoCloseable {
    private static final int SIZE = 1_000;

    private final PageReader<Fingerprint> reader;
    private final boolean inSource;
    private final Comparator<? super String> order;
    private final Visitor visitor;
    private @Nullable Page<Fingerprint> page;
    private int index;

    private Side(
        Source<Fingerprint> items,
        boolean inSource,
        Comparator<? super String> order,
        Visitor visitor) {
      this.reader = items.open(Cursor.start());
      this.inSource = inSource;
      this.order = order;
      this.visitor = visitor;
    }

    private Page<Fingerprint> page() {
      if (page == null) {
        throw new IllegalStateException("advance must be called first");
      }
      return page;
    }

    private String key() {
      return page().key(index);
    }

    private Seen seen() {
      return Pairing.seen(page(), index);
    }

    private int compareTo(Side other) {
      int compared = order.compare(key(), other.key());
      if (compared == 0 && !key().equals(other.key())) {
        throw wrongOrder("the order takes \"" + key() + "\" and \"" + other.key() + "\" for equal");
      }
      return compared;
    }

    /** Moves to the next key that is another one. */
    private boolean advance() throws InterruptedException {
      String last = page == null ? null : key();
      while (step()) {
        if (last == null) {
          return true;
        }
        if (!last.equals(key())) {
          if (order.compare(last, key()) >= 0) {
            throw wrongOrder("\"" + key() + "\" came after \"" + last + "\"");
          }
          return true;
        }
        visitor.duplicate(last, inSource);
      }
      return false;
    }

    private boolean step() throws InterruptedException {
      index++;
      while (page == null || index == page.size()) {
        if (page != null && page.next().isEmpty()) {
          return false;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while reading what to compare");
        }
        page = reader.next(SIZE);
        index = 0;
      }
      return true;
    }

    private FailureException wrongOrder(String seen) {
      return new FailureException(Failure.of(
          FailureKind.INVALID,
          "keys of the " + (inSource ? "source" : "target") + " must rise in the order that was"
              + " given, but " + seen + "; compare them in any order instead"));
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  /**
   * Sorts both sides first.
   *
   * @param workspace where
   */
  record InAnyOrder(Workspace workspace) implements Pairing {
    private static final byte SOURCE = 0;
    private static final byte TARGET = 1;
    private static final int DIGEST = 32;

    @Override
    public void pair(Source<Fingerprint> source, Source<Fingerprint> target, Visitor visitor)
        throws InterruptedException {
      try (Spill spill = new Spill(workspace)) {
        Pages.each(source, (page, i) -> spill.add(page.key(i), encode(SOURCE, seen(page, i))));
        Pages.each(target, (page, i) -> spill.add(page.key(i), encode(TARGET, seen(page, i))));
        pair(spill, visitor);
      }
    }

    private static void pair(Spill spill, Visitor visitor) {
      Merge merge = spill.merge();
      boolean more = spill.advance(merge);
      while (more) {
        String key = merge.key();
        Seen source = null;
        Seen target = null;
        do {
          boolean inSource = merge.bytes[merge.payloadFrom] == SOURCE;
          if ((inSource ? source : target) != null) {
            visitor.duplicate(key, inSource);
          } else if (inSource) {
            source = decode(merge);
          } else {
            target = decode(merge);
          }
          more = spill.advance(merge);
        } while (more && !merge.isNewKey());
        visitor.pair(key, new Pair(source, target));
      }
    }

    private static byte[] encode(byte side, Seen seen) {
      Optional<Fingerprint> fingerprint = seen.fingerprint();
      if (fingerprint.isEmpty()) {
        return new byte[] {side};
      }
      Optional<Instant> changed = fingerprint.get().changedAt();
      ByteBuffer bytes = ByteBuffer.allocate(1 + DIGEST + (changed.isPresent() ? 12 : 0));
      bytes.put(side).put(fingerprint.get().digest());
      changed.ifPresent(at -> bytes.putLong(at.getEpochSecond()).putInt(at.getNano()));
      return bytes.array();
    }

    private static Seen decode(Merge merge) {
      ByteBuffer bytes = ByteBuffer.wrap(
          merge.bytes, merge.payloadFrom + 1, merge.payloadTo - merge.payloadFrom - 1);
      if (!bytes.hasRemaining()) {
        return new Seen(Optional.empty());
      }
      byte[] digest = new byte[DIGEST];
      bytes.get(digest);
      Instant changed =
          bytes.hasRemaining() ? Instant.ofEpochSecond(bytes.getLong(), bytes.getInt()) : null;
      return new Seen(Optional.of(Fingerprint.of(digest, changed)));
    }
  }
}
