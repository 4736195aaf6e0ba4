package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.alert.Alert;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Late events, events from the future, restarts and clearing, which Prometheus knows nothing of:
 * against a slow evaluator that keeps every event and counts all of them each time.
 */
class ReferenceTest {
  private static final long STEP = 10_000;
  private static final long START = Instant.parse("2026-03-02T00:00:00Z").toEpochMilli();

  private static final List<Rule> RULES = List.of(
      Rule.failureRate(0.1, Duration.ofMinutes(15)),
      Rule.failureRate(0.3, Duration.ofMinutes(2))
          .minimum(3, 2)
          .clearBelow(0.5)
          .pendingFor(Duration.ofSeconds(25))
          .keepFiring(Duration.ofSeconds(40)),
      Rule.failureRate(0.2, Duration.ofMinutes(30)).alsoOver(Duration.ofMinutes(3)),
      Rule.affectedUsers(8, Duration.ofMinutes(20)),
      Rule.userFailureRate(0.3, Duration.ofMinutes(30)).minimum(3, 2).clearBelow(1));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void states_lateAndFutureEventsAndRestarts_areTheReferences(long seed) throws IOException {
    Random random = new Random(seed);
    Clock clock = new Clock();
    JobWatch watch = new JobWatch("job", RULES, new SipHash(1, 2), clock);
    List<Event> all = new ArrayList<>();
    List<Slow> slow = RULES.stream().map(Slow::new).toList();
    double rate = 0.1;
    long pause = 1_000;
    long fired = 0;

    for (int i = 0; i < 6_000; i++) {
      if (random.nextInt(300) == 0) {
        rate = random.nextInt(5) * 0.15;
        pause = random.nextInt(4) == 0 ? 90_000 : 500 + random.nextInt(4_000);
      }
      long next = clock.now + random.nextLong(pause);
      for (long end = (clock.now / STEP + 1) * STEP; end <= next; end += STEP) {
        clock.now = end;
        watch.advance(end);
        for (Slow it : slow) {
          it.decide(end, all);
        }
        fired += assertSame(seed, end, watch, slow);
      }
      clock.now = next;
      long at = skewed(next, random);
      String user = "u" + random.nextInt(30);
      boolean failed = random.nextDouble() < rate;
      watch.outcome(user, failed ? 3 : 0, at);
      long counted = at / STEP > next / STEP + 1 ? next : at;
      all.add(new Event(counted, failed, user));
      if (random.nextInt(700) == 0) {
        long down = random.nextLong(1_200_000);
        watch = restarted(watch, clock, down);
        slow.forEach(it -> it.sleep(down));
      }
    }

    assertThat(fired).as("nothing ever fired, seed " + seed).isGreaterThan(100);
  }

