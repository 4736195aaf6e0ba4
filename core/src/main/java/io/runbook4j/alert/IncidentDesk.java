package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Minds the incidents' clocks, hands on what they say, and keeps them on disk. Safe for many
 * threads; nobody is called under the lock of the book.
 */
final class IncidentDesk {
  private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);
  private static final SealedFile.Kind KIND = new SealedFile.Kind(
      0x52344a49, // R4JI
      3,
      "The incidents' state",
      LOG);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

  private final WatchClock clock;
  private final List<AlertRouter> routers; // by level of the chain
  private final Places places;
  private final Signal wakeSignal;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Object saving = new Object();
  private final @Nullable SealedFile file; // guarded by saving
  private final CaseBook book; // guarded by itself
  private final Duration updateEvery;
  private final Map<String, Long> quietSince = new HashMap<>(); // for the desk's thread only
  private final List<Outgoing> outgoing = new ArrayList<>(); // guarded by book
  private volatile @Nullable Watch watch;
  private volatile boolean isUnsaved;
  private final Runnable keeper = this::keep;

  IncidentDesk(Time time, Terms terms, List<AlertRouter> routers, Places places) {
    clock = new WatchClock(time);
    wakeSignal = time.newSignal();
    this.routers = routers;
    this.places = places;
    book = new CaseBook(terms);
    updateEvery = terms.periods().update();
    file = places.state().map(path -> new SealedFile(path, KIND)).orElse(null);
    load();
  }

  private void load() {
    if (file == null) {
      return;
    }
    try {
      Optional<SealedFile.Saved> saved = file.read();
      if (saved.isPresent()) {
        load(saved.get().in(), saved.get().format());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The incidents' state " + places.state().orElseThrow() + " cannot be read", e);
    }
  }

  private void load(DataInput in, int format) throws IOException {
    book.load(in, format, clock.offset());
    List<AlertRouter> distinct = distinctRouters();
    int routersThen = in.readInt();
    for (int i = 0; i < routersThen; i++) { // the chain may have become shorter
      distinct.get(Math.min(i, distinct.size() - 1)).restore(RouterState.read(in, format));
    }
  }

  private List<AlertRouter> distinctRouters() {
    return routers.stream().distinct().toList();
  }

  void start() {
    distinctRouters().forEach(router -> router.keptBy(keeper));
    if (file != null && !file.damage().isEmpty()) {
      routers
          .get(0)
          .send(new Alert(
              "incidents-state-damaged",
              Severity.WARNING,
              "incidents",
              file.damage() + "; incidents that were open are not known any more, and numbers begin"
                  + " at 1 again"));
    }
    places.executor().execute(this::mindUntilClosed);
  }

  private void keep() {
    isUnsaved = true;
    wakeSignal.raise();
  }

  void follow(Watch watch) {
    this.watch = watch;
  }

  // --- what comes in

  /** Does something to the book, then hands on what it says and keeps it. */
  void change(BiConsumer<CaseBook, Beat> action) {
    if (closed.get()) {
      throw new IllegalStateException("Incidents are closed; nothing was changed. Open them anew.");
    }
    synchronized (book) {
      long at = clock.now();
      action.accept(book, new Beat(at, clock.wall(at), this::queue));
    }
    isUnsaved = true;
    handOn();
    wakeSignal.raise(); // there may be an earlier deadline
  }

  /** {@return something about the book} */
  <T> T read(Function<CaseBook, T> question) {
    synchronized (book) {
      return question.apply(book);
    }
  }

  long offset() {
    return clock.offset();
  }

  private void queue(Set<Integer> levels, Alert alert) {
    levels.stream()
        .map(routers::get)
        .distinct()
        .forEach(router -> outgoing.add(new Outgoing(router, alert)));
  }

  // --- what becomes due

  private void mindUntilClosed() {
    try {
      boolean isWell = true;
      while (!closed.get()) {
        wakeSignal.await(isWell ? untilNext() : LOOK_EVERY);
        if (!closed.get()) {
          isWell = look();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("Incidents were interrupted and mind no deadline any more; their state is kept.");
    }
  }

  private Duration untilNext() {
    synchronized (book) {
      return book.all().stream()
          .flatMapToLong(it -> it.due.values().stream().mapToLong(Long::longValue))
          .min()
          .stream()
          .mapToObj(next -> Duration.ofMillis(next - clock.now()))
          .filter(wait -> wait.compareTo(LOOK_EVERY) < 0)
          .findFirst()
          .orElse(LOOK_EVERY);
    }
  }

  // A desk that died of one mistake, or of no memory, would be silent about everything else.
  private boolean look() {
    try {
      clock.follow();
      distinctRouters().forEach(AlertRouter::tryWaiting);
      Map<String, String> numbers = numbers();
      boolean isAnyOver = endForgotten();
      boolean isAnyDue;
      synchronized (book) {
        isAnyDue = fireAll(numbers);
      }
      if (isAnyOver || isAnyDue || isUnsaved) {
        isUnsaved = true;
        handOn();
      }
      return true;
    } catch (RuntimeException | Error e) {
      LOG.error("Incidents could not be looked at; tried again in {}.", LOOK_EVERY, e);
      return false;
    }
  }

  private boolean fireAll(Map<String, String> numbers) {
    long at = clock.now();
    Beat beat = new Beat(at, clock.wall(at), this::queue);
    List<Due> due = book.all().stream()
        .flatMap(it -> it.due.entrySet().stream()
            .filter(entry -> entry.getValue() <= at)
            .map(entry -> new Due(it, entry.getKey(), entry.getValue())))
        .sorted(Comparator.comparingLong(Due::since)
            .thenComparingLong(one -> one.of().number())
            .thenComparing(Due::deadline))
        .toList();
    due.forEach(one -> one.of()
        .fire(beat, one.deadline(), one.since(), numbers.getOrDefault(one.of().job(), "")));
    return !due.isEmpty();
  }

  /**
   * Ends occurrences that the watch told, where no rule has fired for as long as an update takes:
   * their end was not told, and will not be. A watch that has lost its state knows nothing of them.
   *
   * @return whether there were any
   */
  private boolean endForgotten() {
    Watch source = watch;
    if (source == null) {
      return false;
    }
    Map<String, String> told = read(CaseBook::watched);
    told.values().removeIf(job -> !isQuiet(source.statusesIfWatched(job)));
    long at = clock.now();
    quietSince.keySet().retainAll(told.keySet());
    told.keySet().forEach(id -> quietSince.putIfAbsent(id, at));
    told.keySet().removeIf(id -> at - quietSince.getOrDefault(id, at) < updateEvery.toMillis());
    synchronized (book) {
      Beat beat = new Beat(at, clock.wall(at), this::queue);
      told.forEach((id, job) -> book.open(job).ifPresent(it -> it.forget(beat, id)));
    }
    return !told.isEmpty();
  }

  private static boolean isQuiet(List<Watch.Status> statuses) {
    return !statuses.isEmpty()
        && statuses.stream().noneMatch(status -> status.state() == Watch.State.FIRING);
  }

  /** {@return how the rules of the jobs stand that something is due of} */
  private Map<String, String> numbers() {
    Watch source = watch;
    if (source == null) {
      return Map.of();
    }
    long now = clock.now();
    List<String> jobs = read(all -> all.all().stream()
        .filter(it -> it.due.values().stream().anyMatch(at -> at <= now))
        .map(Case::job)
        .toList());
    Map<String, String> numbers = new HashMap<>();
    jobs.forEach(job -> numbers.put(job, standing(source.statusesIfWatched(job))));
    return numbers;
  }

  private static String standing(List<Watch.Status> statuses) {
    String firing = statuses.stream()
        .filter(status -> status.state() == Watch.State.FIRING)
        .map(status ->
            status.rule().name() + (status.text().isEmpty() ? "" : " (" + status.text() + ")"))
        .collect(Collectors.joining(", "));
    return firing.isEmpty() && !statuses.isEmpty() ? "no rule fires" : firing;
  }

  // --- what goes out

  private void handOn() {
    synchronized (saving) {
      if (closed.get()) {
        return;
      }
      List<Outgoing> taken;
      List<Incident> over;
      synchronized (book) {
        taken = List.copyOf(outgoing);
        outgoing.clear();
        over = book.all().stream()
            .filter(Case::takeDraft)
            .map(it -> it.snapshot(clock.offset()))
            .toList();
      }
      taken.forEach(it -> it.router().hand(it.alert()));
      places.drafts().ifPresent(folder -> over.forEach(it -> PostMortem.write(folder, it)));
      save();
    }
  }

  private void save() {
    isUnsaved = false; // first: what comes while it is written is not in it
    if (file == null) {
      return;
    }
    List<RouterState> states =
        distinctRouters().stream().map(AlertRouter::state).toList();
    boolean isOnDisk = file.write(out -> save(out, states));
    // what is on its way is written again until it has arrived, or else it would be sent anew
    if (!isOnDisk || states.stream().anyMatch(it -> !it.pending().isEmpty())) {
      isUnsaved = true;
    }
  }

  private void save(DataOutput out, List<RouterState> states) throws IOException {
    synchronized (book) {
      book.save(out, clock.offset());
    }
    out.writeInt(states.size());
    for (RouterState state : states) {
      state.write(out);
    }
  }

  void close() {
    synchronized (saving) {
      handOn();
      if (!closed.getAndSet(true) && file != null) {
        file.close();
      }
    }
    distinctRouters().forEach(router -> router.notKeptBy(keeper));
    wakeSignal.raise();
  }

  /**
   * Where things are kept and run.
   *
   * @param state the file; empty to keep nothing
   * @param drafts the folder; empty to write none
   */
  record Places(Optional<Path> state, Optional<Path> drafts, Executor executor) {}

  private record Outgoing(AlertRouter router, Alert alert) {}

  private record Due(Case of, Deadline deadline, long since) {}
}
