package io.runbook4j.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Something that people do again and again: its name, when it is due, and how. Immutable.
 *
 * <p>It is due when the clock of its zone reaches a time that its cron expression names. Where the
 * clock is put forward over that time, this is the moment at which it is put forward; where it is
 * put back, and the time comes twice, the first one counts.
 */
public final class MaintenanceTask {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Duration DAY = Duration.ofDays(1);

  private final String name;
  private final LocalCron cron;
  private final Duration grace;
  private final String instructions;

  private MaintenanceTask(String name, LocalCron cron, Duration grace, String instructions) {
    this.name = name;
    this.cron = cron;
    this.grace = grace;
    this.instructions = instructions;
  }

  /**
   * Returns a task that is overdue a day after it was due.
   *
   * @param name of lower case letters, digits and dashes, at most 64
   * @param cron the five fields of Unix, such as {@code 0 9 * * TUE}; with a day of month and a day
   *     of week it is due on either
   * @param zone whose clock counts
   */
  public static MaintenanceTask of(String name, String cron, ZoneId zone) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name must be of lower case letters, digits and dashes (at most 64), was \"" + name
              + "\"");
    }
    Objects.requireNonNull(zone, "zone");
    return new MaintenanceTask(name, LocalCron.parse(cron, zone), DAY, "");
  }

  private static MaintenanceTask utc(String name, String cron, String instructions) {
    return of(name, cron, ZoneOffset.UTC).instructions(instructions);
  }

  /** {@return the rotation of cookies, every Tuesday at 09:00 UTC} */
  public static MaintenanceTask cookieRotation() {
    return utc("cookie-rotation", "0 9 * * TUE", "Rotate the cookies of sources that need them.");
  }

  /** {@return the check that refreshing OAuth tokens still works, every Monday at 09:00 UTC} */
  public static MaintenanceTask tokenRefreshCheck() {
    return utc(
        "token-refresh-check", "0 9 * * MON", "Refresh each OAuth token once, and see it work.");
  }

  /**
   * {@return the check that the infrastructure is as it is described, every Monday at 09:00 UTC}
   */
  public static MaintenanceTask driftCheck() {
    return utc(
        "drift-check", "0 9 * * MON", "Run terraform plan, and see that it would change nothing.");
  }

  /** {@return the audit of dependencies, on the first of each month at 09:00 UTC} */
  public static MaintenanceTask dependencyAudit() {
    return utc(
        "dependency-audit",
        "0 9 1 * *",
        "Look for vulnerable and outdated dependencies, and update them.");
  }

  /** {@return the rotation of webhook secrets, on the first of each month at 09:00 UTC} */
  public static MaintenanceTask webhookSecretRotation() {
    return utc(
        "webhook-secret-rotation",
        "0 9 1 * *",
        "Make a new webhook secret, and give it to all systems that sign and verify.");
  }

  /**
   * {@return the rotation of the key that tokens are encrypted with, on the first day of each
   * quarter at 09:00 UTC}
   */
  public static MaintenanceTask encryptionKeyRotation() {
    return utc(
        "encryption-key-rotation",
        "0 9 1 1,4,7,10 *",
        "Make a new token encryption key, and encrypt the tokens anew.");
  }

  /** {@return the rotation of OAuth secrets, on 1 January and 1 July at 09:00 UTC} */
  public static MaintenanceTask oauthSecretRotation() {
    return utc(
        "oauth-secret-rotation", "0 9 1 1,7 *", "Make new OAuth client secrets at each service.");
  }

  /**
   * {@return the tasks of the runbooks that are about keys and drift: those that the other methods
   * here return} Not the daily, weekly and monthly lists of the function runbook (logs to be read,
   * alerts to be tuned): what is on them depends on the install.
   */
  public static List<MaintenanceTask> runbook() {
    return List.of(
        cookieRotation(),
        tokenRefreshCheck(),
        driftCheck(),
        dependencyAudit(),
        webhookSecretRotation(),
        encryptionKeyRotation(),
        oauthSecretRotation());
  }

  /** {@return this task, overdue so long after it was due} Default a day; not negative. */
  public MaintenanceTask grace(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace must be at least 0, was " + grace);
    }
    return new MaintenanceTask(name, cron, grace, instructions);
  }

  /** {@return this task with what to do, for the warning} Default nothing. */
  public MaintenanceTask instructions(String instructions) {
    Objects.requireNonNull(instructions, "instructions");
    return new MaintenanceTask(name, cron, grace, instructions);
  }

  /** {@return its name} */
  public String name() {
    return name;
  }

  /** {@return how long after it was due it is overdue} */
  public Duration grace() {
    return grace;
  }

  /** {@return what to do; may be empty} */
  public String instructions() {
    return instructions;
  }

  /** {@return when it is due for the first time after the instant} */
  public Instant dueAfter(Instant instant) {
    Objects.requireNonNull(instant, "instant");
    Optional<Instant> due = cron.after(instant);
    return due.orElseThrow(() -> new IllegalArgumentException(
        "instant must be one after which " + this + " is due, was " + instant));
  }

  /** {@return the task for a person, such as {@code cookie-rotation (0 9 * * TUE Z)}} */
  @Override
  public String toString() {
    return name + " (" + cron + ")";
  }
}
