package io.runbook4j.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.integrity.Reconciliation.Result;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconciliationTest {
  private static final Instant WATERMARK = Instant.parse("2026-11-23T04:00:00Z");

  @TempDir
  Path folder;

  private final VirtualTime time = VirtualTime.startingAt(WATERMARK);
  private final ListedSource<Fingerprint> source = new ListedSource<>();
  private final ListedSource<Fingerprint> target = new ListedSource<>();

  private Workspace workspace() {
    return new Workspace(folder, 1 << 20);
  }

  private List<Reconciliation> bothWays() {
    return List.of(
        Reconciliation.inOrder(Comparator.naturalOrder()), Reconciliation.inAnyOrder(workspace()));
  }

  private static Fingerprint value(Object value) {
    return Fingerprint.of(value);
  }

  private static Fingerprint changed(Object value, int seconds) {
    return value(value).changedAt(WATERMARK.plusSeconds(seconds));
  }

  private static Map<String, List<String>> byName(Result result) {
    return result.findings().stream().collect(Collectors.toMap(Finding::check, Finding::samples));
  }

  @Test
  void compare_eachKindOfDifference_isNamed() throws Exception {
    source
        .add("a", value(1))
        .add("b", value(1))
        .add("c", value(1))
        .unreadable("e")
        .add("f", value(1));
    target
        .add("a", value(1))
        .add("c", value(2))
        .add("d", value(1))
        .add("e", value(1))
        .unreadable("f");

    for (Reconciliation way : bothWays()) {
      Result result = way.compare("users", source, target);

      assertThat(byName(result))
          .isEqualTo(Map.of(
              "missing", List.of("b"),
              "different", List.of("c"),
              "extra", List.of("d"),
              "unreadable", byName(result).get("unreadable")));
      assertThat(byName(result).get("unreadable")).containsExactlyInAnyOrder("e", "f");
      assertThat(result.equal()).isEqualTo(1);
      assertThat(result.pending()).isZero();
      assertThat(result.findings()).noneMatch(Finding::corruption);
      assertThat(result.findings()).allMatch(finding -> finding.subject().equals("users"));
    }
  }

  @Test
  void compare_changedAfterTheWatermark_isPendingAndNotWrong() throws Exception {
    source
        .add("a", changed(1, 1))
        .add("b", changed(1, 0))
        .add("c", changed(1, 1))
        .add("d", changed(1, 9));
    target.add("a", value(2)).add("b", value(2)).add("d", value(1)).add("e", changed(1, 1));

    for (Reconciliation way : bothWays()) {
      Result result = way.watermark(WATERMARK).compare("users", source, target);

      assertThat(result.pending()).isEqualTo(3);
      assertThat(result.equal()).isEqualTo(1);
      assertThat(byName(result)).isEqualTo(Map.of("different", List.of("b")));
      assertThat(byName(way.compare("users", source, target)).keySet())
          .containsExactlyInAnyOrder("missing", "different", "extra");
    }
  }

  @Test
  void compare_keyTwiceOnASide_isADuplicateAndComparedOnce() throws Exception {
    source.add("a", value(1)).add("a", value(1)).add("a", value(1)).add("b", value(1));
    target.add("a", value(1)).add("b", value(1)).add("b", value(1));

    for (Reconciliation way : bothWays()) {
      Result result = way.compare("users", source, target);

      assertThat(result.equal()).isEqualTo(2);
      assertThat(result.findings()).hasSize(1);
      assertThat(result.findings().get(0).corruption()).isTrue();
      assertThat(result.findings().get(0).samples())
          .containsExactlyInAnyOrder("a in the source", "a in the source", "b in the target");
    }
  }

  @Test
  void compare_nothingOnOneSideOrBoth_isNoError() throws Exception {
    source.add("a", value(1));
    ListedSource<Fingerprint> none = new ListedSource<>();

    for (Reconciliation way : bothWays()) {
      assertThat(way.compare("users", none, none).isEmpty()).isTrue();
      assertThat(byName(way.compare("users", source, none)).keySet()).containsExactly("missing");
      assertThat(byName(way.compare("users", none, source)).keySet()).containsExactly("extra");
    }
  }

  @Test
  void compare_keysDoNotRise_isRefused() {
    source.add("a", value(1)).add("c", value(1)).add("b", value(1));

    assertThatThrownBy(() -> bothWays().get(0).compare("users", source, target))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("keys of the source must rise")
        .hasMessageContaining("\"b\" came after \"c\"");
  }

  @Test
  void compare_orderTakesDifferentKeysForEqual_isRefused() {
    source.add("a", value(1));
    target.add("A", value(1));

    assertThatThrownBy(() ->
            Reconciliation.inOrder(String.CASE_INSENSITIVE_ORDER).compare("users", source, target))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("for equal");
  }

  @RepeatedTest(20)
  void compare_randomSides_givesWhatAMapWouldGive() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int size = random.nextInt(400);
    Map<String, Fingerprint> left = side(random, size);
    Map<String, Fingerprint> right = new TreeMap<>(side(random, size));
    left.forEach((key, value) -> {
      if (random.nextInt(3) > 0) {
        right.put(key, value);
      }
    });
    Map<String, Set<String>> expected = new HashMap<>();
    TreeSet<String> keys = new TreeSet<>(left.keySet());
    keys.addAll(right.keySet());
    keys.forEach(key -> expected
        .computeIfAbsent(model(left.get(key), right.get(key)), name -> new TreeSet<>())
        .add(key));

    left.forEach(source::add);
    right.forEach(target::add);
    check(Reconciliation.inOrder(Comparator.naturalOrder()), source, target, expected, seed);
    check(
        Reconciliation.inAnyOrder(workspace()),
        shuffled(left, random),
        shuffled(right, random),
        expected,
        seed);
  }

  private static Map<String, Fingerprint> side(Random random, int size) {
    Map<String, Fingerprint> side = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      Fingerprint value = value(random.nextInt(2));
      side.put(
          "k" + random.nextInt(2 * size),
          random.nextBoolean()
              ? value
              : value.changedAt(WATERMARK.plusNanos(random.nextInt(3) - 1)));
    }
    return side;
  }

  private static String model(@Nullable Fingerprint left, @Nullable Fingerprint right) {
    boolean late = Stream.of(Optional.ofNullable(left), Optional.ofNullable(right))
        .anyMatch(side ->
            side.flatMap(Fingerprint::changedAt).filter(WATERMARK::isBefore).isPresent());
    if (left != null && right != null && left.hasSameValues(right)) {
      return "equal";
    }
    if (late) {
      return "pending";
    }
    return left == null ? "extra" : right == null ? "missing" : "different";
  }

  private static ListedSource<Fingerprint> shuffled(Map<String, Fingerprint> side, Random random) {
    List<Map.Entry<String, Fingerprint>> items = new ArrayList<>(side.entrySet());
    Collections.shuffle(items, random);
    ListedSource<Fingerprint> shuffled = new ListedSource<>();
    items.forEach(item -> shuffled.add(item.getKey(), item.getValue()));
    return shuffled;
  }

  private static void check(
      Reconciliation way,
      ListedSource<Fingerprint> left,
      ListedSource<Fingerprint> right,
      Map<String, Set<String>> expected,
      long seed)
      throws InterruptedException {
    Result result = way.watermark(WATERMARK).samples(100).compare("users", left, right);

    Set<String> none = Set.of();
    assertThat(result.equal())
        .as("seed " + seed)
        .isEqualTo(expected.getOrDefault("equal", none).size());
    assertThat(result.pending())
        .as("seed " + seed)
        .isEqualTo(expected.getOrDefault("pending", none).size());
    for (String name : List.of("missing", "extra", "different")) {
      Set<String> keys = expected.getOrDefault(name, none);
      List<Finding> found = result.findings().stream()
          .filter(finding -> finding.check().equals(name))
          .toList();
      assertThat(found.stream().mapToLong(Finding::total).sum())
          .as(name + ", seed " + seed)
          .isEqualTo(keys.size());
      found.forEach(finding -> assertThat(finding.samples())
          .as(name + ", seed " + seed)
          .doesNotHaveDuplicates()
          .hasSize(Math.min(100, keys.size()))
          .isSubsetOf(keys));
    }
  }

  @Test
  void compare_moreThanFitsIntoMemory_isExact() throws Exception {
    for (int i = 0; i < 60_000; i++) {
      source.add("k" + i, value(i % 10));
      target.add("k" + (59_999 - i), value((59_999 - i) % 10 + (i == 5 ? 1 : 0)));
    }
    source.add("only", value(1));

    Result result = Reconciliation.inAnyOrder(workspace()).compare("users", source, target);

    assertThat(result.equal()).isEqualTo(59_999);
    assertThat(byName(result))
        .isEqualTo(Map.of("missing", List.of("only"), "different", List.of("k59994")));
  }

  // -- a second look

  @Test
  void confirmAfter_rightByThen_isEqualAndWhatStaysWrongIsReported() throws Exception {
    source.add("late", value(1)).add("lost", value(1)).add("gone", value(1)).add("old", value(2));
    target.add("old", value(1)).add("same", value(1));
    source.add("same", value(1));
    Time settling = new SettlingTime(time, () -> {
      target.add("late", value(1));
      source.remove("gone");
    });

    Result result = Reconciliation.inAnyOrder(workspace())
        .confirmAfter(Duration.ofMinutes(5), settling, workspace())
        .compare("users", source, target);

    assertThat(byName(result))
        .isEqualTo(Map.of("missing", List.of("lost"), "different", List.of("old")));
    assertThat(result.equal()).isEqualTo(3);
    assertThat(time.now()).isEqualTo(WATERMARK.plus(Duration.ofMinutes(5)));
  }

  @Test
  void confirmAfter_nothingWrong_doesNotWaitOrFetch() throws Exception {
    source.add("a", value(1));
    target.add("a", value(1));

    Result result = Reconciliation.inAnyOrder(workspace())
        .confirmAfter(Duration.ofMinutes(5), time, workspace())
        .compare("users", source, target);

    assertThat(result.isEmpty()).isTrue();
    assertThat(time.now()).isEqualTo(WATERMARK);
    assertThat(source.fetched()).isEmpty();
  }

  @Test
  void confirmAfter_muchIsWrong_fetchesInBatches() throws Exception {
    for (int i = 0; i < 250; i++) {
      source.add("k" + i, value(i));
    }

    Result result = Reconciliation.inAnyOrder(workspace())
        .confirmAfter(Duration.ZERO, time, workspace())
        .compare("users", source, target);

    assertThat(result.findings().get(0).total()).isEqualTo(250);
    assertThat(source.fetched()).containsExactly(100, 100, 50);
    assertThat(target.fetched()).containsExactly(100, 100, 50);
  }

  @Test
  void confirmAfter_changesMeanwhile_isPending() throws Exception {
    source.add("a", value(1));
    Time settling = new SettlingTime(time, () -> source.remove("a").add("a", changed(2, 1)));

    Result result = Reconciliation.inAnyOrder(workspace())
        .watermark(WATERMARK)
        .confirmAfter(Duration.ofMinutes(5), settling, workspace())
        .compare("users", source, target);

    assertThat(result.pending()).isEqualTo(1);
    assertThat(result.isEmpty()).isTrue();
  }

  @Test
  void confirmAfter_sideCannotFetch_saysSo() {
    source.add("a", value(1));
    target.withoutFetch();

    assertThatThrownBy(() -> Reconciliation.inAnyOrder(workspace())
            .confirmAfter(Duration.ZERO, time, workspace())
            .compare("users", source, target))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("target must be able to fetch items by key");
  }

  /** Lets something happen whenever somebody waits. */
  private record SettlingTime(VirtualTime time, Runnable event) implements Time {
    @Override
    public Instant now() {
      return time.now();
    }

    @Override
    public long nanoTime() {
      return time.nanoTime();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      time.sleep(duration);
      event.run();
    }

    @Override
    public Signal newSignal() {
      return time.newSignal();
    }
  }
}
