/**
 * The clock, the sleeper and the signal that everything in the library waits on, so that a test
 * lives through a week in a second.
 */
@NullMarked
package io.runbook4j.spi.time;

import org.jspecify.annotations.NullMarked;
