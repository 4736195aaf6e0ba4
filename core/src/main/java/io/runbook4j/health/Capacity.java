package io.runbook4j.health;

import io.runbook4j.alert.RunbookRules;
import io.runbook4j.alert.Watch;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.spi.health.HealthProbe;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/**
 * How full limits are, and when they will be met. Safe for many threads.
 *
 * <p>Each gauge keeps at most {@value Trend#MOST} samples, 2 KiB, spread evenly over its window; of
 * those that come closer together the last counts.
 */
public final class Capacity {
  private static final double WARNING = 0.8;
  private static final String USED = "used";
  private static final String LIMIT = "limit";

  private final Time time;
  private final Duration window;
  private final Optional<Watch> watch;
  private final Map<String, Gauge> gauges = new ConcurrentSkipListMap<>();

  private Capacity(Time time, Duration window, Optional<Watch> watch) {
    this.time = time;
    this.window = window;
    this.watch = watch;
  }

  /**
   * {@return no gauges yet}
   *
   * @param window how far back samples are believed, at least 2 minutes; a day, say
   */
  public static Capacity over(Duration window, Time time) {
    return over(window, time, Optional.empty());
  }

  /**
   * {@return no gauges yet, of which a watch hears} It warns of each that is above 80 % of its
   * limit, by {@link RunbookRules#usageAbove80Percent}. For the watch each gauge is a job of its
   * own, named {@code limits/} and the gauge's name. The watch stays open.
   *
   * @param window how far back samples are believed, at least 2 minutes; a day, say
   */
  public static Capacity over(Duration window, Time time, Watch watch) {
    return over(window, time, Optional.of(watch));
  }

  private static Capacity over(Duration window, Time time, Optional<Watch> watch) {
    Objects.requireNonNull(time, "time");
    if (window.compareTo(Duration.ofMinutes(2)) < 0) {
      throw new IllegalArgumentException("window must be at least PT2M, was " + window);
    }
    return new Capacity(time, window, watch);
  }

  /** What will become of a limit. */
  public enum Outlook {
    /** There are fewer than three samples, or they do not span a twelfth of the window. */
    UNKNOWN,
    /** It is met already. */
    MET,
    /** It will be met. */
    GROWING,
    /** Usage falls, stands still, or grows so slowly that the limit is not met in ten years. */
    NEVER
  }

  /**
   * When a limit will be met.
   *
   * @param outlook whether it will
   * @param at when; present only if {@code GROWING}; now if it should have been met since the last
   *     record
   */
  public record Forecast(Outlook outlook, Optional<Instant> at) {}

  /**
   * How full a limit is.
   *
   * @param name the gauge's
   * @param used what was recorded last; 0 if nothing was
   * @param limit the limit
   * @param forecast when it will be met
   */
  public record Usage(String name, double used, double limit, Forecast forecast) {
    /** {@return the share of the limit that is used; more than 1 if it is passed} */
    public double share() {
      return used / limit;
    }

    /** {@return whether more than 80 % of the limit are used} */
    public boolean isWarning() {
      return share() > WARNING;
    }

    /** {@return the usage for a person, such as {@code api-calls: 85.00 % of 15000}} */
    @Override
    public String toString() {
      String when = switch (forecast.outlook()) {
        case UNKNOWN, NEVER -> "";
        case MET -> ", met";
        case GROWING -> forecast.at().map(at -> ", met at " + at).orElse("");
      };
      return String.format(Locale.ROOT, "%s: %.2f %% of %.0f%s", name, 100 * share(), limit, when);
    }
  }

  /**
   * {@return the gauge of that name, with this limit from now on; a new one if there is none} A
   * limit that is raised or lowered reaches the watch with the next record.
   *
   * @param name of letters, digits, blanks and {@code ._/-}, at most 64
   * @param limit positive; takes the place of the one that the gauge had, for all who use it
   */
  public Gauge gauge(String name, double limit) {
    if (!(limit > 0 && limit < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("limit must be positive and finite, was " + limit);
    }
    Gauge gauge =
        gauges.computeIfAbsent(Checks.name(name, "name"), key -> new Gauge(this, key, limit));
    gauge.limit(limit);
    return gauge;
  }

  private void begin(String job) {
    watch.ifPresent(it -> it.add(job, List.of(RunbookRules.usageAbove80Percent(USED, LIMIT))));
  }

  private void tell(String job, double used, double limit) {
    watch.ifPresent(it -> {
      it.gauge(job, LIMIT, limit);
      it.gauge(job, USED, used);
    });
  }

  /** {@return how full each limit is, by name} */
  public List<Usage> usage() {
    return gauges.values().stream().map(Gauge::usage).toList();
  }

  /** {@return a probe that is degraded when more than 80 % of a limit are used} */
  public HealthProbe probe() {
    return () -> {
      String full = usage().stream()
          .filter(Usage::isWarning)
          .map(Usage::toString)
          .collect(Collectors.joining("; "));
      return full.isEmpty()
          ? new Health(Status.HEALTHY, Duration.ZERO, "no limit is used above 80 %")
          : new Health(Status.DEGRADED, Duration.ZERO, full);
    };
  }

  /** What is used of one limit. Safe for many threads. */
  public static final class Gauge {
    private final Capacity owner;
    private final String name;
    private final Time time;
    private final Trend trend; // this and all below guarded by this
    private double limit;
    private double used;

    private Gauge(Capacity owner, String name, double limit) {
      this.owner = owner;
      this.name = name;
      this.time = owner.time;
      this.trend = new Trend(owner.window);
      this.limit = limit;
      owner.begin(job());
    }

    private String job() {
      return "limits/" + name;
    }

    private synchronized void limit(double limit) {
      this.limit = limit;
    }

    /** Records how much is used now, finite and not negative. */
    public void record(double used) {
      if (!(used >= 0 && used < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("used must be at least 0 and finite, was " + used);
      }
      double most;
      synchronized (this) {
        this.used = used;
        trend.add(time.nanoTime(), used);
        most = limit;
      }
      owner.tell(job(), used, most);
    }

    /**
     * Forgets all samples, so that the forecast begins anew: a daily quota has just been filled up,
     * say.
     */
    public void reset() {
      double most;
      synchronized (this) {
        used = 0;
        trend.clear();
        most = limit;
      }
      owner.tell(job(), 0, most);
    }

    /** {@return how full the limit is} */
    public synchronized Usage usage() {
      return new Usage(name, used, limit, forecast());
    }

    private Forecast forecast() {
      if (used >= limit) {
        return new Forecast(Outlook.MET, Optional.empty());
      }
      return trend
          .secondsUntil(limit - used, time.nanoTime())
          .map(seconds -> seconds <= Trend.MOST_SECONDS
              ? new Forecast(
                  Outlook.GROWING, Optional.of(time.now().plusSeconds(Math.round(seconds))))
              : new Forecast(Outlook.NEVER, Optional.empty()))
          .orElse(new Forecast(Outlook.UNKNOWN, Optional.empty()));
    }
  }
}
