package io.runbook4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Item;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** Calls targets, and says in words what is wrong with an answer. */
final class TargetCalls {
  private TargetCalls() {}

  /** {@return the answer, which is about no other items than these} */
  static <T> ChunkResult apply(Target<T> target, String idempotencyKey, List<Item<T>> items)
      throws InterruptedException {
    ChunkResult result = target.apply(Chunk.of(
        idempotencyKey,
        items.stream().map(Item::key).toList(),
        items.stream().map(Item::value).toList()));
    assertThat(result).as("the result of apply, which must not be null").isNotNull();
    List<String> invented = new ArrayList<>(result.reported().keySet());
    items.forEach(item -> invented.remove(item.key()));
    assertThat(invented)
        .as("keys that apply reported though they were not in its chunk of %d items", items.size())
        .isEmpty();
    return result;
  }

  /** A thrown failure means the same as a refusal. */
  static <T> ChunkResult applyOrRefuse(Target<T> target, String idempotencyKey, List<Item<T>> items)
      throws InterruptedException {
    try {
      return apply(target, idempotencyKey, items);
    } catch (FailureException e) {
      return ChunkResult.refused(e.failure());
    }
  }

  /** {@return as {@link #apply}, with every item a success} */
  static <T> ChunkResult applyAll(Target<T> target, String idempotencyKey, List<Item<T>> items)
      throws InterruptedException {
    ChunkResult result = apply(target, idempotencyKey, items);
    for (Item<T> item : items) {
      assertThat(outcome(result, item))
          .as("outcome of %s", item.key())
          .isInstanceOfAny(Outcome.Succeeded.class, Outcome.Skipped.class);
    }
    return result;
  }

  static <T> Outcome outcome(ChunkResult result, Item<T> item) {
    return result
        .outcome(item.key())
        .orElseThrow(() -> new AssertionError("apply must report every item of its chunk, said "
            + "nothing of \"" + item.key() + "\" in " + result));
  }

  static <T> Failure failure(ChunkResult result, Item<T> item) {
    Outcome outcome = outcome(result, item);
    assertThat(outcome).as("outcome of %s", item.key()).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome).failure();
  }

  /** A chunk that is refused as a whole for one bad item must be one that the run bisects. */
  static void assertFindsTheBadItem(ChunkResult result, Item<?> bad) {
    Failure failure = failure(result, bad);
    assertThat(failure.kind())
        .as("kind of %s, which no reaction can be chosen for", failure)
        .isNotEqualTo(FailureKind.UNKNOWN);
    if (result.isWholeCall()) {
      assertThat(failure.kind())
          .as(
              "kind for which the whole chunk was refused because of the bad item \"%s\": for any"
                  + " but these the run does not bisect, and every good item of the chunk fails"
                  + " with the bad one; report the bad item by its key, or refuse with one of"
                  + " these",
              bad.key())
          .isIn(ofTheData());
    }
  }

  /** An answer by key settles each item: a good one must not fail as if its own data were bad. */
  static void assertSparesTheGoodItem(ChunkResult result, Item<?> good) {
    Outcome outcome = outcome(result, good);
    if (!result.isWholeCall() && outcome instanceof Outcome.Failed failed) {
      assertThat(failed.failure().kind())
          .as(
              "kind of %s, with which the good item \"%s\" was reported because of the bad one"
                  + " beside it: the run bisects no answer by key, and the good item fails; report"
                  + " the bad item alone, or refuse the whole call (ChunkResult.refused)",
              failed.failure(), good.key())
          .isNotIn(ofTheData());
    }
  }

  private static List<FailureKind> ofTheData() {
    return Stream.of(FailureKind.values()).filter(FailureKind::isOfTheData).toList();
  }

  /**
   * Makes the calls at once, each on a thread that ends with it: so a thread that has waited on a
   * virtual time holds up no other.
   */
  static <R> List<R> together(List<Callable<R>> calls) throws Exception {
    CountDownLatch ready = new CountDownLatch(calls.size());
    List<FutureTask<R>> tasks = new ArrayList<>();
    for (Callable<R> call : calls) {
      tasks.add(new FutureTask<>(() -> {
        ready.countDown();
        ready.await();
        return call.call();
      }));
    }
    for (FutureTask<R> task : tasks) {
      Thread thread = new Thread(task, "contract");
      thread.setDaemon(true);
      thread.start();
    }
    List<R> results = new ArrayList<>();
    for (FutureTask<R> task : tasks) {
      results.add(result(task));
    }
    return results;
  }

  private static <R> R result(FutureTask<R> task) throws Exception {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError failed) {
        throw failed;
      }
      if (e.getCause() instanceof TestAbortedException skipped) {
        throw skipped;
      }
      throw new AssertionError("a call from one of several threads threw " + e.getCause(), e);
    }
  }
}
