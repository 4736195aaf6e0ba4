package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.gate.GateState.Cause;
import io.runbook4j.gate.GateState.LocalOnly;
import io.runbook4j.gate.GateState.Ramping;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A flag keeps a gate local-only, or holds its ramp, and never opens it. */
class GateFlagTest {
  private static final Order ANN = Order.of("ann", "corruption");
  private static final Duration HOLD = Duration.ofMinutes(10);

  private final VirtualTime time = VirtualTime.builder().build();
  private GateFlag.Answer flag = GateFlag.Answer.ALLOW;
  private final Gate gate = Gate.builder("sync", time).flag(() -> flag).build();

  private int percent() {
    return gate.state() instanceof Ramping ramping ? ramping.step().percent() : -1;
  }

  private LocalOnly localOnly() {
    return (LocalOnly) gate.state();
  }

  @Test
  void flag_localOnly_withinASecondAndRampsUpWhenItAllowsAgain() {
    assertThat(gate.allows("a")).isTrue();
    flag = GateFlag.Answer.LOCAL_ONLY;
    time.advance(Duration.ofSeconds(1));

    assertThat(gate.allows("a")).isFalse();
    assertThat(localOnly().cause()).isEqualTo(Cause.FLAG);
    flag = GateFlag.Answer.HOLD;
    time.advance(HOLD);
    assertThat(gate.isLocalOnly()).isTrue();
    flag = GateFlag.Answer.ALLOW;
    time.advance(Duration.ofSeconds(1));
    assertThat(percent()).isEqualTo(10);
  }

  @Test
  void flag_localOnlyDuringARamp_endsIt() {
    gate.ramp(ANN);
    flag = GateFlag.Answer.LOCAL_ONLY;
    time.advance(Duration.ofSeconds(1));

    assertThat(IntStream.range(0, 1_000).filter(i -> gate.allows("key" + i))).isEmpty();
    assertThat(localOnly().cause()).isEqualTo(Cause.FLAG);
  }

  @Test
  void flag_allows_neverOverridesALocalOrder() {
    flag = GateFlag.Answer.LOCAL_ONLY;
    time.advance(Duration.ofSeconds(1));
    assertThat(localOnly().cause()).isEqualTo(Cause.FLAG);
    gate.localOnly(ANN);
    flag = GateFlag.Answer.ALLOW;
    time.advance(Duration.ofDays(1));

    assertThat(gate.isLocalOnly()).isTrue();
    assertThat(localOnly().order()).isEqualTo(ANN);
  }

  @Test
  void flag_holds_aRampOnly() {
    flag = GateFlag.Answer.HOLD;
    time.advance(Duration.ofSeconds(1));
    assertThat(gate.allows("a")).isTrue();
    gate.ramp(ANN);
    gate.report(500, 0);
    time.advance(HOLD);
    assertThat(percent()).isEqualTo(10);

    flag = GateFlag.Answer.ALLOW;
    time.advance(Duration.ofSeconds(1));

    assertThat(percent()).isEqualTo(50);
  }

  @Test
  void flag_fails_countsAsHold() {
    Gate flagged = Gate.builder("g", time)
        .flag(() -> {
          throw new IllegalStateException("provider is down");
        })
        .build();
    assertThat(flagged.allows("a")).isTrue();
    flagged.ramp(ANN);
    flagged.report(500, 0);
    time.advance(HOLD);

    assertThat(flagged.state().text()).contains("at 10 %");
  }

  @Test
  @SuppressWarnings("NullAway") // a host without null checks
  void flag_answersNull_countsAsHold() {
    Gate flagged = Gate.builder("g", time).flag(() -> null).build();
    assertThat(flagged.allows("a")).isTrue();
    flagged.ramp(ANN);
    flagged.report(500, 0);
    time.advance(HOLD);

    assertThat(flagged.state().text()).contains("at 10 %");
  }

  @Test
  void open_flagSaysLocalOnly_isRefusedWithTheCause() {
    flag = GateFlag.Answer.LOCAL_ONLY;

    assertThatIllegalStateException()
        .isThrownBy(() -> gate.open(ANN))
        .withMessageContaining("Gate sync is kept local-only by its flag");
    assertThatIllegalStateException().isThrownBy(() -> gate.ramp(ANN));
  }

  @Test
  void awaitAllowed_flagAllowsLater_isSeenWithoutAnotherCaller() throws InterruptedException {
    flag = GateFlag.Answer.LOCAL_ONLY;
    time.advance(Duration.ofSeconds(1));
    assertThat(gate.isLocalOnly()).isTrue();
    String key = firstOfTheRamp();
    time.executor().execute(() -> {
      time.advance(Duration.ofMinutes(3));
      flag = GateFlag.Answer.ALLOW;
    });

    assertThat(gate.awaitAllowed(key, Duration.ofHours(1))).isTrue();

    assertThat(time.elapsed()).isBetween(Duration.ofSeconds(180), Duration.ofSeconds(183));
    time.runToIdle();
  }

  /** The ramp's id has its start in it; one of these keys is in any 10 %, within three seconds. */
  private String firstOfTheRamp() {
    return IntStream.range(0, 100_000)
        .mapToObj(i -> "k" + i)
        .filter(key -> IntStream.rangeClosed(180, 183)
            .allMatch(s ->
                Simulation.bucket("sync@" + VirtualTime.builder().build().now().plusSeconds(s), key)
                    < 1_000))
        .findFirst()
        .orElseThrow();
  }
}
