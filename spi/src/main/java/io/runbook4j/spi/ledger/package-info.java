/**
 * The durable record of runs: an append-only ledger of what began, what came of it, and the
 * questions that an operator asks of it afterwards.
 */
@NullMarked
package io.runbook4j.spi.ledger;

import org.jspecify.annotations.NullMarked;
