package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {
  @Test
  void tryRetry_noCallsYet_allowsTheMinimum() {
    assertThat(retries(RetryBudget.defaults(), 1000)).isEqualTo(50);
  }

  @ParameterizedTest
  @CsvSource({
    "0.2,0,100,20",
    "0.2,10,100,30",
    "1,0,50,50",
    "0.001,0,999,0",
    "0.001,0,1000,1",
    "0,3,1000,3",
    "0,0,1000,0"
  })
  void tryRetry_afterCalls_allowsTheirShare(double share, int minimum, int calls, int allowed) {
    RetryBudget budget = RetryBudget.of(share, minimum);
    calls(budget, calls);

    assertThat(budget.available()).isEqualTo(allowed);
    assertThat(retries(budget, 1000)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({"0,100", "10,100", "50,500"})
  void onCall_longGoodTimes_saveUpToTheBound(int minimum, int most) {
    RetryBudget budget = RetryBudget.of(0.2, minimum);
    calls(budget, 1_000_000);

    assertThat(retries(budget, 10_000)).isEqualTo(most);
  }

  @Test
  void tryRetry_eightThreads_spendsNoTokenTwice() throws Exception {
    RetryBudget budget = RetryBudget.of(1, 100_000);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      tasks.add(() -> {
        calls(budget, 10_000);
        return retries(budget, 200_000);
      });
    }

    int sum = 0;
    for (Future<Integer> task : pool.invokeAll(tasks)) {
      sum += task.get();
    }
    pool.shutdownNow();

    assertThat(sum).isEqualTo(180_000);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void of_shareOutOfRange_namesTheValue(double share) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetryBudget.of(share, 1))
        .withMessage("share must be 0 to 1, was " + share);
  }

  @Test
  void of_negativeMinimum_namesTheValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetryBudget.of(0.5, -1))
        .withMessage("minimum must be 0 to 1000000, was -1");
  }

  private static void calls(RetryBudget budget, int count) {
    for (int i = 0; i < count; i++) {
      budget.onCall();
    }
  }

  private static int retries(RetryBudget budget, int attempts) {
    int granted = 0;
    for (int i = 0; i < attempts; i++) {
      granted += budget.tryRetry() ? 1 : 0;
    }
    return granted;
  }
}
