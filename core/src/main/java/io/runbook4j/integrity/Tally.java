package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Counts what one check finds, and keeps the first as samples. Not safe for many threads. */
final class Tally {
  private final String check;
  private final String subject;
  private final boolean corruption;
  private final int mostSamples;
  private final List<String> samples = new ArrayList<>();
  private long total;

  Tally(String check, String subject, boolean corruption, int mostSamples) {
    this.check = check;
    this.subject = subject;
    this.corruption = corruption;
    this.mostSamples = mostSamples;
  }

  /** {@return whether the next sample would be kept, so that it is worth making} */
  boolean wantsSample() {
    return samples.size() < mostSamples;
  }

  void add(String sample) {
    total++;
    if (wantsSample()) {
      samples.add(sample);
    }
  }

  void addWithoutSample() {
    total++;
  }

  /** Sets the total where a sample does not stand for one. */
  void total(long total) {
    this.total = total;
  }

  long total() {
    return total;
  }

  Optional<Finding> finding() {
    return total == 0
        ? Optional.empty()
        : Optional.of(new Finding(check, subject, corruption, total, samples));
  }
}
