package io.runbook4j.spi.ledger;

import io.runbook4j.spi.sync.FailureKind;
import java.time.Instant;
import java.util.Optional;

/**
 * How often one reason made items fail or stay in doubt in one stretch of time.
 *
 * @param from the beginning of the stretch
 * @param kind the failures' kind
 * @param code their service code
 * @param count how many items
 */
public record ReasonCount(Instant from, FailureKind kind, Optional<String> code, long count) {}
