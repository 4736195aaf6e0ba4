package io.runbook4j.run;

import java.util.Optional;

/**
 * Stops its run once it is told of so many results; the chunk that follows them has begun by then,
 * and is not sent.
 */
final class StopAfter implements RunListener {
  private final int chunks;
  private Optional<RunControl> run = Optional.empty();
  private int seen;

  StopAfter(int chunks) {
    this.chunks = chunks;
  }

  @Override
  public void onStarted(RunControl control) {
    run = Optional.of(control);
  }

  @Override
  public void onChunk(ChunkReport chunk, Progress progress) {
    if (++seen == chunks) {
      run.orElseThrow().stop("stopped after " + chunks + " chunks");
    }
  }
}
