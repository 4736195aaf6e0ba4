package io.runbook4j.testkit;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A target seen from a process that can die. */
record MortalTarget<T>(CrashSwitch process, Target<T> target) implements Target<T> {
  @Override
  public ChunkResult apply(Chunk<T> chunk) throws InterruptedException {
    process.step("apply");
    ChunkResult result;
    try {
      result = target.apply(chunk);
    } catch (SimulatedCrash e) {
      process.crash();
      throw e;
    } catch (InterruptedException | RuntimeException e) {
      process.step("the answer of apply");
      throw e;
    }
    process.step("the answer of apply");
    return result;
  }

  @Override
  public Optional<Map<String, Verdict>> verify(List<String> keys) throws InterruptedException {
    process.step("verify");
    Optional<Map<String, Verdict>> verdicts = target.verify(keys);
    process.step("the answer of verify");
    return verdicts;
  }

  @Override
  public boolean refreshCredential() throws InterruptedException {
    process.step("refreshCredential");
    boolean refreshed = target.refreshCredential();
    process.step("the answer of refreshCredential");
    return refreshed;
  }

  @Override
  public int maxChunk() {
    return target.maxChunk();
  }

  @Override
  public boolean isIdempotent() {
    return target.isIdempotent();
  }

  @Override
  public String service() {
    return target.service();
  }
}
