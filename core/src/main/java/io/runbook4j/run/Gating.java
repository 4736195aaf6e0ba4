package io.runbook4j.run;

import io.runbook4j.gate.Gate;
import io.runbook4j.gate.Outbox;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a job does about a gate. Immutable.
 *
 * @param gate what is asked before an item is sent; empty if everything may leave
 * @param whileClosed what a run does while nothing may leave, unless it defers
 * @param deferral where the items go that are kept in
 * @param shutsOnCorruption whether a run that finds corruption makes the gate local-only
 */
record Gating<T>(
    Optional<Gate> gate,
    WhileClosed whileClosed,
    Optional<Deferral<T>> deferral,
    boolean shutsOnCorruption) {

  /** Where the items go that the gate keeps in, and how they are written. */
  record Deferral<T>(Outbox outbox, Function<? super T, String> payload) {
    Deferral {
      Objects.requireNonNull(outbox, "outbox");
      Objects.requireNonNull(payload, "payload");
    }
  }

  static <T> Gating<T> none() {
    return new Gating<>(Optional.empty(), WhileClosed.STOP, Optional.empty(), false);
  }

  Gating<T> gate(Gate gate) {
    return new Gating<>(Optional.of(gate), whileClosed, deferral, shutsOnCorruption);
  }

  Gating<T> whileClosed(WhileClosed whileClosed) {
    return new Gating<>(gate, whileClosed, deferral, shutsOnCorruption);
  }

  Gating<T> deferral(Deferral<T> deferral) {
    return new Gating<>(gate, whileClosed, Optional.of(deferral), shutsOnCorruption);
  }

  Gating<T> shuttingOnCorruption() {
    return new Gating<>(gate, whileClosed, deferral, true);
  }

  /**
   * {@return the same}
   *
   * @throws IllegalStateException if the parts do not fit
   */
  Gating<T> checked(String job) {
    if (gate.isEmpty() && (deferral.isPresent() || shutsOnCorruption)) {
      throw new IllegalStateException("job " + job + " must have a gate to "
          + (deferral.isPresent() ? "defer items" : "be local-only") + ": gate(..) was not called");
    }
    return this;
  }
}
