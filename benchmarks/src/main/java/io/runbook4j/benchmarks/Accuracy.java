package io.runbook4j.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Asks limiters for more than a thousand permits a second, and counts what services would.
 *
 * <p>A request is stamped by the thread that asked, at its grant: by a look at the clock that is
 * the first thing after the limiter has let it go, since that is when the request would leave. A
 * thread that the machine puts off between the two is stamped late, whosever limiter it uses.
 */
final class Accuracy {
  private static final long SECONDS = 5;
  private static final long END = TimeUnit.SECONDS.toNanos(SECONDS);
  private static final Duration COLD = Duration.ofMillis(20);
  private static final Duration IDLE = Duration.ofMillis(2_700);
  private static final Duration STOPPED = Duration.ofMillis(200);
  private static final long POLL_NANOS = 100_000;

  /** Of those that we may leave unused: by default, and where each permit is remembered. */
  private static final double MOST_UNUSED = 0.05;

  private static final double MOST_UNUSED_EXACT = 0.01;

  /** The least served of eight threads gets 0.8 of what the best served gets. */
  private static final double MOST_UNFAIR = 1 / 0.8;

  private final List<Goal> goals = new ArrayList<>();

  /** {@return what was asked, once the table is there} */
  List<Goal> goals() {
    return goals;
  }

  /** {@return a table; if {@code quick}, of ours alone and of the hardest runs} */
  String table(boolean quick) throws Exception {
    List<String> rows = new ArrayList<>();
    for (Pacer pacer : Pacer.values()) {
      if (!quick || pacer.isOurs()) {
        Worst worst = worst(pacer, quick);
        String mark = pacer.isOurs() ? "**" : "";
        rows.add("| " + mark + pacer.title() + mark + " | " + worst + " |");
        compare(pacer, worst);
      }
    }
    return String.format(
        Locale.ROOT,
        """
        ### Limiter, accuracy: 1,000 permits a second, asked for more for %d s

        | | used | most in a second, cold | after idling | refused by a sliding log | by fixed \
        windows | by a token bucket of 100 | fairness |
        |---|--:|--:|--:|--:|--:|--:|--:|
        %s

        The worst of all runs: 2 and 8 threads, polling each 0.1 ms and blocking, %d ms after the \
        limiter was made (cold) and after %d ms of silence. A request is stamped by its thread as \
        soon as the limiter lets it go. **Used** is what was granted of %,d; **most in a second** \
        of any second, wherever it begins; **refused** is what a service would have answered with \
        429 that allows 1,000 a second by looking back from each request, by windows that begin \
        where they hurt most, or by a bucket; **fairness** is the permits of the least served of 8 \
        blocking threads, divided by those of the best served, from the second second on, when \
        there are none left over from before. A run in which the machine stopped the whole process for \
        %d ms or more is repeated, twice at most.

        """,
        SECONDS,
        String.join("\n", rows),
        COLD.toMillis(),
        IDLE.toMillis(),
        Stamps.LIMIT * SECONDS,
        STOPPED.toMillis());
  }

  private void compare(Pacer pacer, Worst worst) {
    String of = "Accuracy, " + pacer.title() + ": ";
    if (pacer == Pacer.RUNBOOK4J) {
      goals.add(new Goal(of + "unused", "", MOST_UNUSED, 1 - worst.used));
      goals.add(new Goal(
          of + "refused by any of the three services",
          "",
          0,
          Math.max(worst.slidingLog, Math.max(worst.fixedWindow, worst.tokenBucket))));
      goals.add(
          new Goal(of + "the best served thread / the least", "", MOST_UNFAIR, 1 / worst.fairness));
    } else if (pacer == Pacer.RUNBOOK4J_EXACT) {
      goals.add(new Goal(of + "unused", "", MOST_UNUSED_EXACT, 1 - worst.used));
      goals.add(new Goal(of + "refused by a sliding log", "", 0, worst.slidingLog));
    }
  }

  private static Worst worst(Pacer pacer, boolean quick) throws Exception {
    Worst worst = new Worst();
    for (int threads : quick ? new int[] {8} : new int[] {2, 8}) {
      for (boolean blocking : new boolean[] {true, false}) {
        for (boolean idle : quick ? new boolean[] {true} : new boolean[] {false, true}) {
          long[][] grants = undisturbed(pacer, threads, blocking, idle ? IDLE : COLD);
          worst.add(grants, idle, blocking && threads == 8);
        }
      }
    }
    return worst;
  }

