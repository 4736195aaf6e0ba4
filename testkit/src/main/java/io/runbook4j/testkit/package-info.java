/**
 * What tests of the library, of adapters and of host applications share: a virtual clock that
 * drives threads one at a time, and a simulated rate-limited service that keeps its own record of
 * what was applied.
 */
@NullMarked
package io.runbook4j.testkit;

import org.jspecify.annotations.NullMarked;
