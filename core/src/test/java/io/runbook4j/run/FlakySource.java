package io.runbook4j.run;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** Keys as items, some of them unreadable, in pages of any size; it may fail now and then. */
final class FlakySource implements Source<String> {
  private static final Failure UNREADABLE =
      Failure.of(FailureKind.MAPPING_MISSING, "simulated: no mapping");

  private final List<String> keys;
  private final Set<String> unreadable;
  private final int pageSize;
  private final boolean fetching;
  private final SplittableRandom random;
  private boolean flaky;

  FlakySource(
      List<String> keys,
      Set<String> unreadable,
      int pageSize,
      boolean flaky,
      boolean fetching,
      SplittableRandom random) {
    this.keys = keys;
    this.unreadable = unreadable;
    this.pageSize = pageSize;
    this.flaky = flaky;
    this.fetching = fetching;
    this.random = random;
  }

  void heal() {
    flaky = false;
  }

  @Override
  public PageReader<String> open(Cursor from) {
    int[] index = {from.isStart() ? 0 : Integer.parseInt(from.value())};
    return limit -> {
      if (flaky && random.nextInt(10) == 0) {
        throw new FailureException(
            Failure.of(FailureKind.NETWORK, "simulated: the source is away"));
      }
      int end = Math.min(keys.size(), index[0] + 1 + random.nextInt(pageSize));
      Page.Builder<String> page = Page.builder(end - index[0]);
      keys.subList(index[0], end).forEach(key -> add(page, key));
      index[0] = end;
      return end < keys.size() ? page.next(new Cursor(Integer.toString(end))) : page.last();
    };
  }

  private void add(Page.Builder<String> page, String key) {
    if (unreadable.contains(key)) {
      page.unreadable(key, UNREADABLE);
    } else {
      page.add(key, "value of " + key);
    }
  }

  @Override
  public Optional<Page<String>> fetch(List<String> wanted) {
    if (!fetching) {
      return Optional.empty();
    }
    Page.Builder<String> page = Page.builder(wanted.size());
    Set<String> some = Set.copyOf(wanted);
    keys.stream().filter(some::contains).forEach(key -> add(page, key));
    return Optional.of(page.last());
  }
}
