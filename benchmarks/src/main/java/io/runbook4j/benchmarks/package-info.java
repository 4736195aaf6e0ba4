/**
 * What the engine and the limiters cost beside other libraries, measured in one run. Not published;
 * the other libraries are dependencies of this module only.
 */
@NullMarked
package io.runbook4j.benchmarks;

import org.jspecify.annotations.NullMarked;
