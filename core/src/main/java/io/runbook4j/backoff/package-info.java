/**
 * How long to wait before trying again. A schedule is a value: the run keeps the attempts and does
 * the waiting.
 */
@NullMarked
package io.runbook4j.backoff;

import org.jspecify.annotations.NullMarked;
