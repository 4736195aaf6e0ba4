package io.runbook4j.spi.transfer;

/** How a payload is moved. */
public enum Transfer {
  /** Held in memory as a whole. */
  BUFFERED,
  /** Passed on piece by piece, in memory for one piece. */
  STREAMED
}
