package io.runbook4j.spi.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What an integrity check found wrong. Immutable and small, however much is wrong: of the samples
 * the first {@value #MAX_SAMPLES} are kept, each cut to {@value #MAX_SAMPLE} characters, on one
 * line.
 *
 * @param check the check's name, such as {@code orphans}
 * @param subject what was checked: a table, a file, a job
 * @param corruption whether data is corrupt, rather than late or unusual
 * @param total how many rows, keys or values are wrong; at least 1, and at least as many as there
 *     are samples
 * @param samples names some of them, for a person
 */
public record Finding(
    String check, String subject, boolean corruption, long total, List<String> samples) {
  /** The most samples kept. */
  public static final int MAX_SAMPLES = 100;

  /** The longest sample kept, in characters. */
  public static final int MAX_SAMPLE = 200;

  /** Checks the total, and bounds the samples. */
  public Finding {
    Objects.requireNonNull(check, "check");
    Objects.requireNonNull(subject, "subject");
    if (total < Math.max(1, samples.size())) {
      throw new IllegalArgumentException("total must be at least 1 and the number of samples ("
          + samples.size() + "), was " + total);
    }
    List<String> bounded = new ArrayList<>();
    for (String sample : samples.subList(0, Math.min(samples.size(), MAX_SAMPLES))) {
      bounded.add(bounded(sample));
    }
    samples = List.copyOf(bounded);
  }

  private static String bounded(String sample) {
    int end = Math.min(sample.length(), MAX_SAMPLE);
    boolean halved = end < sample.length() && Character.isHighSurrogate(sample.charAt(end - 1));
    StringBuilder clean = new StringBuilder(sample).delete(halved ? end - 1 : end, sample.length());
    for (int i = 0; i < clean.length(); i++) {
      if (Character.isISOControl(clean.charAt(i))) {
        clean.setCharAt(i, ' ');
      }
    }
    return clean.toString();
  }

  /** {@return the finding on one line, for a person} */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(check).append(" in ").append(subject).append(": ").append(total);
    if (corruption) {
      text.append(" (corruption)");
    }
    if (!samples.isEmpty()) {
      text.append(": ").append(String.join("; ", samples));
      if (total > samples.size()) {
        text.append("; and ").append(total - samples.size()).append(" more");
      }
    }
    return text.toString();
  }
}
