/**
 * The promises of the SPI as tests: an adapter's author extends one class for each source, target
 * and ledger, and says what is in it. What an adapter does not offer is a failed assumption, so
 * that it is seen.
 */
@NullMarked
package io.runbook4j.testkit.contract;

import org.jspecify.annotations.NullMarked;
