package io.runbook4j.rest;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.Permits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it was asked and told; grants everything, or nothing. */
final class RecordingPermits implements Permits {
  final List<Duration> waits = new CopyOnWriteArrayList<>();
  final List<Integer> acquired = new CopyOnWriteArrayList<>();
  final List<LimitSignal> learned = new CopyOnWriteArrayList<>();

  boolean grants = true;

  @Override
  public boolean tryAcquire(int weight) {
    return grants && acquired.add(weight);
  }

  @Override
  public boolean acquire(int weight, Duration atMost) {
    waits.add(atMost);
    return grants && acquired.add(weight);
  }

  @Override
  public void correct(int difference) {
    acquired.add(difference);
  }

  @Override
  public void learn(LimitSignal signal) {
    learned.add(signal);
  }
}
