package io.runbook4j.examples;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Incident;
import io.runbook4j.alert.Incident.Effect;
import io.runbook4j.alert.Incidents;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.Watch;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.VirtualTime;
import java.io.PrintStream;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An incident from the first alert to the draft of its post-mortem. */
final class OnCallShift {
  private static final String JOB = "resume-sync";
  private static final String LEAD = "engineering lead";
  private static final int EVENTS_A_MINUTE = 100;
  private static final int HEALTHY_PERCENT = 1;
  private static final int OUTAGE_PERCENT = 30;
  private static final Duration LONGEST = Duration.ofHours(2);
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final VirtualTime time;
  private final PrintStream out;
  private final List<Alert> chat = new ArrayList<>();
  private final List<Alert> lead = new ArrayList<>();

  OnCallShift(VirtualTime time, PrintStream out) {
    this.time = time;
    this.out = out;
  }

  /**
   * What came of it.
   *
   * @param incident the incident, after it was resolved
   * @param chat what the channel was told, in order
   * @param lead what the engineering lead was told, in order
   * @param postMortem the draft
   */
  record Result(Incident incident, List<Alert> chat, List<Alert> lead, String postMortem) {}

  Result run() throws InterruptedException {
    AlertRouter people = router("chat", chat);
    AlertRouter further = router("page to the " + LEAD, lead);
    Result result;
    try (people;
        further;
        Incidents incidents = Incidents.builder(time, people)
            .install("example")
            .escalateTo(LEAD, further)
            .service(JOB, "snapshots")
            .executor(time.executor())
            .start();
        AlertRouter alerts = AlertRouter.builder(time)
            .channel(incidents)
            .executor(time.executor())
            .build();
        Watch watch = Watch.builder(time, alerts)
            .job(JOB, rules())
            .executor(time.executor())
            .start()) {
      incidents.follow(watch);
      result = live(watch, incidents);
    }
    time.runToIdle();
    return result;
  }

  private static List<Rule> rules() {
    Duration halfHour = Duration.ofMinutes(30);
    return List.of(
        Rule.failureRate(0.07, halfHour).severity(Severity.SEV3),
        Rule.failureRate(0.10, halfHour).severity(Severity.SEV2));
  }

  private AlertRouter router(String name, List<Alert> told) {
    return AlertRouter.builder(time)
        .channel(alert -> {
          told.add(alert);
          say(name + ": " + alert.severity() + " " + alert.text());
        })
        .executor(time.executor())
        .build();
  }

  private void say(String text) {
    out.println(CLOCK.format(time.now()) + "  " + text.replace("\n", "\n       "));
  }

  private Result live(Watch watch, Incidents incidents) throws InterruptedException {
    say("all is well");
    live(watch, HEALTHY_PERCENT, Duration.ofHours(1));
    say("a bad deploy begins to fail");
    live(watch, OUTAGE_PERCENT, Duration.ofMinutes(20));
    say("ann acknowledges");
    incidents.acknowledge(JOB, "ann");
    live(watch, OUTAGE_PERCENT, Duration.ofMinutes(20));
    attempt(incidents, "rolled back deploy 812", Effect.FAILED);
    live(watch, OUTAGE_PERCENT, Duration.ofMinutes(10));
    attempt(incidents, "restarted the writers", Effect.FAILED);
    live(watch, OUTAGE_PERCENT, Duration.ofMinutes(15));
    attempt(incidents, "failed over to the standby database", Effect.WORKED);
    long number = incidents.open(JOB).orElseThrow().number();
    for (Duration waited = Duration.ZERO;
        incidents.open(JOB).isPresent() && waited.compareTo(LONGEST) < 0;
        waited = waited.plusMinutes(1)) {
      live(watch, HEALTHY_PERCENT, Duration.ofMinutes(1));
    }
    String postMortem = incidents.postMortem(number);
    say("the draft of the post-mortem:\n");
    out.println(postMortem);
    Incident incident =
        incidents.all().stream().filter(it -> it.number() == number).findFirst().orElseThrow();
    return new Result(incident, List.copyOf(chat), List.copyOf(lead), postMortem);
  }

  private void attempt(Incidents incidents, String remedy, Effect effect) {
    say("ann: " + remedy + ", " + effect);
    incidents.act(JOB, "ann", remedy, effect);
  }

  /** Lets time pass with 100 events a minute, of which so many fail. */
  private void live(Watch watch, int failingPercent, Duration duration)
      throws InterruptedException {
    for (long minute = 0; minute < duration.toMinutes(); minute++) {
      for (int event = 0; event < EVENTS_A_MINUTE; event++) {
        String user = "user-" + minute + "-" + event;
        if (event * 100 < failingPercent * EVENTS_A_MINUTE) {
          watch.failed(JOB, user, FailureKind.SERVER_ERROR, time.now());
        } else {
          watch.succeeded(JOB, user, time.now());
        }
      }
      time.sleep(Duration.ofMinutes(1));
    }
  }
}
