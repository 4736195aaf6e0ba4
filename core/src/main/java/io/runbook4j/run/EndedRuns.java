package io.runbook4j.run;

import io.runbook4j.limit.Quota;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the runs of a runner ended that can be resumed; the newest 1,000. When the runner resumes one
 * of them, its limiters have counted the run's calls already, unless another process has resumed it
 * meanwhile. Safe for many threads.
 */
final class EndedRuns {
  private static final int MOST = 1_000;

  private final Map<RunId, Ended> runs = new LinkedHashMap<>(); // guarded by this

  private record Ended(Instant at, List<Quota> quotas) {}

  synchronized void add(RunReport report, RunSetup<?> setup) {
    runs.remove(report.runId());
    if (report.state() == RunState.COMPLETED) {
      return;
    }
    List<Quota> counted = setup.job().quotas().stream()
        .filter(quota -> isCounted(quota, report, setup))
        .toList();
    runs.put(report.runId(), new Ended(inMillis(report.endedAt()), counted));
    if (runs.size() > MOST) {
      runs.remove(runs.keySet().iterator().next());
    }
  }

  /** {@return whether all calls of the quota's last window were made here} */
  private static boolean isCounted(Quota quota, RunReport report, RunSetup<?> setup) {
    Duration here = Duration.between(report.startedAt(), report.endedAt());
    return setup.resume().isEmpty()
        || setup.counted().contains(quota)
        || here.compareTo(quota.window().plus(quota.margin())) >= 0;
  }

  /** {@return the quotas in which the run's calls are counted; none if another process ended it} */
  synchronized List<Quota> counted(RunSummary run) {
    Ended ended = runs.get(run.run());
    Optional<Instant> at = run.finished().map(end -> inMillis(end.at()));
    return ended != null && at.equals(Optional.of(ended.at())) ? ended.quotas() : List.of();
  }

  /** A ledger need not keep more of a time. */
  private static Instant inMillis(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS);
  }
}
