package io.runbook4j.examples;

import io.runbook4j.run.RunListener;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The runbook from end to end against a service of its own: run, report, export those without a
 * mapping, rerun those that failed, and ask the service whom it was sent.
 */
final class Demonstration {
  private final Path ledger;
  private final ServiceTerms terms;
  private final Pace pace;
  private final List<RunListener> listeners;
  private final PrintStream out;

  Demonstration(
      Path ledger, ServiceTerms terms, Pace pace, List<RunListener> listeners, PrintStream out) {
    this.ledger = ledger;
    this.terms = terms;
    this.pace = pace;
    this.listeners = List.copyOf(listeners);
    this.out = out;
  }

  /**
   * What came of it.
   *
   * @param newest the report of the last run
   * @param first the report of the run before the rerun; empty if there was no rerun
   * @param calledAgain how often the rerun sent a user that had a photo already
   * @param appliedTwice how many users' photo was applied more than once, as the service counts
   * @param limited how many calls the service answered with 429
   * @param unauthorized how many calls it answered with 401
   */
  record Result(
      RunReport newest,
      Optional<RunReport> first,
      int calledAgain,
      int appliedTwice,
      int limited,
      int unauthorized) {}

  Result run() throws IOException {
    Files.createDirectories(ledger);
    Path users = shippedUsers();
    Path record = ledger.resolve("service.log");
    Optional<RunSummary> unfinished = PhotoSync.unfinished(ledger);
    if (unfinished.filter(run -> run.state() == RunState.RUNNING).isPresent()) {
      throw new IllegalStateException("run " + unfinished.get().run() + " in " + ledger
          + " is going on in another process; wait for it, stop it, or give another --ledger");
    }
    if (unfinished.isEmpty()) {
      Files.deleteIfExists(record); // a new run begins with a service that has no photos
    }
    PhotoSync.Place place = new PhotoSync.Place(ledger, users, out);
    try (PhotoService service = PhotoService.start(terms, 0, record, pace.time());
        PhotoSync sync = new PhotoSync(place, target(service), pace, listeners)) {
      explain(service, users);
      unfinished.ifPresent(run -> out.println("Run " + run.run() + " is " + run.state()
          + ": going on with it. The service remembers " + service.users().size()
          + " users that have their photo.\n"));
      return operate(service, sync);
    }
  }

  private Path shippedUsers() throws IOException {
    Path users = ledger.resolve("users.csv");
    try (InputStream shipped = Demonstration.class.getResourceAsStream("users.csv")) {
      Files.copy(
          Objects.requireNonNull(shipped, "users.csv"), users, StandardCopyOption.REPLACE_EXISTING);
    }
    return users;
  }

  private static PhotoTarget target(PhotoService service) {
    return PhotoTarget.at(
        service.url(), Optional.of(new ServiceToken(service.url(), service.firstToken())));
  }

  private void explain(PhotoService service, Path users) {
    out.println("Pushes the photos of the users in " + users + " to a service of its own at "
        + service.url() + ".");
    out.println("The service takes " + terms.calls() + " calls in any " + seconds(terms.window())
        + " s, and the job is told " + pace.quota().permits() + ", so that it meets the limit.");
    out.println("Shortened, so that this ends within a minute: the wait after a 429 is "
        + pace.backOff() + " (really 2 to 5 minutes),");
    out.println("and that before an image is tried again " + pace.retryBackOff()
        + " (really 1 to 30 seconds). Nothing else is.");
    out.println("Stop it with Ctrl-C or kill -9 and start it again: it goes on.\n");
  }

  private static String seconds(Duration duration) {
    return Long.toString(duration.toSeconds());
  }

  private Result operate(PhotoService service, PhotoSync sync) {
    RunReport run = sync.runOrResume();
    out.println("\n" + run.text());
    sync.exportUnmapped(run.runId())
        .ifPresent(file -> out.println("Users without a mapping: " + file + "\n"));
    if (run.state() != RunState.COMPLETED || run.origin().kind() != RunOrigin.Kind.FULL) {
      return result(service, run, Optional.empty(), 0);
    }
    Set<String> served = service.users();
    int before = service.sent(served);
    out.println("Now only the " + run.counts().failed() + " that failed, again.\n");
    RunReport rerun = sync.rerunFailed(run.runId());
    out.println("\n" + rerun.text());
    int again = service.sent(served) - before;
    out.println("The service's own record: " + served.size()
        + " users had their photo before the rerun, and the rerun sent " + again + " of them.");
    return result(service, rerun, Optional.of(run), again);
  }

  private Result result(
      PhotoService service, RunReport newest, Optional<RunReport> first, int again) {
    Result result = new Result(
        newest, first, again, service.appliedTwice(), service.limited(), service.unauthorized());
    out.println("The service's own record: " + service.users().size()
        + " users have their photo, " + result.appliedTwice() + " of them got it twice; "
        + result.limited() + " calls met the limit, " + result.unauthorized()
        + " an expired token.");
    return result;
  }
}
