package io.runbook4j.testkit;

import io.runbook4j.spi.sync.ChunkResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One call that a simulated service was sent. Immutable.
 *
 * @param at when it arrived
 * @param idempotencyKey as sent
 * @param keys the items' keys, in order
 * @param answer what the caller was told; empty if it got an exception or died
 */
public record ServiceCall(
    Instant at, String idempotencyKey, List<String> keys, Optional<ChunkResult> answer) {}
