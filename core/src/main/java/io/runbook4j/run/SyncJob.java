package io.runbook4j.run;

import dev.failsafe.Policy;
import io.runbook4j.alert.Rule;
import io.runbook4j.backoff.BackOff;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.gate.Gate;
import io.runbook4j.gate.Outbox;
import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.limit.Quota;
import io.runbook4j.schedule.RunWindow;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A named definition of a sync: a source, a target, and the policies between them. Immutable; may
 * be run many times, also by several runners at once.
 *
 * <p>With only {@code from} and {@code to}: chunks of 50 to 200 items that adapt, one in flight;
 * after a 429 the longer of what the service asks and 2 to 5 minutes; three retries of an item
 * after a server error, a broken connection or a time-out, within a retry budget of a fifth of the
 * calls.
 *
 * @param <T> the type of the items' values
 */
public final class SyncJob<T> {
  private static final Pattern NAME = Pattern.compile("[\\p{Alnum}][\\p{Alnum} ._-]{0,99}");

  private final String name;
  private final Source<T> source;
  private final Target<T> target;
  private final ChunkSize chunkSize;
  private final List<Quota> quotas;
  private final BackOff backOff;
  private final BackOff retryBackOff;
  private final Map<FailureKind, Reaction> reactions;
  private final InDoubt inDoubt;
  private final int chunksInFlight;
  private final int patience;
  private final RunWindow window;
  private final @Nullable Duration deadline;
  private final List<Rule> rules;
  private final List<Policy<ChunkResult>> guards;
  private final Gating<T> gating;
  private final LastLooks lastLooks;

  private SyncJob(Builder<T> builder, Source<T> source, Target<T> target) {
    this.name = builder.name;
    this.source = source;
    this.target = target;
    this.chunkSize = builder.chunkSize;
    this.quotas = List.copyOf(builder.quotas);
    this.backOff = builder.backOff;
    this.retryBackOff = builder.retryBackOff;
    this.reactions = Map.copyOf(builder.reactions);
    this.inDoubt = builder.inDoubt;
    this.chunksInFlight = builder.chunksInFlight;
    this.patience = builder.patience;
    this.window = builder.window;
    this.deadline = builder.deadline;
    this.rules = List.copyOf(builder.rules);
    this.guards = List.copyOf(builder.guards);
    this.gating = builder.gating.checked(name);
    this.lastLooks = builder.lastLooks;
  }

