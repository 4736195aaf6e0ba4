package io.runbook4j.spi.alert;

/** How bad it is, from least to worst. */
public enum Severity {
  /** Good to know. */
  INFO,
  /** Somebody looks at it in working hours. */
  WARNING,
  /** Somebody is paged. */
  SEV3,
  /** Many users are hit. */
  SEV2,
  /** Data is corrupt or nothing works. */
  SEV1
}
