package io.runbook4j.testkit;

import io.runbook4j.spi.sync.ChunkResult;

/** What the caller of a simulated service gets. */
sealed interface Reply {
  /** {@return the answer, if it is one} */
  ChunkResult resultOrThrow();

  /** An answer. */
  record Answer(ChunkResult result) implements Reply {
    @Override
    public ChunkResult resultOrThrow() {
      return result;
    }
  }

  /** What the target throws. */
  record Thrown(RuntimeException exception) implements Reply {
    @Override
    public ChunkResult resultOrThrow() {
      throw exception;
    }
  }
}
