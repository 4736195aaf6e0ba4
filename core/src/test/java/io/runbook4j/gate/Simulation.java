package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A life of a gate with its outbox: switches, ramps, breaches, crashes; from one seed. */
final class Simulation {
  private static final int KEYS = 25;
  private static final Order BY_TEST = Order.of("test", "simulated");

  private final Path root;
  private final Random random;
  private final boolean newestWins;
  private final VirtualTime time;
  private final Receiver receiver = new Receiver();
  private final Map<String, Integer> versions = new HashMap<>();
  private final RateLimiter limiter;

  private int lives;
  private Path folder;
  private CrashingDisk disk;
  private Gate gate;
  private Outbox outbox;
  private double failureRate;
  private GateFlag.Answer flag = GateFlag.Answer.ALLOW;

  /** Since when something outside keeps the gate in; null if nothing does. */
  private @Nullable Instant offSince;

  private boolean ordered;
  private boolean healthy;
  int crashes;
  int breaches;
  int ramps;

  Simulation(Path root, long seed, boolean newestWins) throws IOException {
    this.root = root;
    this.random = new Random(seed);
    this.newestWins = newestWins;
    this.time = VirtualTime.builder().seed(seed).build();
    this.limiter = RateLimiter.of("service", time, Quota.of(100, Duration.ofMinutes(1)));
    this.folder = Files.createDirectory(root.resolve("life0"));
    this.disk = new CrashingDisk(random);
    this.gate = openGate();
    this.outbox = openOutbox();
  }

  private Gate openGate() {
    return Gate.builder("sim", time)
        .folder(folder)
        .disk(disk)
        .flag(() -> flag)
        .ramp(Ramp.defaults()
            .minOperations(5)
            .hold(Duration.ofMinutes(1))
            .guard(step -> step.failures() >= 2 && 4 * step.failures() >= step.operations()
                ? Guard.Verdict.breach("simulated")
                : Guard.Verdict.pass()))
        .listener(this::changed)
        .build();
  }

  private void changed(GateState state) {
    boolean isBreach =
        state instanceof GateState.LocalOnly local && local.cause() == GateState.Cause.BREACH;
    breaches += isBreach ? 1 : 0;
    ramps += state instanceof GateState.Ramping ? 1 : 0;
  }

  private Outbox openOutbox() {
    Outbox.Builder builder =
        Outbox.builder(folder.resolve("outbox.jsonl"), time).disk(disk).compactFrom(2_000);
    return newestWins ? builder.newestWins().open() : builder.open();
  }

  void run(int steps) throws Exception {
    for (int i = 0; i < steps; i++) {
      try {
        step();
      } catch (CrashingDisk.Crash e) {
        restart();
      }
      check();
    }
    comeToRest();
  }

  private void step() throws Exception {
    switch (random.nextInt(16)) {
      case 0 -> order();
      case 1 -> switchFile();
      case 2 -> turnFlag();
      case 3 -> failureRate = random.nextBoolean() ? random.nextDouble() : 0;
      case 4 -> disk.crashAfter(random.nextInt(20));
      case 5, 6, 7 -> time.sleep(Duration.ofSeconds(random.nextInt(200)));
      case 8, 9, 10 -> drain().run();
      default -> {
        for (int burst = random.nextInt(10); burst >= 0; burst--) {
          change("key" + random.nextInt(KEYS));
        }
      }
    }
  }

  private void order() {
    try {
      switch (random.nextInt(6)) {
        case 0 -> {
          gate.localOnly(BY_TEST);
          ordered = true;
        }
        case 1 -> {
          ordered = false;
          gate.localOnly(BY_TEST.until(time.now().plusSeconds(1 + random.nextInt(100))));
        }
        case 2 -> {
          boolean before = ordered;
          ordered = false;
          ordered = !attempt(() -> gate.open(BY_TEST)) && before;
        }
        default -> {
          boolean before = ordered;
          ordered = false;
          ordered = !attempt(() -> gate.ramp(BY_TEST)) && before;
        }
      }
    } catch (CrashingDisk.Crash e) {
      ordered = false; // may or may not have been remembered
      throw e;
    }
  }

  private static boolean attempt(Runnable order) {
    try {
      order.run();
      return true;
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("Gate sim");
      return false;
    }
  }

  private void switchFile() throws IOException {
    Path file = folder.resolve("sim.local-only");
    if (!Files.deleteIfExists(file) && random.nextInt(3) == 0) {
      Files.writeString(file, random.nextBoolean() ? "" : "somebody pulled the plug\n");
    }
    noteOff();
  }

  private void turnFlag() {
    int chance = random.nextInt(8);
    flag = chance == 0
        ? GateFlag.Answer.LOCAL_ONLY
        : chance == 1 ? GateFlag.Answer.HOLD : GateFlag.Answer.ALLOW;
    noteOff();
  }

  private void noteOff() {
    boolean off =
        flag == GateFlag.Answer.LOCAL_ONLY || Files.exists(folder.resolve("sim.local-only"));
    offSince = off ? offSince == null ? time.now() : offSince : null;
  }

