package io.runbook4j.schedule;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.time.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which maintenance is due, who did it when, and a warning when nobody did. It remembers that in a
 * file, which one calendar at a time has. Safe for many threads.
 *
 * <p>A task counts from the moment at which a calendar on the file first knew it. What became due
 * while no process ran is due, and overdue, once.
 *
 * <p>It keeps the last {@value #MOST_KEPT} entries of each task, in memory and in the file. A task
 * that is no longer given stays in the file, and is back when it is given again.
 */
public final class MaintenanceCalendar implements AutoCloseable {
  /** How many entries of each task are kept. */
  public static final int MOST_KEPT = 50;

  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceCalendar.class);
  private static final int LONGEST_NAME = 200;

  private final CalendarFile file;
  private final Time time;
  private final Map<String, MaintenanceTask> tasks;
  private final AtomicBoolean isWarning = new AtomicBoolean();
  private Map<String, Progress> progress; // guarded by this; what the file holds
  private boolean isClosed; // guarded by this

  private MaintenanceCalendar(
      CalendarFile file,
      Time time,
      Map<String, MaintenanceTask> tasks,
      Map<String, Progress> progress) {
    this.file = file;
    this.time = time;
    this.tasks = tasks;
    this.progress = progress;
  }

  /** Whether something has to be done. */
  public enum State {
    /** It is not due yet. */
    SCHEDULED,
    /** It is due, and its grace has not passed. */
    DUE,
    /** It was due, and its grace has passed. */
    OVERDUE
  }

  /**
   * How a task stands.
   *
   * @param task which
   * @param state whether it has to be done
   * @param due when it was first due and not done since; or, if there is nothing to do, when it is
   *     due next
   * @param last who did it last, and when; empty if nobody did
   */
  public record Status(MaintenanceTask task, State state, Instant due, Optional<Done> last) {}

  /**
   * A task that was done.
   *
   * @param task its name
   * @param who did it
   * @param at when that was recorded
   * @param due which due time it settled, the first if it settled several; empty if it was done in
   *     between, so that the next due time stands
   */
  public record Done(String task, String who, Instant at, Optional<Instant> due) {}

  /**
   * Opens a calendar, and makes its file if there is none.
   *
   * @param tasks at least one, no two of one name; {@link MaintenanceTask#runbook} has those of the
   *     runbooks
   * @throws IllegalStateException if the file is damaged or of a newer version, or another calendar
   *     has it; it is left as it is
   * @throws java.io.UncheckedIOException if it cannot be read or written
   */
  public static MaintenanceCalendar open(Path file, Time time, List<MaintenanceTask> tasks) {
    Objects.requireNonNull(time, "time");
    Map<String, MaintenanceTask> byName = new LinkedHashMap<>();
    for (MaintenanceTask task : tasks) {
      if (byName.put(task.name(), task) != null) {
        throw new IllegalArgumentException(
            "tasks must have names of their own, was " + task.name() + " twice");
      }
    }
    if (byName.isEmpty()) {
      throw new IllegalArgumentException("tasks must be at least one, was " + tasks);
    }
    CalendarFile kept = CalendarFile.claim(file);
    boolean isOpen = false;
    try {
      Map<String, Progress> known = new LinkedHashMap<>(kept.read());
      Instant now = time.now();
      byName.keySet().forEach(name -> known.putIfAbsent(name, Progress.since(now)));
      kept.write(known);
      isOpen = true;
      return new MaintenanceCalendar(kept, time, byName, known);
    } finally {
      if (!isOpen) {
        kept.close();
      }
    }
  }

  /** {@return how each task stands now, in the order in which they were given} */
  public List<Status> status() {
    Instant now = time.now();
    return tasks.values().stream().map(task -> status(task, now)).toList();
  }

  private Status status(MaintenanceTask task, Instant now) {
    Progress so = progress(task.name());
    Instant due = task.dueAfter(so.settled());
    State state = due.isAfter(now)
        ? State.SCHEDULED
        : due.plus(task.grace()).isAfter(now) ? State.DUE : State.OVERDUE;
    return new Status(task, state, due, so.last());
  }

  /**
   * Records that somebody did a task, on disk when this returns.
   *
   * <p>It settles all that is due. If nothing is, it settles the next due time when that is nearer
   * than the last one, or than when the task was last done; otherwise that one stands.
   *
   * @param task the name of one of the tasks
   * @param who did it, not blank, at most 200 characters
   * @return what was recorded
   * @throws java.io.UncheckedIOException if it could not be written; nothing was recorded
   * @throws IllegalStateException if this is closed
   */
  public synchronized Done done(String task, String who) {
    MaintenanceTask known = known(task);
    if (who.isBlank() || who.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("who must be a name of 1 to " + LONGEST_NAME
          + " characters, was " + who.length() + " of them, " + (who.isBlank() ? "blank" : "text"));
    }
    Instant now = time.now();
    Progress before = progress(task);
    Instant due = known.dueAfter(before.settled());
    boolean isDue = !due.isAfter(now);
    boolean isNear =
        Duration.between(now, due).compareTo(Duration.between(before.settled(), now)) < 0;
    Done done = new Done(task, who, now, isDue || isNear ? Optional.of(due) : Optional.empty());
    keep(task, before.with(done, isDue ? now : isNear ? due : before.settled()));
    return done;
  }

  /** {@return who did a task when, the last {@value #MOST_KEPT}, oldest first} */
  public List<Done> history(String task) {
    known(task);
    return progress(task).done();
  }

  /**
   * Sends a warning for each task that is overdue, and again only when it was due, and its grace
   * passed, once more. Call it every few minutes; it reads no file, and writes it when it warned. A
   * warning that was sent when the process died may be sent again. While another thread is in here,
   * it does nothing.
   *
   * @param channel takes the warnings; one that it does not take, because it throws, is logged, and
   *     sent again the next time
   * @return the warnings that were sent
   * @throws java.io.UncheckedIOException if what was sent could not be written; it is sent again
   * @throws IllegalStateException if this is closed
   * @throws InterruptedException if the thread is interrupted
   */
  public List<Alert> warn(AlertChannel channel) throws InterruptedException {
    Objects.requireNonNull(channel, "channel");
    if (!isWarning.compareAndSet(false, true)) {
      return List.of();
    }
    try {
      List<Alert> sent = new ArrayList<>();
      for (MaintenanceTask task : tasks.values()) {
        warn(task, channel).ifPresent(sent::add);
      }
      return sent;
    } finally {
      isWarning.set(false);
    }
  }

  private Optional<Alert> warn(MaintenanceTask task, AlertChannel channel)
      throws InterruptedException {
    checkOpen();
    Instant now = time.now();
    Instant graceBegan = now.minus(task.grace());
    if (task.dueAfter(progress(task.name()).warned()).isAfter(graceBegan)) {
      return Optional.empty();
    }
    Status status = status(task, now);
    if (status.state() != State.OVERDUE) {
      return Optional.empty(); // somebody has just done it
    }
    Alert alert = alert(status, now);
    if (!send(alert, channel)) {
      return Optional.empty();
    }
    synchronized (this) {
      keep(task.name(), progress(task.name()).warnedUntil(graceBegan));
    }
    return Optional.of(alert);
  }

  private static boolean send(Alert alert, AlertChannel channel) throws InterruptedException {
    try {
      channel.send(alert);
      return true;
    } catch (InterruptedException | VirtualMachineError e) {
      throw e;
    } catch (Throwable e) { // the fence around foreign code
      LOG.warn(
          "{}.send threw {}; the warning is sent again. task={}",
          channel.getClass().getName(),
          e.getClass().getName(),
          alert.job());
      LOG.debug("The warning was not sent.", e);
      return false;
    }
  }

  private static Alert alert(Status status, Instant now) {
    String last = status
        .last()
        .map(done -> "last done " + done.at() + " by " + done.who())
        .orElse("not recorded as done before");
    Duration late = Duration.between(status.due(), now);
    String text = status.task() + " was due " + status.due() + ", "
        + (late.toDays() > 2 ? late.toDays() + " days" : late.toHours() + " h") + " ago; " + last
        + ". " + status.task().instructions();
    return new Alert("maintenance-overdue", Severity.WARNING, status.task().name(), text.strip());
  }

  private MaintenanceTask known(String name) {
    MaintenanceTask task = tasks.get(Objects.requireNonNull(name, "task"));
    if (task == null) {
      throw new IllegalArgumentException("task must be one of " + tasks.keySet() + ", was " + name);
    }
    return task;
  }

  private synchronized Progress progress(String name) {
    return Objects.requireNonNull(progress.get(name));
  }

  /** Only what was written is believed. */
  private synchronized void keep(String name, Progress changed) {
    checkOpen();
    Map<String, Progress> fresh = new LinkedHashMap<>(progress);
    fresh.put(name, changed);
    file.write(fresh);
    progress = fresh;
  }

  private synchronized void checkOpen() {
    if (isClosed) {
      throw new IllegalStateException(
          "The calendar of " + tasks.keySet() + " is closed; nothing was recorded. Open another.");
    }
  }

  /** Lets go of the file; nothing can be recorded any more. A second time does nothing. */
  @Override
  public synchronized void close() {
    isClosed = true;
    file.close();
  }
}
