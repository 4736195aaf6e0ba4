package io.runbook4j.run;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Counts what is read of another source. */
final class CountedSource implements Source<String> {
  private final Source<String> source;
  private final List<String> fetched = new ArrayList<>();
  private int mostAtOnce;
  private int read;
  private int opened;

  CountedSource(Source<String> source) {
    this.source = source;
  }

  /** {@return how many items came out of readers} */
  int read() {
    return read;
  }

  /** {@return how many readers were opened} */
  int opened() {
    return opened;
  }

  /** {@return the keys that were asked for by key, in order} */
  List<String> fetched() {
    return fetched;
  }

  /** {@return the most keys that were asked for at a time} */
  int mostAtOnce() {
    return mostAtOnce;
  }

  @Override
  public PageReader<String> open(Cursor from) {
    opened++;
    PageReader<String> reader = source.open(from);
    return limit -> {
      Page<String> page = reader.next(limit);
      read += page.size();
      return page;
    };
  }

  @Override
  public Optional<Page<String>> fetch(List<String> keys) throws InterruptedException {
    mostAtOnce = Math.max(mostAtOnce, keys.size());
    Optional<Page<String>> page = source.fetch(keys);
    page.ifPresent(found -> fetched.addAll(keys));
    return page;
  }
}
