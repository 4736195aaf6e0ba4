package io.runbook4j.run;

import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.RunId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A ledger that forces late: a power cut takes all that nobody asked it to force, but for ends. */
final class UnforcedLedger {
  private final MemoryLedger live = MemoryLedger.create();
  private final MemoryLedger disk = MemoryLedger.create();
  private final List<Runnable> unforced = new ArrayList<>();

  Ledger ledger() {
    return Ledger.class.cast(Proxy.newProxyInstance(
        Ledger.class.getClassLoader(), new Class<?>[] {Ledger.class}, (self, call, arguments) -> {
          try {
            Object answer = call.invoke(live, arguments);
            switch (call.getName()) {
              case "record" -> recorded((RunId) arguments[0], (List<?>) arguments[1]);
              case "force" -> force();
              default -> {}
            }
            return answer;
          } catch (InvocationTargetException e) {
            throw Optional.ofNullable(e.getCause()).orElse(e);
          }
        }));
  }

  private void recorded(RunId run, List<?> list) {
    List<LedgerEntry> entries = list.stream().map(LedgerEntry.class::cast).toList();
    unforced.add(() -> disk.record(run, entries));
    if (entries.stream().anyMatch(RunFinished.class::isInstance)) {
      force();
    }
  }

  private void force() {
    unforced.forEach(Runnable::run);
    unforced.clear();
  }

  /** {@return what a power cut leaves of it} */
  Ledger afterPowerCut() {
    disk.close();
    return disk;
  }
}
