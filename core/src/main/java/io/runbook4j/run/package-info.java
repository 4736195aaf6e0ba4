/**
 * Jobs and their runs: a {@link io.runbook4j.run.SyncJob} says what to do, a
 * {@link io.runbook4j.run.Runner} does it, a {@link io.runbook4j.run.RunReport} says what came of
 * it. The only package that knows all the others.
 */
@NullMarked
package io.runbook4j.run;

import org.jspecify.annotations.NullMarked;
