package io.runbook4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

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
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a run relies on from every target. Extend it, and give a target and items that it takes; the
 * other methods let more be checked.
 *
 * <p>Each test runs on a thread of its own and fails after two minutes, so that a target that
 * blocks does not hold up the build; a {@code @Timeout} on your class sets another time. Because of
 * that thread, a {@code @BeforeEach} that waits on a {@link io.runbook4j.testkit.VirtualTime} must
 * {@linkplain io.runbook4j.testkit.VirtualTime#leave leave} it at its end.
 *
 * @param <T> the type of the items' values
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class TargetContract<T> {
  private static final Duration WAIT = Duration.ofSeconds(7);
  private static final int MOST_THREADS = 4;
  private static final int MOST_CALLS = 16;

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

  /**
   * {@return a target whose credential the service refuses until it is refreshed; empty if that
   * cannot be staged}
   */
  protected Optional<Target<T>> expired() throws Exception {
    return Optional.empty();
  }

  /**
   * Counts at the service what applying an item has brought about: the records made, the mails
   * sent, the updates written. With it, a target is found out that says "applied" and does nothing,
   * or says that it is idempotent and is not.
   *
   * @param key the key of one of the sample items
   * @return how often that item has taken effect so far, by any target and test; empty, the
   *     default, if it is not known
   */
  protected OptionalInt effects(String key) throws Exception {
    return OptionalInt.empty();
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
    List<Item<T>> items = samples();

    int most = Math.min(items.size(), target.maxChunk());
    for (int from = 0; from < items.size(); from += most) {
      List<Item<T>> part = items.subList(from, Math.min(items.size(), from + most));
      TargetCalls.applyAll(target, "contract-" + from, part);
    }
  }

  /** Applies one item. */
  @Test
  @DisplayName("a chunk may hold one item")
  public void apply_oneItem_reportsIt() throws Exception {
    TargetCalls.applyAll(target(), "contract-one", oneSample());
  }

  /** Applies a full chunk. */
  @Test
  @DisplayName("a chunk may hold maxChunk items")
  public void apply_maxChunkItems_reportsEach() throws Exception {
    Target<T> target = target();
    int most = target.maxChunk();
    assertThat(most).as("maxChunk()").isPositive();
    assumeThat(most).as("the target bounds its chunks").isNotEqualTo(Integer.MAX_VALUE);
    assumeThat(samples().size()).as("sample items for a full chunk").isGreaterThanOrEqualTo(most);

    TargetCalls.applyAll(target, "contract-full", samples().subList(0, most));
  }

  /** Applies different items from several threads. */
  @Test
  @DisplayName("several threads may apply different chunks at once")
  public void apply_severalThreadsAtOnce_reportsEachItem() throws Exception {
    List<Item<T>> items = samples();
    Target<T> target = TargetCalls.<Target<T>>together(List.of(this::target)).get(0);
    int threads = Math.min(MOST_THREADS, items.size());
    int calls = Math.min(MOST_CALLS, items.size());

    TargetCalls.together(IntStream.range(0, threads)
        .mapToObj(thread -> (Callable<Integer>) () -> {
          for (int i = thread; i < calls; i += threads) {
            TargetCalls.applyAll(target, "contract-at-once-" + i, items.subList(i, i + 1));
          }
          return thread;
        })
        .toList());
  }

  /** Counts what came of an applied item. */
  @Test
  @DisplayName("an item that is reported as applied has taken effect")
  public void apply_reportedAsApplied_hasTakenEffect() throws Exception {
    Item<T> item = oneSample().get(0);
    Target<T> target = target();

    ChunkResult result = TargetCalls.applyAll(target, "contract-effect", List.of(item));

    int effects = countedEffects(item);
    assumeThat(TargetCalls.outcome(result, item)).isInstanceOf(Outcome.Succeeded.class);
    assertThat(effects)
        .as("effects at the service of \"%s\", which was reported as applied", item.key())
        .isPositive();
  }

  /** Applies with the thread's interrupt flag set. */
  @Test
  @DisplayName("an interrupt is thrown, or stays in the thread's flag")
  public void apply_interrupted_keepsTheInterrupt() throws Exception {
    Target<T> target = target();
    List<Item<T>> one = oneSample();
    boolean kept;
    Thread.currentThread().interrupt();
    try {
      TargetCalls.applyOrRefuse(target, "contract-interrupted", one);
      kept = Thread.currentThread().isInterrupted();
    } catch (InterruptedException e) {
      kept = true;
    } catch (RuntimeException e) {
      kept = Thread.currentThread().isInterrupted(); // leaves the item in doubt, which is allowed
    } finally {
      Thread.interrupted(); // the test's own, not to be met by what comes after it
    }

    assertThat(kept)
        .as("whether apply threw InterruptedException or left the thread interrupted")
        .isTrue();
  }

  /** Applies an item that the service refuses. */
  @Test
  @DisplayName("a bad item fails with a kind and a message")
  public void apply_badItem_failsWithAKind() throws Exception {
    Item<T> bad = assumed(badItem(), "a bad item");

    ChunkResult result = TargetCalls.applyOrRefuse(target(), "contract-refused", List.of(bad));

    TargetCalls.assertFindsTheBadItem(result, bad);
    assertThat(TargetCalls.failure(result, bad).message()).as("message").isNotBlank();
  }

  /** Applies a bad item among good ones. */
  @Test
  @DisplayName("a bad item among good ones fails so that the run can tell it from the good ones")
  public void apply_badItemAmongGood_failsTheBadOne() throws Exception {
    Item<T> bad = assumed(badItem(), "a bad item");
    Target<T> target = target();
    assumeThat(target.maxChunk()).as("items in a chunk").isGreaterThan(1);
    List<Item<T>> both = List.of(samples().get(0), bad);

    ChunkResult result = TargetCalls.applyOrRefuse(target, "contract-mixed", both);

    TargetCalls.assertFindsTheBadItem(result, bad);
    TargetCalls.assertSparesTheGoodItem(result, both.get(0));
  }

  /** Is throttled once. */
  @Test
  @DisplayName("a throttled call says how long to wait, and is not tried again by the target")
  public void apply_throttled_reportsTheWait() throws Exception {
    Target<T> target = assumed(throttled(WAIT), "a way to be throttled");
    List<Item<T>> one = oneSample();

    ChunkResult result = TargetCalls.applyOrRefuse(target, "contract-refused", one);

    Failure failure = TargetCalls.failure(result, one.get(0));
    assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
    assertThat(failure.retryAfter()).as("retryAfter").contains(WAIT);
  }

  /** Gets no answer. */
  @Test
  @DisplayName("an unanswered call leaves every item in doubt")
  public void apply_unanswered_leavesItemsInDoubt() throws Exception {
    Target<T> target = assumed(unanswering(), "a way to lose an answer");
    List<Item<T>> one = oneSample();
    ChunkResult result;
    try {
      result = TargetCalls.apply(target, "contract-lost", one);
    } catch (FailureException e) {
      throw new AssertionError("a FailureException says that nothing was applied", e);
    } catch (RuntimeException e) {
      return; // an exception of any other kind says in doubt too
    }

    assertThat(TargetCalls.outcome(result, one.get(0))).isInstanceOf(Outcome.InDoubt.class);
  }

  /** Is refused for its credential, and gets a new one. */
  @Test
  @DisplayName("a refused credential is reported, refreshed when asked, and good from then on")
  public void refreshCredential_expired_letsTheNextCallPass() throws Exception {
    Target<T> target = assumed(expired(), "a way to have the credential refused");
    List<Item<T>> one = oneSample();

    ChunkResult result = TargetCalls.applyOrRefuse(target, "contract-expired", one);
    assumeThat(TargetCalls.outcome(result, one.get(0)))
        .as("the target leaves it to the run to have its credential refreshed")
        .isNotInstanceOf(Outcome.Succeeded.class);

    assertThat(TargetCalls.failure(result, one.get(0)).kind())
        .as("kind for a refused credential")
        .isEqualTo(FailureKind.AUTHENTICATION);
    assertThat(target.refreshCredential()).as("refreshCredential()").isTrue();
    TargetCalls.applyAll(target, "contract-refreshed", one);
  }

  /** Applies the same chunk twice. */
  @Test
  @DisplayName("an idempotent target takes the same chunk again")
  public void apply_sameChunkTwice_succeedsTwice() throws Exception {
    Target<T> target = idempotentTarget();

    TargetCalls.applyAll(target, "contract-again", oneSample());
    TargetCalls.applyAll(target, "contract-again", oneSample());
  }

  /** Applies the same chunk twice, and counts. */
  @Test
  @DisplayName("the same chunk again, with the same idempotency key, has no effect of its own")
  public void apply_sameChunkTwice_takesEffectOnce() throws Exception {
    Target<T> target = idempotentTarget();
    Item<T> item = oneSample().get(0);
    TargetCalls.applyAll(target, "contract-once", List.of(item));
    int effects = countedEffects(item);

    TargetCalls.applyAll(target, "contract-once", List.of(item));

    assertThat(countedEffects(item))
        .as(
            "effects of \"%s\" after it was applied again with the same idempotency key by a"
                + " target that says it is idempotent",
            item.key())
        .isEqualTo(effects);
  }

  /** Verifies an item that was applied, and one that was not. */
  @Test
  @DisplayName("verify answers for the keys asked for, and never denies what was applied")
  public void verify_appliedAndUnknown_tellsThemApart() throws Exception {
    Target<T> target = target();
    List<Item<T>> items = oneSample();
    String key = items.get(0).key();
    TargetCalls.applyAll(target, "contract-verify", items);

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

  private List<Item<T>> samples() {
    List<Item<T>> items = sampleItems();
    assertThat(items.stream().map(Item::key).distinct().count())
        .as("different keys in the %d sampleItems(), of which two are needed", items.size())
        .isEqualTo(items.size())
        .isGreaterThan(1);
    return items;
  }

  private List<Item<T>> oneSample() {
    return samples().subList(0, 1);
  }

  private Target<T> idempotentTarget() throws Exception {
    Target<T> target = target();
    assumeThat(target.isIdempotent()).as("the target is idempotent").isTrue();
    return target;
  }

  private int countedEffects(Item<T> item) throws Exception {
    OptionalInt effects = effects(item.key());
    assumeThat(effects).as("the test offers a count of effects").isPresent();
    return effects.getAsInt();
  }

  private static <R> R assumed(Optional<R> value, String what) {
    assumeThat(value).as("the test offers %s", what).isPresent();
    return value.orElseThrow();
  }
}
