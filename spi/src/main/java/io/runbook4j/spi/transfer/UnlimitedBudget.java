package io.runbook4j.spi.transfer;

import java.time.Duration;
import java.util.Optional;

/** Grants everything and counts nothing. */
enum UnlimitedBudget implements TransferBudget {
  INSTANCE;

  private static final Optional<Grant> UNCOUNTED = Optional.of(new Grant() {
    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public void shrinkTo(long bytes) {}

    @Override
    public void close() {}
  });

  @Override
  public long total() {
    return Long.MAX_VALUE;
  }

  @Override
  public Optional<Grant> tryAcquire(long bytes) {
    return UNCOUNTED;
  }

  @Override
  public Optional<Grant> acquire(long bytes, Duration atMost) {
    return UNCOUNTED;
  }
}
