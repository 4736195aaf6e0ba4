package io.runbook4j.gate;

import java.time.Duration;

/**
 * What to tell users while changes wait.
 *
 * @param text in one line, such as {@code sync paused – local changes queued (12, the oldest for 5
 *     min)}
 * @param count how many changes wait
 * @param oldest how long the oldest has waited; zero if none waits
 */
public record PausedMessage(String text, int count, Duration oldest) {
  static PausedMessage of(GateState state, int count, Duration oldest) {
    String what = state.fold(new GateState.Cases<String>() {
      @Override
      public String open(GateState.Open open) {
        return "sync resumed";
      }

      @Override
      public String localOnly(GateState.LocalOnly localOnly) {
        return "sync paused";
      }

      @Override
      public String ramping(GateState.Ramping ramping) {
        return "sync resuming";
      }
    });
    String queued = count == 0
        ? "no local changes queued"
        : "local changes queued (" + count + ", the oldest for " + rounded(oldest) + ")";
    return new PausedMessage(what + " \u2013 " + queued, count, oldest);
  }

  static String rounded(Duration age) {
    if (age.toDays() >= 2) {
      return age.toDays() + " days";
    }
    if (age.toHours() >= 2) {
      return age.toHours() + " h";
    }
    return age.toMinutes() >= 1 ? age.toMinutes() + " min" : age.toSeconds() + " s";
  }
}
