package io.runbook4j.source;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.Iterator;
import java.util.function.Supplier;

/** Items that can only be read from the beginning. A cursor is the number of items read. */
final class IteratorSource<T> implements Source<T> {
  private static final int FIRST_CAPACITY = 1024;

  private final Supplier<Opened<T>> supplier;
  private final Keying<T> keying;

  IteratorSource(Supplier<Opened<T>> supplier, Keying<T> keying) {
    this.supplier = supplier;
    this.keying = keying;
  }

  @Override
  public PageReader<T> open(Cursor from) {
    long skip = Cursors.index(from);
    return new Reader(guarded(supplier, 0), skip);
  }

  /** Runs code of the host, whose failures must tell where in the source they happened. */
  private static <R> R guarded(Supplier<R> call, long read) {
    try {
      return call.get();
    } catch (FailureException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failed("the source threw after " + read + " items: " + e, e);
    }
  }

  private static FailureException failed(String message, Throwable cause) {
    return new FailureException(Failure.of(FailureKind.UNKNOWN, message), cause);
  }

  private final class Reader implements PageReader<T> {
    private final Opened<T> opened;
    private final long skip;
    private long read;

    private Reader(Opened<T> opened, long skip) {
      this.opened = opened;
      this.skip = skip;
    }

    @Override
    public Page<T> next(int limit) throws InterruptedException {
      Iterator<? extends T> items = opened.items();
      skip(items);
      Page.Builder<T> page = Page.builder(Math.min(limit, FIRST_CAPACITY));
      boolean more = guarded(items::hasNext, read);
      while (more && page.size() < limit) {
        T item = guarded(items::next, read);
        keying.add(page, item, read);
        read++;
        more = guarded(items::hasNext, read);
      }
      return more ? page.next(Cursors.at(read)) : page.last();
    }

    private void skip(Iterator<? extends T> items) throws InterruptedException {
      while (read < skip) {
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted after " + read + " of " + skip + " items");
        }
        if (!guarded(items::hasNext, read)) {
          throw Cursors.shrunk(skip, read);
        }
        guarded(items::next, read);
        read++;
      }
    }

    @Override
    public void close() {
      try {
        opened.closer().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed("closing the source was interrupted", e);
      } catch (Exception e) {
        throw failed("the source threw when it was closed: " + e, e);
      }
    }
  }
}
