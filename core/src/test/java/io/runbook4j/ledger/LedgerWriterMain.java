package io.runbook4j.ledger;

import static io.runbook4j.ledger.RunFixture.JOB;
import static io.runbook4j.ledger.RunFixture.RUN;
import static io.runbook4j.ledger.RunFixture.begun;
import static io.runbook4j.ledger.RunFixture.done;
import static io.runbook4j.ledger.RunFixture.failed;
import static io.runbook4j.ledger.RunFixture.resumed;
import static io.runbook4j.ledger.RunFixture.started;

import io.runbook4j.spi.ledger.LedgerException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A process of its own: {@code write} records until it is killed, and says of each record when it
 * is acknowledged, or until nobody listens; {@code hold} takes the run and waits; {@code resume}
 * tries to take it.
 */
final class LedgerWriterMain {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private LedgerWriterMain() {}

  public static void main(String[] args) throws IOException {
    try (FileLedger ledger = FileLedger.open(Path.of(args[1]))) {
      switch (args[0]) {
        case "write" -> write(ledger);
        case "hold" -> hold(ledger);
        default -> resume(ledger);
      }
    }
  }

  private static void write(FileLedger ledger) {
    ledger.record(RUN, List.of(started(RUN, JOB)));
    OUT.println("0");
    for (int number = 1; !OUT.checkError(); number++) {
      ledger.record(RUN, List.of(begun(number, "a" + number, "b" + number, "c" + number)));
      ledger.record(RUN, List.of(done(number, failed(1))));
      OUT.println(number);
    }
  }

  private static void hold(FileLedger ledger) throws IOException {
    ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a")));
    OUT.println("held");
    System.in.read();
  }

  private static void resume(FileLedger ledger) {
    try {
      ledger.record(RUN, List.of(resumed()));
      OUT.println("taken");
    } catch (LedgerException e) {
      OUT.println(e.getMessage());
    }
  }
}
