package io.runbook4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Item;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What a run relies on from every target. Extend it, and give a target and items that it takes; the
 * other methods let more be checked.
 *
 * @param <T> the type of the items' values
 */
public abstract class TargetContract<T> {
  private static final Duration WAIT = Duration.ofSeconds(7);

  /** For adapters' tests to extend. */
  protected TargetContract() {}

  /** {@return a target whose service works} */
  protected abstract Target<T> target() throws Exception;

  /**
   * {@return items that the service takes, no key twice; at least two, and as many as a chunk holds
   * to have a full chunk checked}
   */
  protected abstract List<Item<T>> sampleItems();

  /** {@return an item whose data the service refuses; empty if it refuses none} */
  protected Optional<Item<T>> badItem() {
    return Optional.empty();
  }

  /**
   * {@return a target whose service throttles the first call only, and asks to wait that long;
   * empty if it never throttles} A target that tries again by itself is found out by its success.
   */
  protected Optional<Target<T>> throttled(Duration retryAfter) throws Exception {
    return Optional.empty();
  }

  /**
   * {@return a target whose service takes the first call and never answers it; empty if that cannot
   * be staged}
   */
  protected Optional<Target<T>> unanswering() throws Exception {
    return Optional.empty();
  }

  /** {@return a key that the service does not know, of the right form} */
  protected String unknownKey() {
    return "no-such-key";
  }

  /** Applies all sample items, in as few chunks as the target allows. */
  @Test
  @DisplayName("every good item is reported as applied, and no other item")
  public void apply_goodItems_reportsEachAndNoOther() throws Exception {
    Target<T> target = target();
    List<Item<T>> items = sampleItems();
    assertThat(items).as("sampleItems()").hasSizeGreaterThan(1);

    int most = Math.min(items.size(), target.maxChunk());
    for (int from = 0; from < items.size(); from += most) {
      List<Item<T>> part = items.subList(from, Math.min(items.size(), from + most));
      assertAllApplied(part, target.apply(chunk("contract-" + from, part)));
    }
  }

  /** Applies one item. */
  @Test
  @DisplayName("a chunk may hold one item")
  public void apply_oneItem_reportsIt() throws Exception {
    List<Item<T>> one = sampleItems().subList(0, 1);

    assertAllApplied(one, target().apply(chunk("contract-one", one)));
  }

  /** Applies a full chunk. */
  @Test
  @DisplayName("a chunk may hold maxChunk items")
  public void apply_maxChunkItems_reportsEach() throws Exception {
    Target<T> target = target();
    int most = target.maxChunk();
    assertThat(most).as("maxChunk()").isPositive();
    assumeThat(most).as("the target bounds its chunks").isNotEqualTo(Integer.MAX_VALUE);
    assumeThat(sampleItems().size())
        .as("sample items for a full chunk")
        .isGreaterThanOrEqualTo(most);
    List<Item<T>> full = sampleItems().subList(0, most);

    assertAllApplied(full, target.apply(chunk("contract-full", full)));
  }

  /** Applies an item that the service refuses. */
  @Test
  @DisplayName("a bad item fails with a kind and a message")
  public void apply_badItem_failsWithAKind() throws Exception {
    Item<T> bad = assumed(badItem(), "a bad item");

    Failure failure = refusal(target(), List.of(bad), bad.key());

    assertThat(failure.kind()).as("kind of %s", failure).isNotEqualTo(FailureKind.UNKNOWN);
    assertThat(failure.message()).as("message").isNotBlank();
  }

  /** Applies a bad item among good ones. */
  @Test
  @DisplayName("a bad item among good ones fails, and each good one is reported")
  public void apply_badItemAmongGood_failsTheBadOne() throws Exception {
    Item<T> bad = assumed(badItem(), "a bad item");
    Target<T> target = target();
    assumeThat(target.maxChunk()).as("items in a chunk").isGreaterThan(1);
    List<Item<T>> both = List.of(sampleItems().get(0), bad);

    ChunkResult result = applied(target, chunk("contract-mixed", both));

    assertThat(result.outcome(bad.key()).orElseThrow())
        .as("outcome of the bad item")
        .isInstanceOf(Outcome.Failed.class);
    assertThat(result.outcome(both.get(0).key())).as("outcome of the good item").isPresent();
    assertNoInventedKey(both, result);
  }

  /** Is throttled once. */
  @Test
  @DisplayName("a throttled call says how long to wait, and is not tried again by the target")
  public void apply_throttled_reportsTheWait() throws Exception {
    Target<T> target = assumed(throttled(WAIT), "a way to be throttled");
    Item<T> item = sampleItems().get(0);

    Failure failure = refusal(target, List.of(item), item.key());

    assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
    assertThat(failure.retryAfter()).as("retryAfter").contains(WAIT);
  }

