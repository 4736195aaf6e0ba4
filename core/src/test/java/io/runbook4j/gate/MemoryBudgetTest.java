package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.spi.transfer.Transfer;
import io.runbook4j.spi.transfer.TransferBudget.Grant;
import io.runbook4j.spi.transfer.TransferRule;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryBudgetTest {
  private static final Duration LONG = Duration.ofDays(1);

  private final VirtualTime time = VirtualTime.builder().build();
  private final MemoryBudget budget = MemoryBudget.of(100, time);

  private void takes(String name, long bytes, Duration held, List<String> order) {
    time.executor().execute(() -> {
      try (Grant grant = budget.acquire(bytes, LONG).orElseThrow()) {
        order.add(name + "@" + time.elapsed().toSeconds());
        assertThat(grant.bytes()).isEqualTo(bytes);
        time.sleep(held);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
  }

  @Test
  void acquire_noRoom_waitsInTheOrderOfAsking() {
    List<String> order = new ArrayList<>();
    takes("a", 60, Duration.ofSeconds(10), order);
    takes("b", 70, Duration.ofSeconds(10), order);
    takes("c", 1, Duration.ofSeconds(10), order); // would fit, and does not overtake
    takes("d", 30, Duration.ofSeconds(10), order);
    time.runToIdle();

    assertThat(order).containsExactly("a@0", "b@10", "c@10", "d@20");
    assertThat(budget.free()).isEqualTo(100);
  }

  @Test
  void close_twice_givesBackOnce() {
    Grant grant = budget.tryAcquire(40).orElseThrow();
    assertThat(budget.tryAcquire(50)).isPresent();

    grant.close();
    grant.close();

    assertThat(budget.free()).isEqualTo(50);
    assertThat(budget.tryAcquire(51)).isEmpty();
    assertThat(budget.tryAcquire(50)).isPresent();
  }

  @Test
  void acquire_noRoomInTime_leavesTheLine() {
    List<String> order = new ArrayList<>();
    Grant held = budget.tryAcquire(60).orElseThrow();
    time.executor().execute(() -> {
      try {
        order.add(
            budget.acquire(90, Duration.ofSeconds(3)) + "@" + time.elapsed().toSeconds());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
    takes("small", 40, Duration.ZERO, order);
    time.runToIdle();

    assertThat(order).containsExactly("Optional.empty@3", "small@3");
    held.close();
    assertThat(budget.free()).isEqualTo(100);
  }

  @Test
  void shrinkTo_less_letsTheNextIn() {
    List<String> order = new ArrayList<>();
    Grant held = budget.tryAcquire(90).orElseThrow();
    takes("next", 70, Duration.ZERO, order);
    time.advance(Duration.ofSeconds(1));

    held.shrinkTo(95);
    assertThat(order).isEmpty();
    held.shrinkTo(30);
    time.runToIdle();

    assertThat(order).containsExactly("next@1");
    assertThat(held.bytes()).isEqualTo(30);
    assertThat(budget.free()).isEqualTo(70);
    held.close();
    held.shrinkTo(10);
    assertThat(held.bytes()).isZero();
    assertThat(budget.free()).isEqualTo(100);
  }

  @Test
  void acquire_moreThanAll_saysToStream() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> budget.acquire(101, LONG))
        .withMessage("bytes must be at least 0 and at most the whole budget of 100 (stream what is"
            + " larger), was 101");
    assertThatIllegalArgumentException().isThrownBy(() -> budget.tryAcquire(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> MemoryBudget.of(0, time));
  }

  @Test
  void acquire_interrupted_takesNothingAndLetsOthersUp() throws InterruptedException {
    Grant held = budget.acquire(60, LONG).orElseThrow();
    List<String> order = new ArrayList<>();
    time.executor().execute(() -> {
      Thread.currentThread().interrupt();
      try {
        budget.acquire(90, LONG);
        order.add("not interrupted");
      } catch (InterruptedException e) {
        order.add("interrupted");
      }
    });
    takes("small", 40, Duration.ZERO, order);
    time.advance(Duration.ofSeconds(1));

    assertThat(order).containsExactly("interrupted", "small@0");
    held.close();
    assertThat(budget.free()).isEqualTo(100);
    time.runToIdle();
  }

  @Test
  void acquire_crowd_neverHoldsMoreThanTheBudget() {
    for (long seed = 1; seed <= 50; seed++) {
      VirtualTime crowd = VirtualTime.builder().seed(seed).build();
      MemoryBudget shared = MemoryBudget.of(1_000, crowd);
      AtomicLong held = new AtomicLong();
      Random random = new Random(seed);
      for (int i = 0; i < 12; i++) {
        long bytes = random.nextInt(1_001);
        int millis = random.nextInt(50);
        crowd.executor().execute(() -> hold(crowd, shared, held, bytes, millis));
      }
      crowd.runToIdle();
      assertThat(shared.free()).as("seed " + seed).isEqualTo(1_000);
    }
  }

  private static void hold(
      VirtualTime crowd, MemoryBudget shared, AtomicLong held, long bytes, int millis) {
    try {
      for (int round = 0; round < 5; round++) {
        try (Grant grant = shared.acquire(bytes, LONG).orElseThrow()) {
          assertThat(held.addAndGet(grant.bytes())).isLessThanOrEqualTo(1_000);
          crowd.sleep(Duration.ofMillis(millis));
          held.addAndGet(-bytes);
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10000000, BUFFERED",
    "10000001, STREAMED",
    "0, BUFFERED",
    "9223372036854775807, STREAMED"
  })
  void ofLength_bytes_decideAtTenMegabytes(long bytes, Transfer expected) {
    assertThat(TransferRule.defaults().ofLength(OptionalLong.of(bytes))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 10000, BUFFERED",
    "1001, 0, STREAMED",
    "1000, 10001, STREAMED",
    "1, 10000000, BUFFERED",
    "0, 9223372036854775807, BUFFERED",
    "9223372036854775807, 9223372036854775807, STREAMED"
  })
  void ofRecords_countTimesMean_decides(long count, long mean, Transfer expected) {
    assertThat(TransferRule.defaults().ofRecords(count, mean)).isEqualTo(expected);
  }

  @Test
  void rule_unknownOrIncrementalOrAboveTheBudget_isStreamed() {
    TransferRule rule = TransferRule.defaults();

    assertThat(rule.ofLength(OptionalLong.empty())).isEqualTo(Transfer.STREAMED);
    assertThat(rule.ofLength(OptionalLong.of(-1))).isEqualTo(Transfer.STREAMED);
    assertThat(TransferRule.incremental().ofLength(OptionalLong.of(1)))
        .isEqualTo(Transfer.STREAMED);
    assertThat(TransferRule.incremental().ofRecords(1, 0)).isEqualTo(Transfer.STREAMED);
    TransferRule within = rule.within(budget.total());
    assertThat(within.ofLength(OptionalLong.of(100))).isEqualTo(Transfer.BUFFERED);
    assertThat(within.ofLength(OptionalLong.of(101))).isEqualTo(Transfer.STREAMED);
    assertThat(rule.within(Long.MAX_VALUE)).isEqualTo(rule);
  }

  @Test
  void rule_negative_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TransferRule(-1, 0))
        .withMessage("mostBytes must be at least 0, was -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransferRule.defaults().ofRecords(-1, 0))
        .withMessage("count must be at least 0, was -1");
  }
}
