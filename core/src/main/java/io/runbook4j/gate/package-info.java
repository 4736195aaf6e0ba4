/**
 * The outbound switch and the way back: {@link io.runbook4j.gate.Gate} is open, local-only or
 * ramping up; {@link io.runbook4j.gate.Outbox} keeps the changes that wait meanwhile, and
 * {@link io.runbook4j.gate.Drain} sends them when they may leave.
 * {@link io.runbook4j.gate.MemoryBudget} is what all transfers together keep.
 */
@NullMarked
package io.runbook4j.gate;

import org.jspecify.annotations.NullMarked;
