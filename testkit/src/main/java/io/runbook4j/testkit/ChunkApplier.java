package io.runbook4j.testkit;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Applies the chunks that a simulated service takes, well or badly. Not safe for many threads. */
final class ChunkApplier {
  private static final Duration ASKED_WAIT = Duration.ofSeconds(10);

  private final ItemFaults itemFaults;
  private final ServiceRecord record;
  private final Idempotency idempotency;
  private final RandomGenerator chance;

  ChunkApplier(
      ItemFaults itemFaults,
      ServiceRecord record,
      Idempotency idempotency,
      RandomGenerator chance) {
    this.itemFaults = itemFaults;
    this.record = record;
    this.idempotency = idempotency;
    this.chance = chance;
  }

  /** Applies the chunk as the fault of the call wants it. */
  Reply applyBadly(Chunk<String> chunk, int call, CallFault fault) {
    return switch (fault) {
      case RATE_LIMITED ->
        new Reply.Answer(ChunkResult.refused(CallRefusals.throttled(ASKED_WAIT)));
      case SERVER_ERROR ->
        new Reply.Answer(ChunkResult.refused(
            Failure.of(FailureKind.SERVER_ERROR, "simulated error").withCode("500")));
      case NETWORK ->
        new Reply.Thrown(
            new FailureException(Failure.of(FailureKind.NETWORK, "simulated: connection refused")));
      case PARTIAL_ANSWER -> new Reply.Answer(applyAndForget(chunk));
      case CRASH_WHILE_APPLYING -> {
        chunk.keys().stream().limit((chunk.size() + 1) / 2).forEach(key -> applyItem(chunk, key));
        throw new SimulatedCrash("while call " + call + " was applied");
      }
      case CRASH_AFTER_APPLYING -> {
        applyAll(chunk);
        throw new SimulatedCrash("after call " + call + " was applied");
      }
      case LOST_AFTER_APPLYING -> {
        applyAll(chunk);
        yield new Reply.Answer(ChunkResult.unanswered(SimulatedService.NO_ANSWER));
      }
      case BROKEN_AFTER_APPLYING -> {
        applyAll(chunk);
        yield new Reply.Thrown(new IllegalStateException("simulated: call " + call + " broke"));
      }
      case INVENTED_KEY -> new Reply.Answer(withInventedKey(applyAll(chunk), call));
      case AUTHENTICATION, LOST_BEFORE_APPLYING, CRASH_BEFORE_APPLYING ->
        throw new IllegalStateException("handled on arrival: " + fault);
    };
  }

  /**
   * Applies each item that has no fault of its own. Sometimes reports from the last to the first:
   * real services keep no order.
   */
  ChunkResult applyAll(Chunk<String> chunk) {
    List<Map.Entry<String, Outcome>> outcomes = new ArrayList<>(chunk.size());
    chunk.keys().forEach(key -> outcomes.add(Map.entry(key, applyItem(chunk, key))));
    if (chance.nextBoolean()) {
      Collections.reverse(outcomes);
    }
    ChunkResult.Builder result = ChunkResult.builder();
    outcomes.forEach(outcome -> result.outcome(outcome.getKey(), outcome.getValue()));
    return result.build();
  }

  private ChunkResult applyAndForget(Chunk<String> chunk) {
    ChunkResult.Builder result = ChunkResult.builder();
    int forgottenAtLeast = chance.nextInt(chunk.size());
    for (int i = 0; i < chunk.size(); i++) {
      String key = chunk.keys().get(i);
      boolean forgotten = i == forgottenAtLeast || chance.nextBoolean();
      if (!forgotten) {
        result.outcome(key, applyItem(chunk, key));
      } else if (chance.nextBoolean()) {
        applyItem(chunk, key);
      }
    }
    return result.build();
  }

  private Outcome applyItem(Chunk<String> chunk, String key) {
    Optional<Failure> failure = itemFaults.next(key);
    if (failure.isPresent()) {
      return Outcome.failed(failure.orElseThrow());
    }
    record.apply(key, chunk.idempotencyKey(), idempotency);
    return Outcome.succeeded();
  }

  private static ChunkResult withInventedKey(ChunkResult honest, int call) {
    ChunkResult.Builder result = ChunkResult.builder();
    honest.reported().forEach(result::outcome);
    return result.succeeded("invented-" + call).build();
  }
}
