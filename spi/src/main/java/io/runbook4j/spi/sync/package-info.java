/**
 * What a run reads from and writes to: sources give pages of items, targets apply chunks of them
 * and say what became of each.
 */
@NullMarked
package io.runbook4j.spi.sync;

import org.jspecify.annotations.NullMarked;
