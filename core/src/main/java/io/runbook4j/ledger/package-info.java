/**
 * The ledgers that need no database: {@link io.runbook4j.ledger.FileLedger}, a folder with one JSON
 * Lines file for each run, and {@link io.runbook4j.ledger.MemoryLedger}, which keeps what a process
 * needs of its own runs. {@link io.runbook4j.ledger.ItemsCsv} takes items out to a spreadsheet and
 * back.
 */
@NullMarked
package io.runbook4j.ledger;

import org.jspecify.annotations.NullMarked;
