/**
 * The runbooks as programs: one main for each, which works with no arguments against a service of
 * its own, and with arguments on real input.
 */
@NullMarked
package io.runbook4j.examples;

import org.jspecify.annotations.NullMarked;
