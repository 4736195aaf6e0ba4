package io.runbook4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a thread of the test's own has the turn. */
@Timeout(60)
final class VirtualTimeTurnTest {
  private final VirtualTime time = VirtualTime.builder().build();

  private Future<String> start() {
    return CompletableFuture.supplyAsync(
        () -> {
          time.advance(Duration.ofHours(1));
          return "done";
        },
        time.executor());
  }

  @Test
  void execute_thenLeave_letsTheTaskRunWhileTheThreadBlocks() throws Exception {
    Future<String> answer = start();
    time.leave();

    assertThat(answer.get()).isEqualTo("done");
    assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void execute_byAThreadThatTookNoPart_givesItTheTurn() {
    time.leave();
    Future<String> answer = start();

    assertThat(answer).isNotDone();
    time.runToIdle();
    assertThat(answer).isDone();
  }
}