  /**
   * {@return the grants of a run in which the machine did not stop the process for long} At most
   * the third is taken as it is.
   */
  private static long[][] undisturbed(Pacer pacer, int threads, boolean blocking, Duration before)
      throws Exception {
    long[][] grants = {};
    for (int i = 0; i < 3; i++) {
      try (Watch watch = new Watch()) {
        grants = run(pacer, threads, blocking, before);
        if (watch.longestNanos() < STOPPED.toNanos()) {
          break;
        }
      }
    }
    return grants;
  }

  /** {@return for each thread, the nanoseconds from the start to each of its grants} */
  private static long[][] run(Pacer pacer, int threads, boolean blocking, Duration before)
      throws Exception {
    Pacer.Gate gate = pacer.open();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      TimeUnit.NANOSECONDS.sleep(before.toNanos());
      CountDownLatch ready = new CountDownLatch(threads);
      List<Callable<long[]>> tasks = new ArrayList<>();
      long from = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
      for (int i = 0; i < threads; i++) {
        tasks.add(() -> {
          ready.countDown();
          ready.await();
          LockSupport.parkNanos(from - System.nanoTime());
          return blocking ? blocked(gate.await(), from) : polled(gate.poll(), from);
        });
      }
      List<long[]> stamps = new ArrayList<>();
      for (Future<long[]> thread : pool.invokeAll(tasks)) {
        stamps.add(thread.get());
      }
      return stamps.toArray(long[][]::new);
    } finally {
      pool.shutdownNow();
      gate.close().run();
    }
  }

  private static long[] blocked(Pacer.Wait gate, long from) throws InterruptedException {
    LongStream.Builder stamps = LongStream.builder();
    while (true) {
      gate.take();
      long at = System.nanoTime() - from;
      if (at >= END) {
        return stamps.build().toArray();
      }
      stamps.add(Math.max(0, at));
    }
  }

  private static long[] polled(Pacer.Try gate, long from) {
    LongStream.Builder stamps = LongStream.builder();
    while (true) {
      boolean taken = gate.take();
      long at = System.nanoTime() - from;
      if (at >= END) {
        return stamps.build().toArray();
      }
      if (taken) {
        stamps.add(Math.max(0, at));
      } else {
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  /** A thread that only looks whether it is put off. */
  private static final class Watch implements AutoCloseable {
    private final Thread thread = new Thread(this::look, "watch");
    private volatile long longest;
    private volatile boolean over;

    Watch() {
      thread.setDaemon(true);
      thread.start();
    }

    long longestNanos() {
      return longest;
    }

    private void look() {
      for (long before = System.nanoTime(); !over; ) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        long now = System.nanoTime();
        longest = Math.max(longest, now - before);
        before = now;
      }
    }

    @Override
    public void close() {
      over = true;
    }
  }

  /** What was worst over several runs. */
  private static final class Worst {
    private double used = 1;
    private double fairness = 1;
    private int cold;
    private int idle;
    private int slidingLog;
    private int fixedWindow;
    private int tokenBucket;

    void add(long[][] threads, boolean afterIdling, boolean fairly) {
      Stamps all =
          new Stamps(Arrays.stream(threads).flatMapToLong(Arrays::stream).toArray());
      used = Math.min(used, all.count() / (double) (Stamps.LIMIT * SECONDS));
      if (afterIdling) {
        idle = Math.max(idle, all.mostInASecond());
      } else {
        cold = Math.max(cold, all.mostInASecond());
      }
      slidingLog = Math.max(slidingLog, all.refusedBySlidingLog());
      fixedWindow = Math.max(fixedWindow, all.refusedByFixedWindow());
      tokenBucket = Math.max(tokenBucket, all.refusedByTokenBucket());
      if (fairly) {
        long[] counts =
            Arrays.stream(threads).mapToLong(Worst::whileAllWait).sorted().toArray();
        fairness = Math.min(fairness, counts[0] / (double) counts[counts.length - 1]);
      }
    }

    /** In the first second permits lie ready, and whoever is awake first need not wait. */
    private static long whileAllWait(long[] stamps) {
      return Arrays.stream(stamps)
          .filter(at -> at >= TimeUnit.SECONDS.toNanos(1))
          .count();
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.1f %% | %s | %,d | %,d | %,d | %,d | %.2f",
          100 * used,
          cold == 0 ? "" : String.format(Locale.ROOT, "%,d", cold),
          idle,
          slidingLog,
          fixedWindow,
          tokenBucket,
          fairness);
    }
  }
}
