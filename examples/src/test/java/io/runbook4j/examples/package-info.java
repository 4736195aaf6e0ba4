/** Runs the examples. */
@NullMarked
package io.runbook4j.examples;

import org.jspecify.annotations.NullMarked;
