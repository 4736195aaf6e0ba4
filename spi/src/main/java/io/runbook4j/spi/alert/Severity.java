package io.runbook4j.spi.alert;

/** How bad it is, from least to worst. */
public enum Severity {
  /** Good to know. */
  INFO(Priority.P3),
  /** Somebody looks at it in working hours. */
  WARNING(Priority.P3),
  /** Somebody is paged. */
  SEV3(Priority.P2),
  /** Many users are hit. */
  SEV2(Priority.P1),
  /** Data is corrupt or nothing works. */
  SEV1(Priority.P0);

  private final Priority priority;

  Severity(Priority priority) {
    this.priority = priority;
  }

  /** {@return the priority that corresponds, which says how soon somebody responds} */
  public Priority priority() {
    return priority;
  }
}
