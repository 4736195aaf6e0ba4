package io.runbook4j.run;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.Outcome;
import java.util.Map;

/**
 * Keeps secrets out of what a run records and reports, whatever a target, a source or a service put
 * into its messages. Everything passes here where it enters the engine. Safe for many threads.
 */
final class Redaction {
  private final Redactor redactor;

  /** Services say the same again and again. */
  private volatile String lastClean = "";

  Redaction(Redactor redactor) {
    this.redactor = redactor;
  }

  String clean(String text) {
    if (text.equals(lastClean)) {
      return text;
    }
    String clean = redactor.redact(text);
    if (clean.equals(text)) {
      lastClean = text;
    }
    return clean;
  }

  /** {@return this failure if it tells no secret, else one that does not} */
  Failure clean(Failure failure) {
    String message = clean(failure.message());
    String code = failure.code().map(redactor::redact).orElse("");
    if (message.equals(failure.message()) && code.equals(failure.code().orElse(""))) {
      return failure;
    }
    Failure clean = Failure.of(failure.kind(), message);
    clean = code.isEmpty() ? clean : clean.withCode(code);
    return failure.retryAfter().map(clean::withRetryAfter).orElse(clean);
  }

  /** {@return this finding without secrets: what it names is read from data} */
  Finding clean(Finding finding) {
    return new Finding(
        clean(finding.check()),
        clean(finding.subject()),
        finding.corruption(),
        finding.total(),
        finding.samples().stream().map(this::clean).toList());
  }

  /** {@return this result if it tells no secret, else one that does not} */
  ChunkResult clean(ChunkResult result) {
    if (result.isWholeCall()) {
      return cleanRefusal(result, result.others().orElseThrow());
    }
    if (result.reported().isEmpty()) {
      return result;
    }
    for (Outcome outcome : result.reported().values()) {
      if (clean(outcome) != outcome) {
        return rebuilt(result);
      }
    }
    return result;
  }

  private ChunkResult cleanRefusal(ChunkResult result, Outcome outcome) {
    Outcome clean = clean(outcome);
    if (clean == outcome) {
      return result;
    }
    return clean instanceof Outcome.InDoubt doubt
        ? ChunkResult.unanswered(doubt.failure())
        : ChunkResult.refused(((Outcome.Failed) clean).failure());
  }

  private ChunkResult rebuilt(ChunkResult result) {
    ChunkResult.Builder clean = ChunkResult.builder();
    for (Map.Entry<String, Outcome> own : result.reported().entrySet()) {
      clean.outcome(own.getKey(), clean(own.getValue()));
    }
    return (result.others().isPresent() ? clean.othersSucceeded() : clean).build();
  }

  private Outcome clean(Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      Failure clean = clean(failed.failure());
      return clean.equals(failed.failure()) ? outcome : Outcome.failed(clean);
    }
    if (outcome instanceof Outcome.InDoubt doubt) {
      Failure clean = clean(doubt.failure());
      return clean.equals(doubt.failure()) ? outcome : Outcome.inDoubt(clean);
    }
    if (outcome instanceof Outcome.Skipped skipped) {
      String clean = clean(skipped.reason());
      return clean.equals(skipped.reason()) ? outcome : Outcome.skipped(clean);
    }
    return outcome;
  }
}
