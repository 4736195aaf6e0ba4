package io.runbook4j.run;

import io.runbook4j.chunk.ChunkSizer.SizeChange;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.time.Time;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Shows a run's progress to a person: on a terminal one line that is drawn over, with the wait that
 * is going on counted down; elsewhere plain lines, of progress at most one in ten seconds, and of
 * waits for the same as well, unless one ends more than ten seconds later than was said. The one
 * line is cut to the columns that the environment variable {@code COLUMNS} says the terminal has,
 * or to 80. For one run at a time; safe for many threads.
 */
public final class ProgressDisplay implements RunListener {
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);
  private static final Duration REDRAW = Duration.ofSeconds(1);
  private static final Duration WORTH_SHOWING = Duration.ofSeconds(2);
  private static final int BAR = 24;
  private static final int USUAL_WIDTH = 80;

  private final PrintStream out;
  private final boolean terminal;
  private final Time time;
  private final int longest = width(System.getenv("COLUMNS")) - 1; // the last column may wrap
  private final Object lock = new Object();
  private @Nullable Progress progress;
  private @Nullable Wait wait;
  private String lastOpen = "";

  /** By cause, the waits of the last ten seconds that plain lines told of. */
  private final Map<String, Wait> told = new HashMap<>();

  private Instant lastPlain = Instant.MIN;
  private int drawn;
  private int ticking;

  private ProgressDisplay(PrintStream out, boolean terminal, Time time) {
    this.out = out;
    this.terminal = terminal;
    this.time = time;
  }

  /** {@return a display that draws over one line} {@code time} counts waits down. */
  public static ProgressDisplay terminal(PrintStream out, Time time) {
    return new ProgressDisplay(out, true, time);
  }

  /** {@return a display that prints plain lines} */
  public static ProgressDisplay plain(PrintStream out, Time time) {
    return new ProgressDisplay(out, false, time);
  }

  /** {@return a display on standard output, which draws over its line if that is a terminal} */
  public static ProgressDisplay standard() {
    return new ProgressDisplay(System.out, isTerminal(), Time.system());
  }

  // From JDK 22 on there is a console even where there is no terminal, and only Console.isTerminal
  // tells.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    if (System.console() == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(System.console());
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** {@return how many columns the terminal has, as far as shells say it in that variable} */
  static int width(@Nullable String columns) {
    boolean isNumber = columns != null && columns.matches("[1-9][0-9]{0,4}");
    return isNumber ? Integer.parseInt(columns) : USUAL_WIDTH;
  }

  @Override
  public void onStarted(RunControl run) {
    synchronized (lock) {
      lastOpen = "";
      told.clear();
    }
    line("Run " + run.runId() + " of job " + run.job() + " goes");
  }

  @Override
  public void onChunk(ChunkReport chunk, Progress newest) {
    synchronized (lock) {
      progress = newest;
      lastOpen = "";
      if (terminal) {
        draw();
      } else if (!lastPlain.plus(PLAIN_INTERVAL).isAfter(time.now())) {
        lastPlain = time.now();
        out.println(bar(newest) + numbers(newest));
      }
    }
  }

  @Override
  public void onWait(Wait newest) {
    synchronized (lock) {
      boolean isShort = newest
          .until()
          .filter(until -> until.isBefore(newest.from().plus(WORTH_SHOWING)))
          .isPresent();
      if (isShort) {
        return;
      }
      wait = newest;
      if (terminal) {
        tick();
      } else if (isNews(newest)) {
        out.println(waits(newest, newest.from()));
      }
    }
  }

  private boolean isNews(Wait newest) {
    if (newest.until().isEmpty()) {
      boolean isAnother = !newest.cause().equals(lastOpen);
      lastOpen = newest.cause(); // a gate is looked at again
      return isAnother;
    }
    lastOpen = "";
    Instant old = newest.from().minus(PLAIN_INTERVAL);
    told.values().removeIf(wait -> !wait.from().isAfter(old));
    Wait before = told.get(newest.cause());
    boolean isAsSaid = before != null && !isMuchLonger(newest, before);
    if (!isAsSaid) {
      told.put(newest.cause(), newest);
    }
    return !isAsSaid;
  }

  private static boolean isMuchLonger(Wait newest, Wait before) {
    Instant said = before.until().orElseThrow();
    return newest.until().orElseThrow().isAfter(said.plus(PLAIN_INTERVAL));
  }

  @Override
  public void onWaitOver() {
    synchronized (lock) {
      wait = null;
      ticking++;
    }
  }

  @Override
  public void onSizeChange(SizeChange change) {
    line("  chunk size " + change);
  }

  @Override
  public void onAlert(Alert alert) {
    line("  " + alert.severity() + " alert: " + alert.text());
  }

  @Override
  public void onFinished(RunReport report) {
    synchronized (lock) {
      progress = null;
      wait = null;
    }
    line("Run " + report.runId() + " " + report.state() + ": " + report.reason());
  }

  /** Prints a line of its own, above the one that is drawn over. */
  private void line(String text) {
    synchronized (lock) {
      if (terminal) {
        out.print("\r" + " ".repeat(drawn) + "\r");
        drawn = 0;
      }
      out.println(TextReport.oneLine(text));
      if (terminal && progress != null) {
        draw();
      }
      out.flush();
    }
  }

  private void draw() {
    String text = bar() + numbers() + waits();
    if (text.length() > longest) { // what it waits for says more than the bar
      text = numbers() + waits();
    }
    text = text.substring(0, Math.min(text.length(), longest));
    out.print("\r" + text + " ".repeat(Math.max(0, drawn - text.length())));
    out.flush();
    drawn = text.length();
  }

  private String bar() {
    return progress == null ? "" : bar(progress);
  }

  private String numbers() {
    return progress == null ? "" : numbers(progress);
  }

  private String waits() {
    Wait current = wait;
    return current == null ? "" : waits(current, time.now());
  }

  private static String waits(Wait wait, Instant now) {
    if (wait.until().isEmpty()) {
      return "  waits: " + TextReport.oneLine(wait.cause());
    }
    Duration left = Duration.between(now, wait.until().get());
    return "  waits " + TextReport.duration(left.isNegative() ? Duration.ZERO : left) + " for "
        + TextReport.oneLine(wait.cause());
  }

  /** Redraws the countdown until the wait is over; the run's own thread is the one that waits. */
  private void tick() {
    int mine = ++ticking;
    draw();
    Thread thread = new Thread(() -> redrawWhileWaiting(mine), "runbook4j-progress");
    thread.setDaemon(true);
    thread.start();
  }

  private void redrawWhileWaiting(int mine) {
    try {
      while (true) {
        time.sleep(REDRAW);
        synchronized (lock) {
          if (mine != ticking || wait == null) {
            return;
          }
          draw();
        }
      }
    } catch (InterruptedException e) {
      // The display stops counting; the run says itself when it goes on.
      Thread.currentThread().interrupt();
    }
  }

  private static String bar(Progress progress) {
    OptionalDouble share = progress.share();
    if (share.isEmpty()) {
      return "";
    }
    int full = (int) Math.round(share.getAsDouble() * BAR);
    return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] ";
  }

  private static String numbers(Progress progress) {
    Counts counts = progress.counts();
    StringBuilder text = new StringBuilder();
    OptionalDouble share = progress.share();
    if (share.isPresent()) {
      text.append(String.format(Locale.ROOT, "%3.0f %%  ", 100 * share.getAsDouble()));
    }
    text.append(counts.settled())
        .append(
            progress.expected().isPresent() ? " of " + progress.expected().getAsLong() : " items");
    text.append(String.format(Locale.ROOT, "  %.0f/s", progress.rate()));
    text.append("  failed ").append(counts.failed());
    if (counts.inDoubt() > 0) {
      text.append("  in doubt ").append(counts.inDoubt());
    }
    return text.toString();
  }
}
