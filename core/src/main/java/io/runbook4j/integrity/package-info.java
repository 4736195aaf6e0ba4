/**
 * Looks for data that is wrong: checks over any source of rows or in a database, duplicates among
 * very many keys, two sides that should be equal, caches that are stale, and a look at a few items
 * after a run. All of it in bounded memory, with what does not fit in temporary files, and with one
 * kind of answer: {@link io.runbook4j.spi.ledger.Finding}.
 */
@NullMarked
package io.runbook4j.integrity;

import org.jspecify.annotations.NullMarked;
