package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.sync.Target.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A look at a few random items of a run that succeeded: are they really there? Immutable; what one
 * run picks is in {@link Picks}.
 */
public final class SpotCheck {
  private static final String NAME = "spot-check";
  private static final int MOST = 1_000;

  private final int least;
  private final int most;

  private SpotCheck(int least, int most) {
    this.least = least;
    this.most = most;
  }

  /**
   * {@return a look at {@code least} to {@code most} items, how many is drawn too} All of them if
   * fewer succeeded.
   *
   * @param least at least 1
   * @param most at least {@code least}, and at most 1,000
   */
  public static SpotCheck of(int least, int most) {
    if (least < 1 || most < least || most > MOST) {
      throw new IllegalArgumentException("least and most must be 1 <= least <= most <= " + MOST
          + ", was " + least + " and " + most);
    }
    return new SpotCheck(least, most);
  }

  /**
   * {@return the picks of one run, of nothing yet}
   *
   * @param seed worth recording: the same seed and the same keys in the same order give the same
   *     picks
   */
  public Picks start(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int count = random.nextInt(least, most + 1);
    return new Picks(seed, new Reservoir<>(count, random));
  }

  /** What one run picks. Takes memory for the picks only. Safe for many threads. */
  public static final class Picks {
    private final long seed;
    private final Reservoir<String> reservoir;

    private Picks(long seed, Reservoir<String> reservoir) {
      this.seed = seed;
      this.reservoir = reservoir;
    }

    /** Adds an item that succeeded. */
    public synchronized void add(String key) {
      reservoir.add(key);
    }

    /** {@return the seed that the picks come from} */
    public long seed() {
      return seed;
    }

    /** {@return the keys picked of those so far} */
    public synchronized List<String> keys() {
      return reservoir.picked();
    }

    /**
     * Asks the target for the items that were picked.
     *
     * @param subject what the finding is about, such as the job's name
     * @return a verdict for each; all of them unknown if the target cannot look
     * @throws io.runbook4j.spi.sync.FailureException if the service did not answer
     */
    public Result verify(String subject, Target<?> target) throws InterruptedException {
      List<String> keys = List.copyOf(new LinkedHashSet<>(keys()));
      Map<String, Verdict> verdicts = new LinkedHashMap<>();
      int step = Math.max(1, Math.min(target.maxChunk(), keys.size()));
      for (int i = 0; i < keys.size(); i += step) {
        List<String> some = keys.subList(i, Math.min(i + step, keys.size()));
        Map<String, Verdict> answer = target.verify(some).orElse(Map.of());
        some.forEach(key -> verdicts.put(key, answer.getOrDefault(key, Verdict.UNKNOWN)));
      }
      return new Result(seed, Collections.unmodifiableMap(verdicts), findings(subject, verdicts));
    }

    private List<Finding> findings(String subject, Map<String, Verdict> verdicts) {
      List<String> absent = new ArrayList<>();
      verdicts.forEach((key, verdict) -> {
        if (verdict == Verdict.ABSENT) {
          absent.add(key);
        }
      });
      Tally tally = new Tally(NAME, subject, false, Finding.MAX_SAMPLES);
      absent.forEach(key -> tally.add(key + " succeeded and is not there (seed " + seed + ")"));
      return tally.finding().stream().toList();
    }
  }

  /**
   * What the target said.
   *
   * @param seed what the picks come from
   * @param verdicts by key
   * @param findings one, named {@code spot-check}, if an item is absent; no corruption, since
   *     somebody may have removed it since
   */
  public record Result(long seed, Map<String, Verdict> verdicts, List<Finding> findings) {
    /** {@return the result on one line, for a person} */
    public String text() {
      StringBuilder text =
          new StringBuilder("spot check with seed ").append(seed).append(':');
      verdicts.forEach(
          (key, verdict) -> text.append(' ').append(key).append('=').append(verdict));
      return text.append(verdicts.isEmpty() ? " nothing succeeded" : "").toString();
    }
  }
}