  /**
   * Begins the definition of a job.
   *
   * @param name 1 to 100 letters, digits, spaces, dots, dashes and underscores; the same in all
   *     runs, so that they are found again
   */
  public static <T> Builder<T> named(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name must be 1 to 100 letters, digits, spaces, dots, dashes and underscores, was \""
              + name + "\"");
    }
    return new Builder<>(name);
  }

  /** {@return the job's name} */
  public String name() {
    return name;
  }

  Source<T> source() {
    return source;
  }

  Target<T> target() {
    return target;
  }

  /** {@return the name of the limit that the target's calls fall under} */
  String service() {
    return target.service().isEmpty() ? "job " + name : target.service();
  }

  ChunkSize chunkSize() {
    return chunkSize;
  }

  List<Quota> quotas() {
    return quotas;
  }

  BackOff backOff() {
    return backOff;
  }

  BackOff retryBackOff() {
    return retryBackOff;
  }

  Reaction reaction(FailureKind kind) {
    return Objects.requireNonNull(reactions.get(kind));
  }

  InDoubt inDoubt() {
    return inDoubt;
  }

  int chunksInFlight() {
    return chunksInFlight;
  }

  int patience() {
    return patience;
  }

  RunWindow window() {
    return window;
  }

  Optional<Duration> deadline() {
    return Optional.ofNullable(deadline);
  }

  List<Rule> rules() {
    return rules;
  }

  List<Policy<ChunkResult>> guards() {
    return guards;
  }

  Gating<T> gating() {
    return gating;
  }

  LastLooks lastLooks() {
    return lastLooks;
  }

  /**
   * Collects a job's definition. Not safe for many threads.
   *
   * @param <T> the type of the items' values
   */
  public static final class Builder<T> {
    private final String name;
    private @Nullable Source<T> source;
    private @Nullable Target<T> target;
    private ChunkSize chunkSize = ChunkSize.defaults();
    private final List<Quota> quotas = new ArrayList<>();
    private BackOff backOff = BackOff.between(Duration.ofMinutes(2), Duration.ofMinutes(5));
    private BackOff retryBackOff = BackOff.between(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private final Map<FailureKind, Reaction> reactions = Reaction.defaults();
    private InDoubt inDoubt = InDoubt.RESOLVE;
    private int chunksInFlight = 1;
    private int patience = 12;
    private RunWindow window = RunWindow.always();
    private @Nullable Duration deadline;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Policy<ChunkResult>> guards = new ArrayList<>();
    private Gating<T> gating = Gating.none();
    private LastLooks lastLooks = LastLooks.none();

    private Builder(String name) {
      this.name = name;
    }

    /** Sets where the items come from. Required. */
    public Builder<T> from(Source<T> source) {
      this.source = Objects.requireNonNull(source, "source");
      return this;
    }

    /** Sets what they are applied to. Required. */
    public Builder<T> to(Target<T> target) {
      this.target = Objects.requireNonNull(target, "target");
      return this;
    }

    /** Sets how many items a chunk holds. Default adaptive between 50 and 200. */
    public Builder<T> chunkSize(ChunkSize chunkSize) {
      this.chunkSize = Objects.requireNonNull(chunkSize, "chunkSize");
      return this;
    }

    /**
     * Adds a limit on the calls to the target's service; all that are added hold together. Default
     * none. It holds within one process, for all runs that share its limiters. A run that another
     * process, or another runner, had last first lets a window of up to an hour pass when it is
     * resumed, and closes the limiter meanwhile; nothing else knows of the calls made there.
     */
    public Builder<T> quota(Quota quota) {
      quotas.add(Objects.requireNonNull(quota, "quota"));
      return this;
    }

    /**
     * Sets the wait after the service said that it is rate limited. Default between 2 and 5
     * minutes, also where a schedule throws, which the report then says.
     */
    public Builder<T> backOff(BackOff backOff) {
      this.backOff = Objects.requireNonNull(backOff, "backOff");
      return this;
    }

    /**
     * Sets the wait before an item is tried again for any other reason. Default between 1 and 30
     * seconds; between 2 and 5 minutes where a schedule throws, which the report then says.
     */
    public Builder<T> retryBackOff(BackOff retryBackOff) {
      this.retryBackOff = Objects.requireNonNull(retryBackOff, "retryBackOff");
      return this;
    }

    /** Changes the reaction to one kind of failure. */
    public Builder<T> on(FailureKind kind, Reaction reaction) {
      reactions.put(kind, Objects.requireNonNull(reaction, "reaction"));
      return this;
    }

    /** Sets what is done with items in doubt. Default {@link InDoubt#RESOLVE}. */
    public Builder<T> inDoubt(InDoubt inDoubt) {
      this.inDoubt = Objects.requireNonNull(inDoubt, "inDoubt");
      return this;
    }

    /**
     * Sets how many chunks are sent at the same time. Default 1; at most 256. Items of one key keep
     * their order.
     */
    public Builder<T> chunksInFlight(int chunksInFlight) {
      if (chunksInFlight < 1 || chunksInFlight > Frontier.HORIZON) {
        throw new IllegalArgumentException(
            "chunksInFlight must be 1 to " + Frontier.HORIZON + ", was " + chunksInFlight);
      }
      this.chunksInFlight = chunksInFlight;
      return this;
    }

    /**
     * Sets after how many rate-limited calls in a row, with no call in between that got through,
     * the run stops and raises {@code run-stopped}; it can be resumed. Default 12, which is an hour
     * of waiting with the default back-off; at least 1.
     */
    public Builder<T> patience(int patience) {
      if (patience < 1) {
        throw new IllegalArgumentException("patience must be at least 1, was " + patience);
      }
      this.patience = patience;
      return this;
    }

    /**
     * Sets when the run may send. Default always. When the window closes, the run stops and can be
     * resumed.
     */
    public Builder<T> window(RunWindow window) {
      this.window = Objects.requireNonNull(window, "window");
      return this;
    }

    /**
     * Sets how long a run may take before it stops; it can be resumed. Default as long as it takes;
     * positive.
     */
    public Builder<T> deadline(Duration deadline) {
      if (deadline.isNegative() || deadline.isZero()) {
        throw new IllegalArgumentException("deadline must be positive, was " + deadline);
      }
      this.deadline = deadline;
      return this;
    }

    /** Adds a rule that raises an alert. Default none. */
    public Builder<T> alertWhen(Rule rule) {
      rules.add(Objects.requireNonNull(rule, "rule"));
      return this;
    }

    /**
     * Adds a Failsafe policy around each call to the target, inside those added before: a
     * {@code Timeout}, a {@code CircuitBreaker}, a {@code Bulkhead}. A call that a policy refuses
     * was not sent; one that timed out is in doubt. A verification is guarded too, and counts as a
     * success once it is answered. Give a bulkhead a longest wait: without one, Failsafe 3.3.2
     * loses a permit after each refusal.
     *
     * <p>Most targets, the adapters' among them, return that a call was refused or not answered and
     * throw nothing, which is a success to a circuit breaker unless it is told otherwise:
     * {@code CircuitBreaker.<ChunkResult>builder().handleResultIf(ChunkResult::isWholeCall)}.
     *
     * @throws IllegalArgumentException if the policy would call again, or invent an answer, behind
     *     the ledger's back: a {@code RetryPolicy}, a {@code Fallback}
     */
    public Builder<T> guard(Policy<ChunkResult> policy) {
      guards.add(TargetCall.checked(policy));
      return this;
    }

    /**
     * Sets the gate that is asked for every item before it is sent. While it ramps up, the items
     * that it does not let through are skipped, and are outstanding. Default none: always open.
     */
    public Builder<T> gate(Gate gate) {
      this.gating = gating.gate(Objects.requireNonNull(gate, "gate"));
      return this;
    }

    /**
     * Sets what a run does while the gate is local-only, unless it defers. Default
     * {@link WhileClosed#STOP}.
     */
    public Builder<T> whileLocalOnly(WhileClosed whileClosed) {
      this.gating = gating.whileClosed(Objects.requireNonNull(whileClosed, "whileClosed"));
      return this;
    }

    /**
     * Puts the items that the gate keeps in into this outbox, and those of keys that wait in it,
     * and goes on; they count as skipped. Whoever drains the outbox applies them. A run that died
     * asks the outbox what it took already when it is resumed, and puts nothing in twice.
     *
     * @param payload writes a value as the outbox is to keep it
     */
    public Builder<T> deferTo(Outbox outbox, Function<? super T, String> payload) {
      this.gating = gating.deferral(new Gating.Deferral<>(outbox, payload));
      return this;
    }

    /**
     * Makes the gate local-only when a run finds corruption: an item that fails for INTEGRITY, or a
     * finding of a {@linkplain #checkAfter check}. For what is found elsewhere, and for severities,
     * see {@link Gate#shutOnAlertsOf}.
     */
    public Builder<T> localOnlyOnCorruption() {
      this.gating = gating.shuttingOnCorruption();
      return this;
    }

    /**
     * Sets a look at a few of the items that succeeded, with {@link Target#verify}, when the run is
     * complete. Default none.
     */
    public Builder<T> spotCheck(SpotCheck spotCheck) {
      this.lastLooks = lastLooks.spotCheck(Objects.requireNonNull(spotCheck, "spotCheck"));
      return this;
    }

    /**
     * Adds a check of the data, such as {@code () -> checks.over("snapshots", rows)}, that is made
     * when a run is complete. What it finds is in the ledger and the report, and is raised;
     * corruption as SEV1, of which the watch is told too if a rule of the job is on it. A check
     * that throws is a problem in the report. Default none.
     */
    public Builder<T> checkAfter(Callable<List<Finding>> check) {
      this.lastLooks = lastLooks.check(Objects.requireNonNull(check, "check"));
      return this;
    }

    /**
     * {@return the job}
     *
     * @throws IllegalStateException if the source or the target is missing, or the job defers or is
     *     to be local-only and has no gate
     */
    public SyncJob<T> build() {
      if (source == null || target == null) {
        throw new IllegalStateException("job " + name + " must have a source and a target: "
            + (source == null ? "from(..)" : "to(..)") + " was not called");
      }
      return new SyncJob<>(this, source, target);
    }
  }
}
