/**
 * When a run may send. A window is a value that answers questions about instants; it owns no clock
 * and waits for nothing.
 */
@NullMarked
package io.runbook4j.schedule;

import org.jspecify.annotations.NullMarked;
