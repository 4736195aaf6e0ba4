package io.runbook4j.rest;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.Permits;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Grants everything and writes down what it was asked and told. */
final class RecordingPermits implements Permits {
  final List<Integer> acquired = new CopyOnWriteArrayList<>();
  final List<LimitSignal> learned = new CopyOnWriteArrayList<>();

  @Override
  public boolean tryAcquire(int weight) {
    return acquired.add(weight);
  }

  @Override
  public void acquire(int weight) {
    acquired.add(weight);
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
