package io.runbook4j.run;

import java.time.Instant;

/**
 * A wait that a run has begun.
 *
 * @param cause for what it waits, for a person
 * @param from when it began
 * @param until when it ends, if nothing else happens first
 */
public record Wait(String cause, Instant from, Instant until) {}