  /** Gets no answer. */
  @Test
  @DisplayName("an unanswered call leaves every item in doubt")
  public void apply_unanswered_leavesItemsInDoubt() throws Exception {
    Target<T> target = assumed(unanswering(), "a way to lose an answer");
    List<Item<T>> items = sampleItems().subList(0, 1);
    ChunkResult result;
    try {
      result = target.apply(chunk("contract-lost", items));
    } catch (FailureException e) {
      throw new AssertionError("a FailureException says that nothing was applied", e);
    } catch (RuntimeException e) {
      return; // an exception of any other kind says in doubt too
    }

    assertThat(result.outcome(items.get(0).key()).orElseThrow())
        .isInstanceOf(Outcome.InDoubt.class);
  }

  /** Applies the same chunk twice. */
  @Test
  @DisplayName("an idempotent target takes the same chunk again")
  public void apply_sameChunkTwice_succeedsTwice() throws Exception {
    Target<T> target = target();
    assumeThat(target.isIdempotent()).as("the target is idempotent").isTrue();
    List<Item<T>> one = sampleItems().subList(0, 1);

    assertAllApplied(one, target.apply(chunk("contract-again", one)));
    assertAllApplied(one, target.apply(chunk("contract-again", one)));
  }

  /** Verifies an item that was applied, and one that was not. */
  @Test
  @DisplayName("verify answers for the keys asked for, and never denies what was applied")
  public void verify_appliedAndUnknown_tellsThemApart() throws Exception {
    Target<T> target = target();
    List<Item<T>> items = sampleItems().subList(0, 1);
    String key = items.get(0).key();
    assertAllApplied(items, target.apply(chunk("contract-verify", items)));

    Optional<Map<String, Target.Verdict>> verdicts = target.verify(List.of(key, unknownKey()));

    assumeThat(verdicts).as("the target can verify").isPresent();
    Map<String, Target.Verdict> found = verdicts.orElseThrow();
    assertThat(found.keySet()).isSubsetOf(key, unknownKey());
    assertThat(found.getOrDefault(key, Target.Verdict.UNKNOWN))
        .as("verdict on an applied item")
        .isNotEqualTo(Target.Verdict.ABSENT);
    assertThat(found.getOrDefault(unknownKey(), Target.Verdict.UNKNOWN))
        .as("verdict on an unknown item")
        .isNotEqualTo(Target.Verdict.APPLIED);
  }

  /** Asks for the limit's name. */
  @Test
  @DisplayName("the limit has a name, always the same")
  public void service_always_isTheSameName() throws Exception {
    assertThat(target().service()).isNotNull().isEqualTo(target().service());
  }

  private static <T> Chunk<T> chunk(String idempotencyKey, List<Item<T>> items) {
    return Chunk.of(
        idempotencyKey,
        items.stream().map(Item::key).toList(),
        items.stream().map(Item::value).toList());
  }

  private static <R> R assumed(Optional<R> value, String what) {
    assumeThat(value).as("the test offers %s", what).isPresent();
    return value.orElseThrow();
  }

  /** A thrown failure means the same as a refusal. */
  private static <T> ChunkResult applied(Target<T> target, Chunk<T> chunk)
      throws InterruptedException {
    try {
      return target.apply(chunk);
    } catch (FailureException e) {
      return ChunkResult.refused(e.failure());
    }
  }

  private static <T> Failure refusal(Target<T> target, List<Item<T>> items, String key)
      throws InterruptedException {
    ChunkResult result = applied(target, chunk("contract-refused", items));
    assertNoInventedKey(items, result);
    Outcome outcome = result
        .outcome(key)
        .orElseThrow(() -> new AssertionError("no outcome for " + key + " in " + result));
    assertThat(outcome).as("outcome of %s", key).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome).failure();
  }

  private static <T> void assertAllApplied(List<Item<T>> items, ChunkResult result) {
    for (Item<T> item : items) {
      Stream<Outcome> outcome = result.outcome(item.key()).stream();
      assertThat(outcome)
          .as("outcome of %s", item.key())
          .singleElement()
          .isInstanceOfAny(Outcome.Succeeded.class, Outcome.Skipped.class);
    }
    assertNoInventedKey(items, result);
  }

  private static <T> void assertNoInventedKey(List<Item<T>> items, ChunkResult result) {
    assertThat(items.stream().map(Item::key).toList())
        .as("keys sent")
        .containsAll(result.reported().keySet());
  }
}
