package io.runbook4j.gate;

import io.runbook4j.limit.RateLimiter;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.time.Time;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/**
 * A process of its own, which puts changes in and sends them until it is killed, or nobody listens:
 * says {@code put N} when N was acknowledged, and {@code sent ID KEY N} as the service that
 * receives it.
 */
final class OutboxWriterMain {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final int KEYS = 5;

  private OutboxWriterMain() {}

  public static void main(String[] args) throws InterruptedException {
    Time time = Time.system();
    Random random = new Random(Long.parseLong(args[2]));
    Gate gate = Gate.inMemory("child", time);
    try (Outbox outbox =
        Outbox.builder(Path.of(args[0]), time).compactFrom(3_000).open()) {
      Drain drain = Drain.of(outbox, gate, RateLimiter.of("child", time), change -> {
        OUT.println("sent " + change.id() + " " + change.key() + " " + change.payload());
        return Outcome.succeeded();
      });
      for (int number = Integer.parseInt(args[1]); !OUT.checkError(); number++) {
        outbox.put("key" + number % KEYS, String.valueOf(number));
        OUT.println("put " + number);
        if (random.nextInt(12) == 0) {
          drain.run();
        }
      }
    }
  }
}
