package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.Engine.Workload;
import io.runbook4j.benchmarks.EngineBenchmark.Contender;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The most that a run holds at a time. Another thread asks for full collections one after the other
 * while the engine runs again and again; what is left after the worst of them, less what was there
 * before the engine was made, is reachable from the engine or its ledger. The tickets are made when
 * they are read, and are not counted.
 */
final class LiveHeap {
  private static final int ITEMS = 1_000_000;
  private static final int COLLECTIONS = 15;
  private static final long PAUSE_NANOS = 50_000_000;

  private final Contender contender;
  private final AtomicLong most = new AtomicLong();
  private final AtomicInteger collections = new AtomicInteger();

  private LiveHeap(Contender contender) {
    this.contender = contender;
  }

  /** {@return the table} */
  static String markdown() throws Exception {
    List<List<String>> rows = new ArrayList<>();
    for (Contender contender : Contender.values()) {
      if (contender.role() != Row.Role.FLOOR && contender != Contender.RUNBOOK4J_FORCED) {
        double mebibytes = new LiveHeap(contender).measure() / 1024.0 / 1024.0;
        String mark = contender.role() == Row.Role.PEER ? "" : "**";
        rows.add(List.of(
            mark + contender.title() + mark, String.format(Locale.ROOT, "%.2f", mebibytes)));
      }
    }
    return String.format(
        Locale.ROOT, """
        ### Peak live heap

        %sThe most that was reachable at any of %d or more full collections during runs of %,d \
        items without failures, less what was reachable before; the items themselves are made when \
        they are read. A run in between may have held a little more.

        """, Markdown.table(List.of("", "MiB"), rows), COLLECTIONS, ITEMS);
  }

  private long measure() throws Exception {
    List<Ticket> tickets = Workload.MADE_WHEN_READ.tickets(ITEMS);
    Service service = new Service();
    contender.make(tickets, service, Workload.MADE_WHEN_READ).close(); // its classes are loaded
    System.gc();
    long before = used();
    Engine engine = contender.make(tickets, service, Workload.MADE_WHEN_READ);
    Thread collector = new Thread(this::collect, "collector");
    collector.start();
    try (engine) {
      while (collections.get() < COLLECTIONS) {
        engine.run();
        service.reset(ITEMS);
        engine.clean();
      }
    } finally {
      collector.interrupt();
      collector.join();
    }
    return Math.max(0, most.get() - before);
  }

  private void collect() {
    while (!Thread.currentThread().isInterrupted()) {
      System.gc();
      most.accumulateAndGet(used(), Math::max);
      collections.incrementAndGet();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static long used() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
        .map(MemoryPoolMXBean::getCollectionUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
