package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is sent next, and whether it costs the retry budget. */
class WorkloadTest {
  private static final int SIZE = 10;

  private final Scene scene = new Scene();
  private final Workload<String> workload = new Workload<>(new ItemFeed<>(
      Scene.source(10_000),
      ResumePoint.builder().build(),
      true,
      Map.of(),
      new Redaction(new Redactor())));

  private Pending<String> failed(String key) {
    Family family = workload.frontier().open(Position.start(), 1);
    Pending<String> item = new Pending<>(key, key, 1, family, 0);
    item.attempted(Failure.of(FailureKind.SERVER_ERROR, "down"));
    return item;
  }

  @Test
  void topUp_retryWithMoreThatIsDue_staysARetry() {
    Batch<String> retry = Batch.of(List.of(failed("a"))).retryOnly();
    workload.later(failed("b"), scene.time.nanoTime());

    Batch<String> both = workload.topUp(retry, SIZE, scene.time);

    assertThat(both.keys()).containsExactly("a", "b");
    assertThat(both.isRetryOnly()).isTrue();
  }

  @Test
  void topUp_retryIsCut_bothPiecesStayRetries() throws InterruptedException {
    Batch<String> retry = Batch.of(List.of(failed("a"), failed("b"))).retryOnly();

    Batch<String> first = workload.topUp(retry, 1, scene.time);
    Optional<Batch<String>> second = workload.next(1, SIZE, scene.time);

    assertThat(first.isRetryOnly()).isTrue();
    assertThat(second.orElseThrow().keys()).containsExactly("b");
    assertThat(second.orElseThrow().isRetryOnly()).isTrue();
  }

  @Test
  void next_tenChunksOfItemsWaitForARetry_readsNoMore() throws InterruptedException {
    long now = scene.time.nanoTime();
    for (int i = 0; i < 10 * SIZE - 1; i++) {
      workload.later(failed("r" + i), now + 1);
    }

    assertThat(workload.next(SIZE, SIZE, scene.time)).isPresent();
    workload.later(failed("r"), now + 1);
    assertThat(workload.next(SIZE, SIZE, scene.time)).isEmpty();
  }
}
