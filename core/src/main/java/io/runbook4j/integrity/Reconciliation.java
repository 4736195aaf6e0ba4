package io.runbook4j.integrity;

import io.runbook4j.integrity.Pair.Verdict;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.time.Time;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares a source and a target that should hold the same: what is missing, what is too much, what
 * differs. Immutable, and safe for many threads.
 *
 * <p>Both sides come as sources of a {@link Fingerprint} for each key. With their keys in the same
 * order, one pass over both needs the memory of two pages; in any order, both sides are sorted in a
 * {@link Workspace} first, with about 50 bytes on disk for each item besides its key.
 *
 * <p>Items on their way are not wrong: what changed after the {@link #watermark} and is not equal
 * is pending, and {@link #confirmAfter} looks twice.
 *
 * <pre>{@code
 * Reconciliation.Result result = Reconciliation.inAnyOrder(Workspace.defaults())
 *     .watermark(runStarted)
 *     .compare("users", crm.map(Fingerprint::ofRow), mirror.map(Fingerprint::ofRow));
 * }</pre>
 */
public final class Reconciliation {
  private final Pairing pairing;
  private final Instant watermark;
  private final int samples;
  private final @Nullable SecondLook secondLook;

  private Reconciliation(
      Pairing pairing, Instant watermark, int samples, @Nullable SecondLook secondLook) {
    this.pairing = pairing;
    this.watermark = watermark;
    this.samples = samples;
    this.secondLook = secondLook;
  }

  /**
   * {@return a comparison of sides whose keys rise in this order, each by itself}
   *
   * @param order takes only equal keys for equal; {@link Comparator#naturalOrder} is that of UTF-16
   *     units, which few databases sort by
   */
  public static Reconciliation inOrder(Comparator<? super String> order) {
    Objects.requireNonNull(order, "order");
    return new Reconciliation(
        new Pairing.InOrder(order), Instant.MAX, Checks.DEFAULT_SAMPLES, null);
  }

  /** {@return a comparison of sides in any order} */
  public static Reconciliation inAnyOrder(Workspace workspace) {
    Objects.requireNonNull(workspace, "workspace");
    return new Reconciliation(
        new Pairing.InAnyOrder(workspace), Instant.MAX, Checks.DEFAULT_SAMPLES, null);
  }

  /**
   * {@return this comparison, in which an item that changed after {@code watermark} on either side
   * is pending unless it is equal} Usually when the run began that brought the target up to date.
   * Default: nothing is pending.
   */
  public Reconciliation watermark(Instant watermark) {
    Objects.requireNonNull(watermark, "watermark");
    return new Reconciliation(pairing, watermark, samples, secondLook);
  }

  /**
   * {@return this comparison, with another limit on the keys a finding names} Default 20; 1 to 100.
   */
  public Reconciliation samples(int most) {
    return new Reconciliation(pairing, watermark, Checks.checkSamples(most), secondLook);
  }

  /**
   * {@return this comparison, in which all that is wrong is fetched again after a while, and only
   * what is still wrong then is reported} What is right by then counts as equal. Both sources must
   * be able to {@link Source#fetch}.
   *
   * @param settle how long a change takes to get through
   * @param time waits for it
   * @param workspace where what was wrong is kept meanwhile
   */
  public Reconciliation confirmAfter(Duration settle, Time time, Workspace workspace) {
    if (settle.isNegative()) {
      throw new IllegalArgumentException("settle must not be negative, was " + settle);
    }
    return new Reconciliation(pairing, watermark, samples, new SecondLook(settle, time, workspace));
  }

  /**
   * {@return what came of comparing all items}
   *
   * @param subject what the items are, for people
   * @throws io.runbook4j.spi.sync.FailureException if a side cannot be read, or its keys do not
   *     rise
   * @throws IllegalStateException if it looks twice and a side cannot fetch
   * @throws UncheckedIOException if the disk is full
   */
  public Result compare(String subject, Source<Fingerprint> source, Source<Fingerprint> target)
      throws InterruptedException {
    Difference difference = new Difference(subject, watermark, samples);
    try {
      if (secondLook == null) {
        pairing.pair(source, target, difference);
      } else {
        secondLook.pair(pairing, source, target, difference);
      }
    } catch (UncheckedIOException e) {
      throw Checks.interruptedOr(e);
    }
    return difference.result();
  }

  /**
   * What came of a comparison.
   *
   * @param equal the items that are the same on both sides
   * @param pending the items that are not equal and changed after the watermark
   * @param findings {@code missing} in the target, {@code extra} in the target, {@code different},
   *     {@code unreadable} on a side, and {@code duplicate-keys}, which alone is corruption
   */
  public record Result(long equal, long pending, List<Finding> findings) {
    /** {@return whether nothing is wrong, though something may be pending} */
    public boolean isEmpty() {
      return findings.isEmpty();
    }
  }

  /** Counts verdicts. */
  static final class Difference implements Pairing.Visitor {
    final Instant watermark;
    private final Tally missing;
    private final Tally extra;
    private final Tally different;
    private final Tally unreadable;
    private final Tally duplicate;
    private long equal;
    private long pending;

    private Difference(String subject, Instant watermark, int samples) {
      this.watermark = watermark;
      missing = new Tally("missing", subject, false, samples);
      extra = new Tally("extra", subject, false, samples);
      different = new Tally("different", subject, false, samples);
      unreadable = new Tally("unreadable", subject, false, samples);
      duplicate = new Tally(Check.DUPLICATE_KEYS, subject, true, samples);
    }

    @Override
    public void pair(String key, Pair pair) {
      add(key, pair.verdict(watermark));
    }

    void add(String key, Verdict verdict) {
      switch (verdict) {
        case EQUAL -> equal++;
        case PENDING -> pending++;
        case MISSING -> missing.add(key);
        case EXTRA -> extra.add(key);
        case DIFFERENT -> different.add(key);
        case UNREADABLE -> unreadable.add(key);
      }
    }

    @Override
    public void duplicate(String key, boolean inSource) {
      duplicate.add(key + " in the " + (inSource ? "source" : "target"));
    }

    private Result result() {
      List<Finding> findings = List.of(missing, extra, different, unreadable, duplicate).stream()
          .flatMap(tally -> tally.finding().stream())
          .toList();
      return new Result(equal, pending, findings);
    }
  }
}
