package io.runbook4j.gate;

import io.runbook4j.gate.GateState.Cause;
import io.runbook4j.gate.GateState.LocalOnly;
import io.runbook4j.gate.GateState.Ramping;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What a gate looks at but does not own: the switch file, the flags, and the ramp's guard.
 *
 * @param failing which of them threw when they were last asked
 */
record Outside(
    String gate,
    Optional<SwitchFile> switchFile,
    List<GateFlag> flags,
    Guard guard,
    Set<Object> failing) {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

  /** Asks all of them. No lock is held meanwhile. */
  Sight look(Book book) {
    Optional<Off> off = switchFile
        .flatMap(SwitchFile::reason)
        .map(reason -> new Off(Cause.SWITCH_FILE, "switch file", reason));
    GateFlag.Answer answer = GateFlag.Answer.ALLOW;
    for (GateFlag flag : flags) {
      GateFlag.Answer own = ask(flag);
      answer = own.compareTo(answer) > 0 ? own : answer;
      if (own == GateFlag.Answer.LOCAL_ONLY && off.isEmpty()) {
        off = Optional.of(new Off(Cause.FLAG, "flag", shortened(flag.name() + " says local-only")));
      }
    }
    Guard.Verdict verdict =
        book.state() instanceof Ramping ramping ? judge(ramping.step()) : Guard.Verdict.pass();
    return new Sight(off, answer != GateFlag.Answer.ALLOW, verdict);
  }

  private GateFlag.Answer ask(GateFlag flag) {
    try {
      GateFlag.Answer answer = Objects.requireNonNull(flag.ask(), "the flag's answer");
      failing.remove(flag);
      return answer;
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      warn(flag, "Gate flag failed, a ramp is held.", e);
      return GateFlag.Answer.HOLD;
    }
  }

  private Guard.Verdict judge(Guard.Step step) {
    try {
      Guard.Verdict verdict = guard.judge(step);
      failing.remove(guard);
      return verdict;
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      warn(guard, "Gate guard failed, the ramp is held.", e);
      return Guard.Verdict.stay("the guard failed: " + e);
    }
  }

  /** Warns once, until it works again. */
  private void warn(Object who, String what, Throwable e) {
    LOG.atLevel(failing.add(who) ? Level.WARN : Level.DEBUG)
        .setCause(e)
        .log("{} gate={} class={}", what, gate, who.getClass());
  }

  /** Throws if the switch file or a flag keeps the gate local-only now. */
  void refuseIfOff() {
    look(Book.fresh(Instant.EPOCH)).off().ifPresent(off -> {
      throw new IllegalStateException("Gate " + gate + " is kept local-only by its " + off.who()
          + ": " + off.reason() + ". Nothing was changed. Remove the cause first; the gate then"
          + " ramps up by itself.");
    });
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), 500));
  }

  /** Who keeps the gate local-only, and why. */
  record Off(Cause cause, String who, String reason) {
    Order order() {
      return Order.of(who, reason);
    }
  }

  /**
   * What was seen.
   *
   * @param off who keeps the gate local-only
   * @param holds whether no ramp may start or go on
   * @param verdict the guard's
   */
  record Sight(Optional<Off> off, boolean holds, Guard.Verdict verdict) {
    /** {@return what follows for a book whose counts are up to date; the same if nothing does} */
    Book next(Book book, Ramp ramp, Instant now, Supplier<String> freshId) {
      if (off.isPresent()) {
        return off(book, off.get(), now);
      }
      if (book.state() instanceof LocalOnly local) {
        return back(book, local, now, ramp, freshId);
      }
      return book.state() instanceof Ramping ramping ? on(book, ramping, ramp, now) : book;
    }

    private static Book off(Book book, Off off, Instant now) {
      return book.state() instanceof LocalOnly
          ? book
          : book.localOnly(now, off.order(), off.cause());
    }

    private Book back(
        Book book, LocalOnly local, Instant now, Ramp ramp, Supplier<String> freshId) {
      boolean isLifted = local.cause() == Cause.SWITCH_FILE || local.cause() == Cause.FLAG;
      boolean isOver = local.rampsAt().map(at -> !now.isBefore(at)).orElse(false);
      if (holds || !(isLifted || isOver)) {
        return book;
      }
      String reason = isLifted ? "no longer kept in by: " : "the time is over of: ";
      return book.rampAgain(now, shortened(reason + local.order().reason()), freshId.get(), ramp);
    }

    private Book on(Book book, Ramping ramping, Ramp ramp, Instant now) {
      return switch (verdict.kind()) {
        case BREACH -> book.breach(now, verdict.reason(), ramp);
        case STAY -> book;
        case PASS ->
          !holds && ramp.isEnough(ramping.step(), book.breaches())
              ? book.nextStep(now, ramping, ramp)
              : book;
      };
    }
  }
}
