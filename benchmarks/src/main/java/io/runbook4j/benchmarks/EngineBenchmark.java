package io.runbook4j.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.runbook4j.ledger.FileLedger;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What an engine costs beside its target: a whole run is one invocation. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EngineBenchmark {
  /** Which engine. */
  @Param
  public Contender engine = Contender.HAND_LOOP;

  /** What is sent. */
  @Param
  public Engine.Workload workload = Engine.Workload.CLEAN;

  /** How many tickets. */
  @Param("1000000")
  public int items = 1_000_000;

  private long good;
  private final Service service = new Service();
  private @Nullable Engine made;

  /** Makes the engine. */
  @Setup
  public void make() throws Exception {
    // The tickets are old, and lie in memory one after the other: else those of an engine that
    // makes garbage are scattered by its first collection, and a loop that makes none goes faster
    // for nothing that it does. A collection while they are made would scatter them, too.
    System.gc();
    List<Ticket> tickets = workload.tickets(items);
    good = Ticket.good(tickets);
    System.gc();
    made = engine.make(tickets, service, workload);
  }

  /** Sends everything. */
  @Benchmark
  public void run(Cpu cpu) throws Exception {
    cpu.start();
    engine().run();
    cpu.stop();
  }

  /** Checks that every good ticket was sent once. */
  @TearDown(Level.Invocation)
  public void check() {
    service.reset(good);
    engine().clean();
  }

  /** Removes what the engine has kept. */
  @TearDown
  public void remove() {
    engine().close();
  }

  private Engine engine() {
    if (made == null) {
      throw new IllegalStateException("the engine must be made before it runs, was not");
    }
    return made;
  }

  /** The process's time on a processor, garbage collection included. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Cpu {
    /** In nanoseconds. */
    public long cpuNanos;

    /** In how many runs. */
    public long runs;

    private final OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private long from;

    void start() {
      from = system.getProcessCpuTime();
    }

    void stop() {
      cpuNanos += system.getProcessCpuTime() - from;
      runs++;
    }
  }

  /** An engine under test. */
  public enum Contender {
    /** A loop over sublists. */
    HAND_LOOP("hand-written loop", "keeps nothing", HandLoop::new),
    /** The loop, and a file that the kernel writes some time. */
    RAW_FILE("hand-written loop, the same bytes to a file", "bytes in a file", RawFile::notForced),
    /** The loop, and a file that is forced for each chunk. */
    RAW_FORCED(
        "hand-written loop, the same bytes to a file, each chunk forced",
        "bytes on the disk",
        RawFile::forced),
    /** Ours, in memory. */
    RUNBOOK4J_MEMORY("Runbook4j, MemoryLedger", "outcomes in memory", Runbook::inMemory),
    /** Ours, in files. */
    RUNBOOK4J_FILE(
        "Runbook4j, FileLedger, not forced",
        "each outcome in a file",
        Runbook.inFiles(FileLedger.Force.NEVER)),
    /** Ours, in files that outlast a power cut a little later. */
    RUNBOOK4J_BACKGROUND(
        "Runbook4j, FileLedger, forced by another thread",
        "each outcome on the disk soon",
        Runbook.inFiles(FileLedger.Force.IN_BACKGROUND)),
    /** Ours, in files that outlast a power cut. */
    RUNBOOK4J_FORCED(
        "Runbook4j, FileLedger, each chunk forced",
        "each outcome on the disk",
        Runbook.inFiles(FileLedger.Force.EACH_RECORD)),
    /** Ours, where chunks that end together share a force. */
    RUNBOOK4J_IN_FLIGHT(
        "Runbook4j, FileLedger, forced, 4 chunks in flight",
        "each outcome on the disk",
        Runbook::inFlight),
    /** Camel. */
    CAMEL("Camel 4.22.0 split.group", "keeps nothing", Camel::make),
    /** JBeret. */
    JBERET("JBeret 3.1.0, in memory", "counts only", JBeret::retrying),
    /** Easy Batch. */
    EASY_BATCH("Easy Batch 7.0.2", "counts only", EasyBatch::new),
    /** Spring Batch without a database. */
    SPRING_BATCH("Spring Batch 6.0.4, resourceless", "counts only", SpringBatch::resourceless),
    /** Spring Batch with a database. */
    SPRING_BATCH_H2("Spring Batch 6.0.4, H2 file", "counts in a file", SpringBatch::onDisk),
    /** The batcher of gax. */
    GAX("gax 2.89.0 Batcher", "a future an item, not kept", Gax::new);

    private final String title;
    private final String keeps;

    @SuppressWarnings("ImmutableEnumChecker") // the makers here hold nothing
    private final Engine.Maker maker;

    Contender(String title, String keeps, Engine.Maker maker) {
      this.title = title;
      this.keeps = keeps;
      this.maker = maker;
    }

    Engine make(List<Ticket> tickets, Service service, Engine.Workload workload) throws Exception {
      return maker.make(tickets, service, workload);
    }

    String title() {
      return title;
    }

    /** {@return what is known of an item afterwards, and how the bad ones were found} */
    String keeps(Engine.Workload workload) {
      return keeps + (scans() && workload.hasBad() ? "; sends item by item after a bad one" : "");
    }

    /** {@return whether it learns of a bad item by an exception for the chunk} */
    boolean scans() {
      return switch (this) {
        case JBERET, EASY_BATCH, SPRING_BATCH, SPRING_BATCH_H2 -> true;
        default -> false;
      };
    }

    Row.Role role() {
      return switch (this) {
        case HAND_LOOP, RAW_FILE, RAW_FORCED -> Row.Role.FLOOR;
        case RUNBOOK4J_MEMORY -> Row.Role.BASELINE;
        case RUNBOOK4J_FILE, RUNBOOK4J_BACKGROUND, RUNBOOK4J_FORCED, RUNBOOK4J_IN_FLIGHT ->
          Row.Role.OURS;
        default -> Row.Role.PEER;
      };
    }
  }
}