  private static long skewed(long now, Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> now - random.nextLong(3_000_000); // late, beyond most windows
      case 1 -> now - random.nextLong(60_000);
      case 2 -> now / STEP * STEP; // on the very edge
      case 3 -> now + random.nextLong(60_000); // ahead
      default -> now;
    };
  }

  private static JobWatch restarted(JobWatch watch, Clock clock, long down) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    watch.save(new DataOutputStream(bytes), 0);
    clock.now += down;
    JobWatch reborn = new JobWatch("job", RULES, new SipHash(1, 2), clock);
    reborn.load(
        new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), JobWatch.FORMAT, 0);
    return reborn;
  }

  private static long assertSame(long seed, long end, JobWatch watch, List<Slow> slow) {
    List<Watch.Status> statuses = watch.statuses();
    long firing = 0;
    for (int r = 0; r < RULES.size(); r++) {
      assertThat(statuses.get(r).state())
          .as("%s at %s, seed %d", RULES.get(r), Instant.ofEpochMilli(end), seed)
          .isEqualTo(slow.get(r).state);
      firing += slow.get(r).state == Watch.State.FIRING ? 1 : 0;
    }
    return firing;
  }

  private record Event(long at, boolean failed, String user) {}

  /** The rules of the documentation, said once more, slowly. */
  private static final class Slow {
    private final Rule rule;
    private Watch.State state = Watch.State.INACTIVE;
    private long pendingFrom;
    private long clearFrom = -1;

    Slow(Rule rule) {
      this.rule = rule;
    }

    void sleep(long millis) {
      pendingFrom += millis;
      clearFrom += clearFrom < 0 ? 0 : millis;
    }

    void decide(long end, List<Event> all) {
      boolean ofUsers = !(rule.condition() instanceof FailureRate);
      if (ofUsers && end % 60_000 != 0) {
        return;
      }
      String verdict = ofUsers ? users(end, all) : rate(end, all);
      if (verdict.equals("breach")) {
        clearFrom = -1;
        if (state == Watch.State.INACTIVE) {
          state = Watch.State.PENDING;
          pendingFrom = end;
        }
        if (state == Watch.State.PENDING && end >= pendingFrom + rule.pendingMillis()) {
          state = Watch.State.FIRING;
        }
        return;
      }
      if (state != Watch.State.FIRING) {
        state = Watch.State.INACTIVE;
        return;
      }
      boolean strict = rule.clearShare() == 1;
      if (verdict.equals("between") && !strict) {
        clearFrom = -1;
        return;
      }
      clearFrom = clearFrom < 0 ? end : clearFrom;
      long needed = rule.keepMillis();
      if (verdict.equals("quiet") && !strict) {
        needed = Math.max(needed, quietMillis());
      }
      if (end >= clearFrom + needed) {
        state = Watch.State.INACTIVE;
        clearFrom = -1;
      }
    }

    private long quietMillis() {
      if (rule.condition() instanceof FailureRate it) {
        return it.also().orElse(it.window()).toMillis();
      }
      return rule.condition() instanceof UserRate it ? it.window().toMillis() : 0;
    }

    private String rate(long end, List<Event> all) {
      FailureRate it = (FailureRate) rule.condition();
      long[] whole = count(end, it.window().toMillis(), all);
      if (whole[0] < it.minEvents()) {
        return "quiet";
      }
      String verdict = judge(whole[1] / (double) whole[0], it.share());
      if (verdict.equals("breach") && whole[1] < it.minFailures()) {
        verdict = "between";
      }
      if (it.also().isEmpty() || verdict.equals("clear")) {
        return verdict;
      }
      long[] part = count(end, it.also().orElseThrow().toMillis(), all);
      String second = part[0] == 0 ? "quiet" : judge(part[1] / (double) part[0], it.share());
      return second.equals("breach") ? verdict : second;
    }

    private static long[] count(long end, long window, List<Event> all) {
      long events = 0;
      long failures = 0;
      for (Event event : all) {
        if (event.at() >= end - window && event.at() < end) {
          events++;
          failures += event.failed() ? 1 : 0;
        }
      }
      return new long[] {events, failures};
    }

    private String users(long end, List<Event> all) {
      long window = rule.condition() instanceof AffectedUsers it
          ? it.window().toMillis()
          : ((UserRate) rule.condition()).window().toMillis();
      Set<String> seen = new HashSet<>();
      Set<String> failed = new HashSet<>();
      for (Event event : all) {
        if (event.at() >= end - window) {
          seen.add(event.user());
          if (event.failed()) {
            failed.add(event.user());
          }
        }
      }
      if (rule.condition() instanceof AffectedUsers it) {
        return judge(failed.size(), (double) it.users());
      }
      UserRate it = (UserRate) rule.condition();
      if (seen.size() < it.minUsers()) {
        return "quiet";
      }
      String verdict = judge(failed.size() / (double) seen.size(), it.share());
      return verdict.equals("breach") && failed.size() < it.minFailures() ? "between" : verdict;
    }

    private String judge(double value, double threshold) {
      if (value >= threshold) {
        return "breach";
      }
      return value < threshold * rule.clearShare() ? "clear" : "between";
    }
  }

  private static final class Clock implements JobWatch.Surroundings {
    private long now = START;

    @Override
    public long now() {
      return now;
    }

    @Override
    public Instant wall(long at) {
      return Instant.ofEpochMilli(at);
    }

    @Override
    public boolean isSilenced(String job) {
      return false;
    }

    @Override
    public long repeatMillis() {
      return Long.MAX_VALUE;
    }

    @Override
    public void tell(Alert alert) {}
  }
}