  /** Changes an item as a host does: directly if it may, else by way of the outbox. */
  private void change(String key) {
    int version = versions.merge(key, 1, Integer::sum);
    try {
      if (!gate.allows(key) || outbox.holds(key)) {
        outbox.put(key, String.valueOf(version));
        return;
      }
      maySend(key);
      boolean fails = random.nextDouble() < failureRate;
      gate.report(1, fails ? 1 : 0);
      if (fails) {
        outbox.put(key, String.valueOf(version));
      } else {
        receiver.receive("direct " + key + " " + version, key, version);
      }
    } catch (CrashingDisk.Crash e) {
      restart();
      if (!isKept(key, version)) {
        outbox.put(key, String.valueOf(version)); // as the host does, who was told nothing
      }
    }
  }

  private boolean isKept(String key, int version) {
    return outbox.changes(Integer.MAX_VALUE).stream()
        .anyMatch(c -> c.key().equals(key) && c.payload().equals(String.valueOf(version)));
  }

  /** Has no stack trace, to keep the log short. */
  private static final class SenderBug extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SenderBug() {
      super("a bug in the sender", null, false, false);
    }
  }

  private Drain drain() {
    return Drain.of(outbox, gate, limiter, change -> send(change));
  }

  private Outcome send(Change change) throws InterruptedException {
    maySend(change.key());
    int version = Integer.parseInt(change.payload());
    time.sleep(Duration.ofMillis(random.nextInt(400)));
    if (!healthy && random.nextDouble() < failureRate) {
      return fail(change, version);
    }
    receiver.receive(change.id(), change.key(), version);
    if (!healthy && random.nextInt(40) == 0) {
      disk.crashAfter(0); // after it was applied, before it is taken out
    }
    return Outcome.succeeded();
  }

  private Outcome fail(Change change, int version) {
    Failure failure = Failure.of(FailureKind.SERVER_ERROR, "simulated");
    switch (random.nextInt(5)) {
      case 0 -> throw new FailureException(failure);
      case 1 -> throw new SenderBug();
      case 2 -> {
        receiver.receive(change.id(), change.key(), version);
        return Outcome.inDoubt(failure); // the answer was lost
      }
      case 3 -> {
        return Outcome.failed(
            Failure.of(FailureKind.RATE_LIMITED, "429").withRetryAfter(Duration.ofSeconds(30)));
      }
      default -> {
        return Outcome.failed(failure);
      }
    }
  }

  /** Nothing leaves while the gate is local-only, and nothing whose turn has not come. */
  private void maySend(String key) {
    assertThat(ordered).as("sent in spite of an order").isFalse();
    if (offSince != null) {
      assertThat(Duration.between(offSince, time.now()))
          .as("sent though switch file or flag say no since")
          .isLessThan(Duration.ofSeconds(1));
    }
    GateState state = gate.state();
    assertThat(state).isNotInstanceOf(GateState.LocalOnly.class);
    if (state instanceof GateState.Ramping ramping) {
      assertThat(bucket(ramping.rampId(), key)).isLessThan(100 * ramping.step().percent());
    }
  }

  static int bucket(String rampId, String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256")
          .digest((rampId + ":" + key).getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, hash, 0, 8).mod(BigInteger.valueOf(10_000)).intValueExact();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The next process finds the files as the dead one left them. */
  private void restart() {
    crashes++;
    Path old = folder;
    folder = root.resolve("life" + ++lives);
    try (Stream<Path> files = Files.list(old)) {
      Files.createDirectory(folder);
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
      outbox.close();
      gate.close();
    } catch (CrashingDisk.Crash e) {
      assertThat(e).as("a dead process cannot write").isNotNull();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    disk = new CrashingDisk(random);
    gate = openGate();
    outbox = openOutbox();
  }

  private void check() {
    versions.keySet().forEach(key -> {
      List<Integer> applied = receiver.applied(key);
      if (newestWins) {
        assertThat(applied).isSorted().doesNotHaveDuplicates();
      } else {
        assertThat(applied).isEqualTo(upTo(applied.size()));
      }
    });
  }

  private static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  /** Everything that was put in arrives in the end. */
  private void comeToRest() throws Exception {
    Files.deleteIfExists(folder.resolve("sim.local-only"));
    flag = GateFlag.Answer.ALLOW;
    noteOff();
    healthy = true;
    disk.crashAfter(Integer.MAX_VALUE);
    ordered = false;
    gate.open(BY_TEST);
    Drain.Result result = drain().run();

    assertThat(result.end()).isEqualTo(Drain.End.DONE);
    assertThat(outbox.count()).isZero();
    versions.forEach((key, newest) -> {
      List<Integer> applied = receiver.applied(key);
      assertThat(applied.get(applied.size() - 1)).as("newest of " + key).isEqualTo(newest);
    });
    check();
    outbox.close();
    gate.close();
  }

  int repeated() {
    return receiver.repeated();
  }
}
