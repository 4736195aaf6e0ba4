package io.runbook4j.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTime time = VirtualTime.startingAt(Instant.EPOCH);
  private final List<HealthCheck> open = new ArrayList<>();
  private int asked;

  @AfterEach
  void closeAll() {
    open.forEach(HealthCheck::close);
    time.runToIdle();
  }

  @Test
  void await_healthyService_isReadyAfterThreeAnswersFiveSecondsApart() throws Exception {
    HealthCheck check = check(true, Status.HEALTHY);

    WarmUp.Result result = check.await(WarmUp.defaults());

    assertThat(result).isEqualTo(new WarmUp.Result(true, Duration.ofSeconds(10), ""));
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void await_failureInBetween_countsAnew() throws Exception {
    HealthCheck check =
        check(true, Status.HEALTHY, Status.HEALTHY, Status.DEGRADED, Status.HEALTHY);

    WarmUp.Result result = check.await(WarmUp.defaults());

    assertThat(result.isReady()).isTrue();
    assertThat(result.waited()).isEqualTo(Duration.ofSeconds(25));
    assertThat(asked).isEqualTo(6);
  }

  @Test
  void await_serviceThatStaysDown_endsInTimeAndSaysWhy() throws Exception {
    HealthCheck check = check(true, Status.HEALTHY, Status.UNHEALTHY);

    WarmUp.Result result = check.await(new WarmUp(2, SECOND, MINUTE));

    assertThat(result.isReady()).isFalse();
    assertThat(result.waited()).isEqualTo(MINUTE);
    assertThat(result.why()).isEqualTo("crm was healthy 0 of 2 times in a row (HTTP 503)");
    assertThat(asked).isEqualTo(60);
  }

  @Test
  void await_serviceThatHangs_endsInTimeAndSaysWhy() throws Exception {
    HealthCheck check = start(HealthCheck.builder().probe("crm", () -> {
      time.sleep(Duration.ofDays(1));
      return new Health(Status.HEALTHY, SECOND, "");
    }));

    WarmUp.Result result = check.await(new WarmUp(1, SECOND, MINUTE));

    assertThat(result.waited()).isEqualTo(MINUTE);
    assertThat(result.why()).contains("crm was healthy 0 of 1", "no answer within 10000 ms");
  }

  @Test
  void await_advisoryProbeThatIsDown_isNotWaitedFor() throws Exception {
    HealthCheck check = check(false, Status.UNHEALTHY);

    assertThat(check.await(WarmUp.defaults()).isReady()).isTrue();
  }

  @Test
  void await_longHealthyService_isReadyAtOnce() throws Exception {
    HealthCheck check = check(true, Status.HEALTHY);
    time.advance(MINUTE.multipliedBy(5));

    assertThat(check.await(WarmUp.defaults()).waited()).isZero();
  }

  @Test
  void await_closedMeanwhile_endsAtOnce() throws Exception {
    HealthCheck check = check(true, Status.UNHEALTHY);
    time.executor().execute(() -> {
      sleep(Duration.ofSeconds(7));
      check.close();
    });

    WarmUp.Result result = check.await(WarmUp.defaults());

    assertThat(result.waited()).isEqualTo(Duration.ofSeconds(7));
    assertThat(result.why()).startsWith("the health check was closed; crm was healthy 0 of 3");
  }

  @Test
  void badInput_isRefusedByNameAndValue() {
    HealthCheck notStarted = HealthCheck.builder().time(time).build();

    assertThatThrownBy(() -> notStarted.await(WarmUp.defaults()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new WarmUp(0, SECOND, SECOND))
        .hasMessage("healthyInARow must be at least 1, was 0");
    assertThatThrownBy(() -> new WarmUp(1, Duration.ZERO, SECOND))
        .hasMessage("every must be positive, was PT0S");
    assertThatThrownBy(() -> new WarmUp(1, SECOND, SECOND.negated()))
        .hasMessage("atMost must be positive, was PT-1S");
  }

  private void sleep(Duration duration) {
    try {
      time.sleep(duration);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Answers as given, and the last one from then on. */
  private HealthCheck check(boolean isNeeded, Status... answers) {
    HealthCheck.Builder builder = HealthCheck.builder();
    return start(
        isNeeded
            ? builder.probe("crm", () -> next(answers))
            : builder.advisory("crm", () -> next(answers)));
  }

  private Health next(Status... answers) {
    Status status = answers[Math.min(asked++, answers.length - 1)];
    return new Health(status, SECOND, status == Status.HEALTHY ? "fine" : "HTTP 503");
  }

  private HealthCheck start(HealthCheck.Builder builder) {
    HealthCheck check = builder.time(time).executor(time.executor()).build();
    open.add(check);
    check.start();
    return check;
  }
}
