package io.runbook4j.gate;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.gate.GateState.Ramping;
import io.runbook4j.spi.OutboundGate;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The outbound switch of a job, or of whatever its name says: open, local-only, or ramping up. Safe
 * for many threads.
 *
 * <p>It has no thread of its own. Once a second, whoever asks it next looks at the switch file, the
 * flag, the clock and the ramp's guard for all; so a file or a flag takes effect within a second of
 * asking, and an order at once. When in doubt it is local-only: a state file that cannot be read
 * and a switch file that cannot be seen to be absent keep everything in.
 *
 * <p>With a folder, the state outlasts the process: a file that is replaced whole at each change,
 * and every 10 s while it ramps up. Time during which no process has the gate does not count for a
 * step.
 */
public final class Gate implements OutboundGate, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final String name;
  private final Time time;
  private final Ramp ramp;
  private final Outside outside;
  private final Consumer<GateState> listener;
  private final Switch current;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile long dueNanos;

  private Gate(Builder builder) {
    this.name = builder.name;
    this.time = builder.time;
    this.ramp = builder.ramp;
    this.listener = builder.listener;
    Path folder = builder.folder;
    Path switchFile = builder.switchFile;
    if (switchFile == null && folder != null) {
      switchFile = folder.resolve(name + ".local-only");
    }
    this.outside = new Outside(
        name,
        Optional.ofNullable(switchFile).map(SwitchFile::new),
        builder.flag,
        ramp.guard(),
        ConcurrentHashMap.newKeySet());
    Memory memory = new Memory(
        name,
        time,
        Optional.ofNullable(folder).map(in -> in.resolve(name + ".json")),
        builder.disk);
    this.current = new Switch(name, time, memory);
    this.dueNanos = time.nanoTime();
  }

  /**
   * {@return a builder}
   *
   * @param name the job's, or a flag's such as {@code resume_sync.local_only}; 1 to 100 letters,
   *     digits, dots, hyphens and underscores
   */
  public static Builder builder(String name, Time time) {
    return new Builder(name, time);
  }

  /** {@return a gate that lives in this process, with the default ramp} */
  public static Gate inMemory(String name, Time time) {
    return builder(name, time).build();
  }

  /** {@return the name} */
  public String name() {
    return name;
  }

  @Override
  public boolean allows(String key) {
    Objects.requireNonNull(key, "key");
    lookIfDue();
    return current.view().decision().lets(key);
  }

  @Override
  public boolean isLocalOnly() {
    lookIfDue();
    return current.view().decision().letsNone();
  }

  /**
   * {@return whether nothing leaves until a person switches the gate} Not one that a time, the
   * switch file or a flag keeps local-only: that opens by itself.
   */
  public boolean isLocalOnlyUntilPerson() {
    return state() instanceof GateState.LocalOnly local && local.isUntilPerson();
  }

  /** {@return what the gate is now} */
  public GateState state() {
    lookIfDue();
    Book book = current.view().counted(time.nanoTime());
    return told(book.state(), book.breaches());
  }

  private GateState told(GateState state, int breaches) {
    return state instanceof Ramping ramping ? ramping.wanting(ramp.wants(breaches)) : state;
  }

  /**
   * Waits until changes of this item may leave.
   *
   * @param atMost the longest wait; zero or negative only looks
   * @return whether they may
   * @throws InterruptedException if the thread is interrupted; its interrupt flag is cleared
   */
  public boolean awaitAllowed(String key, Duration atMost) throws InterruptedException {
    Signal changed = current.newSignal();
    try {
      long start = time.nanoTime();
      while (!allows(key)) {
        Duration left = atMost.minusNanos(time.nanoTime() - start);
        if (left.isNegative() || left.isZero()) {
          return false;
        }
        Duration look = Duration.ofNanos(Math.max(1, dueNanos - time.nanoTime()));
        changed.await(left.compareTo(look) < 0 ? left : look);
      }
      return true;
    } finally {
      current.forget(changed);
    }
  }

  /**
   * Reports what became of operations that were let through, for the ramp's guard. Costs two
   * additions; only counts while the gate ramps up.
   *
   * @param operations how many have ended; at least 0
   * @param failures how many of them have failed; at least 0, at most {@code operations}
   */
  public void report(long operations, long failures) {
    if (operations < 0 || failures < 0 || failures > operations) {
      throw new IllegalArgumentException("operations must be at least failures, and both at least"
          + " 0, was " + operations + " and " + failures);
    }
    current.view().tally().add(operations, failures);
  }

  /**
   * Lets nothing more leave, at once, and returns when that is written down. Replaces whatever kept
   * the gate local-only before.
   *
   * @throws GateException if the state could not be written. The gate is local-only all the same,
   *     until the process ends.
   */
  public void localOnly(Order order) {
    order.until().filter(until -> !until.isAfter(time.now())).ifPresent(until -> {
      throw new IllegalArgumentException(
          "until must be after now (" + time.now() + "), was " + until);
    });
    Switch.Shut shut = current.shut(order);
    tell(shut.state());
    if (shut.notWritten().isPresent()) {
      throw shut.notWritten().get();
    }
  }

  /**
   * Starts to let items through, step by step, in an order of its own.
   *
   * @throws IllegalStateException if it ramps up already, if the switch file or the flag keeps it
   *     local-only, or if it became local-only while the state was written
   * @throws GateException if the state could not be written; nothing was changed then
   */
  public void ramp(Order order) {
    refuseEnd(order);
    outside.refuseIfOff();
    tell(current.letMoreThrough(book -> {
      if (book.state() instanceof Ramping) {
        throw new IllegalStateException("Gate " + name + " must be open or local-only to start"
            + " a ramp, was " + book.state().text());
      }
      return book.ramp(time.now(), order, freshId(), ramp);
    }));
  }

  /**
   * Opens the gate for everything, at once.
   *
   * @throws IllegalStateException if the switch file or the flag keeps it local-only, or if it
   *     became local-only while the state was written
   * @throws GateException if the state could not be written; nothing was changed then
   */
  public void open(Order order) {
    refuseEnd(order);
    outside.refuseIfOff();
    tell(current.letMoreThrough(book -> book.open(time.now(), order)));
  }

  /**
   * {@return a channel that makes this gate local-only at each alert of a job: when the job's
   * trouble begins, and when its severity rises} Add it to the router with the severity from which
   * on that is right: {@code channel(gate.shutOnAlertsOf("resume-sync"), Severity.SEV1)}. It takes
   * effect as soon as the router delivers, which a silence of the job prevents; opening it again is
   * a person's.
   */
  public AlertChannel shutOnAlertsOf(String job) {
    return new ShutOnAlert(this, Objects.requireNonNull(job, "job"));
  }

  private static void refuseEnd(Order order) {
    order.until().ifPresent(until -> {
      throw new IllegalArgumentException("until must not be set but for local-only, was " + until);
    });
  }

  /** {@return an id by which no two ramps of any gate put items in the same order} */
  private String freshId() {
    return name + "@" + time.now();
  }

  private void lookIfDue() {
    if (time.nanoTime() - dueNanos >= 0) {
      look();
    }
  }

  /** Looks at everything that changes by itself; one thread does, others go on meanwhile. */
  private void look() {
    current.requireOpen();
    if (!looking.compareAndSet(false, true)) {
      return;
    }
    View seen = current.view();
    Outside.Sight sight;
    try {
      sight = outside.look(seen.counted(time.nanoTime()));
    } finally {
      dueNanos = time.nanoTime() + (current.isClosed() ? 0 : LOOK.toNanos());
      looking.set(false); // before anything is written: while the disk takes its time, others look
    }
    if (sight.off().isPresent()) {
      current.keepIn(seen);
    }
    GateState changed =
        current.takeIfStill(seen, book -> sight.next(book, ramp, time.now(), this::freshId));
    if (changed != null) {
      tell(changed);
    }
  }

  private void tell(GateState changed) {
    GateState state = told(changed, current.view().book().breaches());
    boolean isBreach =
        state instanceof GateState.LocalOnly local && local.cause() == GateState.Cause.BREACH;
    LOG.atLevel(isBreach ? Level.WARN : Level.INFO)
        .log("Gate switched. gate={} state=\"{}\"", name, state.text());
    try {
      listener.accept(state);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      LOG.warn("Gate listener failed. gate={} listener={}", name, listener.getClass(), e);
    }
  }

  /**
   * Remembers what was counted, and lets go of the state file. The gate must not be asked any more.
   * A second time does nothing.
   */
  @Override
  public void close() {
    try {
      current.close();
    } finally {
      dueNanos = time.nanoTime(); // whoever asks from now on is told, and so are those who wait
      current.wake();
    }
  }

  @Override
  public String toString() {
    return "Gate[" + name + ", " + current.view().book().state().text() + "]";
  }

  /** Collects what a gate needs. Not safe for many threads. */
  public static final class Builder {
    private final String name;
    private final Time time;
    private Ramp ramp = Ramp.defaults();
    private List<GateFlag> flag = List.of();
    private Consumer<GateState> listener = state -> {};
    private @Nullable Path folder;
    private @Nullable Path switchFile;
    private Disk disk = Disk.system();

    private Builder(String name, Time time) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("name must match " + NAME + ", was \"" + name + "\"");
      }
      this.name = name;
      this.time = Objects.requireNonNull(time, "time");
    }

    /**
     * Sets the folder, which must exist, where the gate keeps its state as {@code NAME.json}, for
     * one process at a time. Default none: the gate is open when the process starts.
     */
    public Builder folder(Path folder) {
      this.folder = Objects.requireNonNull(folder, "folder");
      return this;
    }

    /**
     * Sets the file that keeps the gate local-only while it is there, also an empty one; a folder
     * or a file that cannot be read is there, too. Its first line is the reason. When it is
     * removed, the gate ramps up. Many gates and processes may share one. Default
     * {@code NAME.local-only} in the folder, or none without a folder.
     */
    public Builder switchFile(Path switchFile) {
      this.switchFile = Objects.requireNonNull(switchFile, "switchFile");
      return this;
    }

    /** Adds a flag; the strictest answer of all flags counts. Default none. */
    public Builder flag(GateFlag flag) {
      List<GateFlag> all = new ArrayList<>(this.flag);
      all.add(Objects.requireNonNull(flag, "flag"));
      this.flag = List.copyOf(all);
      return this;
    }

    /** Sets how it comes back from local-only. Default {@link Ramp#defaults}. */
    public Builder ramp(Ramp ramp) {
      this.ramp = Objects.requireNonNull(ramp, "ramp");
      return this;
    }

    /**
     * Sets who is told of each change, after it, on the thread that found it, which may be the one
     * that builds the gate. Two changes in a row may come in the wrong order;
     * {@link GateState#since} says which was later. What it throws is logged. Default nobody.
     */
    public Builder listener(Consumer<GateState> listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    Builder disk(Disk disk) {
      this.disk = disk;
      return this;
    }

    /**
     * {@return the gate}
     *
     * @throws GateException if the folder cannot be used, or another gate has the state file
     */
    public Gate build() {
      Gate gate = new Gate(this);
      gate.look(); // before anybody asks: whoever is not the first to ask does not wait for a look
      return gate;
    }
  }
}
