package io.runbook4j.run;

import java.time.Instant;
import java.util.Optional;

/**
 * A wait that a run has begun.
 *
 * @param cause for what it waits, or why if that has no time of its own; for a person
 * @param from when it began
 * @param until when it ends, if nothing else happens first; empty if it has no time of its own, as
 *     that of a paused run or of one whose gate is closed
 */
public record Wait(String cause, Instant from, Optional<Instant> until) {}
