package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.Engine.Workload;
import io.runbook4j.benchmarks.EngineBenchmark.Contender;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many calls the service gets, and which good tickets it never sees. Counted, not timed: the
 * same at each run.
 */
final class Calls {
  private static final int ITEMS = 1_000_000;

  private final List<List<String>> rows = new ArrayList<>();
  private final List<Goal> goals = new ArrayList<>();

  /** {@return the table} */
  String markdown() throws Exception {
    rows.clear();
    goals.clear();
    List<Ticket> good = Workload.ALL_ANSWERED.tickets(ITEMS);
    List<Ticket> bad = Workload.ONE_PERCENT_BAD.tickets(ITEMS);
    long none = row("**Runbook4j, no failures**", good, Runbook::inMemory, Workload.ALL_ANSWERED);
    long each = row(
        "**Runbook4j, answered item by item**", bad, Runbook::inMemory, Workload.ONE_PERCENT_BAD);
    long whole = row("**Runbook4j, the whole chunk refused**: bisection", bad, bisecting());
    row("gax 2.89.0 Batcher, answered item by item", bad, Contender.GAX::make);
    row("Easy Batch 7.0.2, the whole chunk refused: batch scanning", bad, EasyBatch::new);
    row("Spring Batch 6.0.4, the same: skip", bad, SpringBatch::resourceless);
    row("JBeret 3.1.0, the same: skip and retry", bad, JBeret::retrying);
    row("JBeret 3.1.0, the same: skip", bad, JBeret::skipping);
    row("Camel 4.22.0 split.group, the same", bad, Camel::make);
    int poison = worstForOnePoison();
    rows.add(List.of(
        "**Runbook4j, one poison item in a chunk of 100**, at the worst place",
        number(poison),
        "0",
        ""));
    goals.add(new Goal("Calls, 1 % failing item by item", "", none, each));
    goals.add(new Goal("Calls, 1 % poison at random, whole chunks refused", "", 100_000, whole));
    goals.add(new Goal("Calls, one poison item in a chunk", "", 15, poison));
    return String.format(
        Locale.ROOT,
        """
        ### Calls to the service, 1 %% of %,d items bad at random (%,d), chunks of 100

        %sCounted, not timed. By information theory nobody who is refused whole chunks needs less \
        than about 80,000 calls.

        """,
        ITEMS,
        ITEMS - Ticket.good(bad),
        Markdown.table(List.of("", "calls", "good items never applied", "and the run says"), rows));
  }

  /** {@return what was asked of the counts} */
  List<Goal> goals() {
    return goals;
  }

  private long row(String name, List<Ticket> tickets, Engine.Maker maker) throws Exception {
    return row(name, tickets, maker, Workload.ONE_PERCENT_BAD);
  }

  private long row(String name, List<Ticket> tickets, Engine.Maker maker, Workload workload)
      throws Exception {
    Service service = new Service();
    boolean failed = false;
    try (Engine engine = maker.make(tickets, service, workload)) {
      failed = fails(engine);
    }
    long lost = Ticket.good(tickets) - service.applied();
    rows.add(List.of(
        name,
        number(service.calls()),
        lost == 0 ? "0" : "**" + number(lost) + "**",
        failed ? "that something was refused" : lost == 0 ? "" : "success"));
    return service.calls();
  }

  /** {@return whether it ended with what the service threw} */
  private static boolean fails(Engine engine) throws Exception {
    try {
      engine.run();
      return false;
    } catch (RuntimeException e) {
      if (e.getCause() instanceof Service.Refused) {
        return true;
      }
      throw e;
    }
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static Engine.Maker bisecting() {
    return (tickets, service, workload) -> () -> bisect(tickets, service);
  }

  private static void bisect(List<Ticket> tickets, Service service) {
    SyncJob<Ticket> job = SyncJob.<Ticket>named("bisection")
        .from(Sources.of(tickets, Ticket::id))
        .to(chunk -> takeOrRefuse(chunk, service))
        .chunkSize(ChunkSize.fixed(Engine.CHUNK))
        .build();
    RunReport report = Runner.builder().build().run(job);
    long bad = tickets.size() - Ticket.good(tickets);
    if (report.counts().failed() != bad) {
      throw new IllegalStateException("failed must be " + bad + ", was " + report.counts());
    }
  }

  private static ChunkResult takeOrRefuse(Chunk<Ticket> chunk, Service service) {
    try {
      service.takeAllOrNone(chunk.values());
      return ChunkResult.succeeded();
    } catch (Service.Refused e) {
      return ChunkResult.refused(Failure.of(FailureKind.INVALID, "a ticket is bad"));
    }
  }

  private static int worstForOnePoison() {
    long worst = 0;
    for (int place = 0; place < Engine.CHUNK; place++) {
      List<Ticket> tickets = new ArrayList<>(Ticket.some(Engine.CHUNK, 0));
      tickets.set(place, new Ticket("poison", true));
      Service service = new Service();
      bisect(tickets, service);
      worst = Math.max(worst, service.calls());
      service.reset(Engine.CHUNK - 1);
    }
    return (int) worst;
  }
}
