package io.runbook4j.gate;

import io.runbook4j.gate.GateState.Cause;
import io.runbook4j.gate.GateState.LocalOnly;
import io.runbook4j.gate.GateState.Open;
import io.runbook4j.gate.GateState.Ramping;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a gate remembers, also over a restart. Immutable.
 *
 * @param state what it is
 * @param rampId the newest ramp's; empty before the first one
 * @param breaches how many the newest ramp has had
 */
record Book(GateState state, String rampId, int breaches) {
  static Book fresh(Instant now) {
    return new Book(new Open(now, Order.of("gate", "never switched")), "", 0);
  }

  Book open(Instant now, Order order) {
    return new Book(new Open(now, order), rampId, 0);
  }

  Book localOnly(Instant now, Order order, Cause cause) {
    return new Book(new LocalOnly(now, order, cause, order.until()), rampId, breaches);
  }

  /** Starts a ramp of a person's, who decides anew: whatever came before is forgiven. */
  Book ramp(Instant now, Order order, String id, Ramp ramp) {
    return new Book(ramping(now, order, id, ramp.after(0)), id, 0);
  }

  /** Starts a ramp by itself: the newest one again, if that was breached. */
  Book rampAgain(Instant now, String reason, String freshId, Ramp ramp) {
    String id = breaches > 0 ? rampId : freshId;
    Order order = Order.of("gate", reason);
    return new Book(ramping(now, order, id, ramp.after(0)), id, breaches);
  }

  Book nextStep(Instant now, Ramping from, Ramp ramp) {
    int next = ramp.after(from.step().percent());
    return next == 0
        ? open(now, from.order())
        : new Book(ramping(now, from.order(), rampId, next), rampId, breaches);
  }

  Book breach(Instant now, String reason, Ramp ramp) {
    int count = breaches + 1;
    boolean isLast = count >= ramp.breaches();
    Optional<Instant> rampsAt =
        isLast ? Optional.empty() : Optional.of(now.plus(ramp.holdAfter(count)));
    String text = "breach " + count + " of " + ramp.breaches() + ": " + reason;
    Order order = Order.cut("guard", text);
    return new Book(new LocalOnly(now, order, Cause.BREACH, rampsAt), rampId, count);
  }

  Book counted(Ramping ramping, Guard.Step step) {
    return new Book(new Ramping(ramping.since(), ramping.order(), rampId, step), rampId, breaches);
  }

  private static Ramping ramping(Instant now, Order order, String id, int percent) {
    return new Ramping(now, order, id, new Guard.Step(percent, Duration.ZERO, 0, 0));
  }
}
