package io.runbook4j.limit;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for permits, in the order of asking: blocked threads, and reservations. Safe for
 * many threads.
 */
final class Line {
  /*
   * Nobody is granted anything in advance. A thread takes its permits itself, when it is awake and
   * the first of the threads; only that one has a timer, the others wait to be told that they are
   * first. So a thread that wakes late is counted when it goes on, and late ones do not pile up in
   * a later window. What reservations ahead of it want is left for them.
   *
   * The lock guards the order of the line; permits are taken under it, so that the order holds, but
   * nobody waits or wakes another under it. Reading the clock is the one call out.
   */
  private static final long UNTIL_TOLD_NANOS = TimeUnit.DAYS.toNanos(365);
  private static final long LAPSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Time time;
  private final Meter meter;
  private final Object order = new Object();

  // guarded by order
  private final ArrayDeque<Place> places = new ArrayDeque<>();
  private long sum;
  private int held;

  // written under order, read by all
  private volatile long waiting;
  private volatile int reservations;

  Line(Time time, Meter meter) {
    this.time = time;
    this.meter = meter;
  }

  /** {@return the permits that those in line want} */
  long waiting() {
    return waiting;
  }

  /**
   * Waits for the permits and takes them, if that takes no longer than {@code mostNanos}.
   *
   * @return whether it took them
   */
  boolean await(int weight, long mostNanos) throws InterruptedException {
    long begun = time.nanoTime();
    Signal signal = time.newSignal();
    Place place = new Place(weight, signal);
    try {
      for (long nanos = attempt(place); nanos > 0; nanos = attempt(place)) {
        long left = mostNanos - (time.nanoTime() - begun);
        if (left <= 0) {
          return false;
        }
        signal.await(Duration.ofNanos(Math.min(nanos, left)));
      }
      return true;
    } finally {
      leave(place);
    }
  }

  /** {@return a place for a reservation, behind all who wait now} */
  Place reserve(int weight) {
    Place place = new Place(weight, null);
    waitNanos(place);
    return place;
  }

  /** {@return the nanoseconds until a reservation is due; 0 if it is, or is done with} */
  long waitNanos(Place place) {
    synchronized (order) {
      if (place.done) {
        return 0;
      }
      long now = time.nanoTime();
      join(place, now);
      return touch(place, now);
    }
  }

  /**
   * Takes a reservation's permits if it is due.
   *
   * @return whether it did
   */
  boolean take(Place place) {
    synchronized (order) {
      if (place.done) {
        return false;
      }
      long now = time.nanoTime();
      join(place, now);
      if (!meter.take(now, place.weight, ahead(place))) {
        touch(place, now);
        return false;
      }
      place.done = true;
      remove(place);
    }
    wakeFirst();
    return true;
  }

  /** Leaves the line, wherever in it; those behind move up. May be called twice. */
  void leave(Place place) {
    synchronized (order) {
      place.done = true;
      remove(place);
    }
    wakeFirst();
  }

  /** Lets the first of the threads look again. */
  void wakeFirst() {
    Signal first;
    synchronized (order) {
      first = firstSignal();
    }
    if (first != null) {
      first.raise();
    }
  }

  /**
   * Drops reservations that nobody came back for.
   *
   * @return whether there were any
   */
  boolean dropLapsed(long now) {
    if (reservations == 0) {
      return false;
    }
    boolean dropped;
    synchronized (order) {
      dropped = removeLapsed(now);
    }
    if (dropped) {
      wakeFirst();
    }
    return dropped;
  }

  /** {@return 0 if the permits are taken, else how long to wait before the next attempt} */
  private long attempt(Place place) {
    synchronized (order) {
      long now = time.nanoTime();
      join(place, now);
      if (firstSignal() != place.signal) {
        return UNTIL_TOLD_NANOS;
      }
      long ahead = ahead(place);
      while (!meter.take(now, place.weight, ahead)) {
        long nanos = meter.waitNanos(now, place.weight, ahead);
        if (nanos > 0) {
          return Math.max(1, Math.min(nanos, nextLapseNanos(now))); // one may have lapsed just now
        }
        now = time.nanoTime(); // somebody was faster and has undone it since
      }
      remove(place);
      return 0;
    }
  }

  private void join(Place place, long now) {
    removeLapsed(now);
    if (!place.queued) {
      place.queued = true;
      places.add(place);
      count(place, 1);
    }
  }

  /** A reservation whose owner has shown up is good for a while after it is due. */
  private long touch(Place place, long now) {
    long nanos = meter.waitNanos(now, place.weight, ahead(place));
    place.lapses = now + nanos + LAPSE_NANOS;
    return nanos;
  }

  private boolean removeLapsed(long now) {
    boolean dropped = false;
    for (Iterator<Place> all = places.iterator(); reservations > 0 && all.hasNext(); ) {
      Place place = all.next();
      if (place.signal == null && now - place.lapses >= 0) {
        all.remove();
        place.queued = false;
        count(place, -1);
        dropped = true;
      }
    }
    return dropped;
  }

  private long nextLapseNanos(long now) {
    long next = UNTIL_TOLD_NANOS;
    for (Iterator<Place> all = places.iterator(); reservations > 0 && all.hasNext(); ) {
      Place place = all.next();
      if (place.signal == null) {
        next = Math.min(next, place.lapses - now);
      }
    }
    return next;
  }

  private void remove(Place place) {
    if (place.queued) {
      place.queued = false;
      places.remove(place);
      count(place, -1);
    }
  }

  private void count(Place place, int sign) {
    sum += (long) sign * place.weight;
    waiting = sum;
    held += place.signal == null ? sign : 0;
    reservations = held;
  }

  private long ahead(Place place) {
    long ahead = 0;
    for (Place other : places) {
      if (other == place) {
        break;
      }
      ahead += other.weight;
    }
    return ahead;
  }

  private @Nullable Signal firstSignal() {
    for (Place place : places) {
      if (place.signal != null) {
        return place.signal;
      }
    }
    return null;
  }

  /** One who waits; all but the weight and the signal guarded by the line's order. */
  static final class Place {
    private final int weight;
    /** Wakes the thread; absent for a reservation, whose owner asks. */
    private final @Nullable Signal signal;

    private boolean queued;
    private boolean done;
    private long lapses;

    private Place(int weight, @Nullable Signal signal) {
      this.weight = weight;
      this.signal = signal;
    }
  }
}
