/**
 * Whether what is fetched or sent is held in memory as a whole, or passed on piece by piece. One
 * rule for everything that transfers, {@link io.runbook4j.spi.transfer.TransferRule}, and one
 * memory, {@link io.runbook4j.spi.transfer.TransferBudget}.
 */
@NullMarked
package io.runbook4j.spi.transfer;

import org.jspecify.annotations.NullMarked;
