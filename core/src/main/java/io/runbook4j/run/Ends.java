package io.runbook4j.run;

import io.runbook4j.chunk.ChunkSizer;
import io.runbook4j.spi.sync.Source;
import java.util.OptionalLong;

/**
 * The two ends of a run, and what they say of themselves. They are asked before anything is
 * recorded: one that throws keeps a run from beginning, and leaves none that seems to go on.
 *
 * @param source the items: the job's, or those of a rerun
 * @param service the name of the target's service
 * @param sizer the size of the chunks, as far as the target takes them
 * @param expected how many items there are, if the source knows
 * @param problem why the source could not say; empty if it could
 */
record Ends<T>(
    Source<T> source, String service, ChunkSizer sizer, OptionalLong expected, String problem) {
  /**
   * Asks them.
   *
   * @throws RuntimeException whatever the target throws
   */
  static <T> Ends<T> of(SyncJob<T> job, Source<T> source) {
    OptionalLong expected = OptionalLong.empty();
    String problem = "";
    try {
      expected = source.count();
    } catch (RuntimeException e) { // a count is for the progress display alone
      problem = "the source could not count its items: " + e;
    }
    return new Ends<>(source, job.service(), sizer(job), expected, problem);
  }

  /** {@return the job's chunk size, as far as its target takes it} */
  static ChunkSizer sizer(SyncJob<?> job) {
    return job.chunkSize().start(job.target().maxChunk());
  }
}
