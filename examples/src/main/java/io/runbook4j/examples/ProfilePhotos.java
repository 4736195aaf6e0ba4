package io.runbook4j.examples;

import io.runbook4j.ledger.ItemsCsv;
import io.runbook4j.limit.Quota;
import io.runbook4j.rest.Credential;
import io.runbook4j.run.ProgressDisplay;
import io.runbook4j.run.RunListener;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.time.Time;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The first runbook: users with a mapping to a photo, pushed in chunks of 50 to 200. See
 * {@code --help}.
 */
public final class ProfilePhotos {
  private static final int SECONDS_TO_STOP = 60;
  private static final String HELP = """
      Pushes users' photos to a rate-limited service, in chunks of 50 to 200.

      ProfilePhotos [--ledger DIR]
          A demonstration: 1,200 users, a service of its own on loopback, waits shortened so that
          it ends within a minute.

      ProfilePhotos --users FILE --url URL [--limit CALLS/SECONDS] [--token-env NAME] [--ledger DIR]
          Real input. FILE is CSV in UTF-8 with the columns user_id, slack_user_id and photo_url;
          others are ignored. --limit is the most calls in any window, 50/60 if not given. The token
          in the environment variable NAME is sent as a bearer token.

      ProfilePhotos --users FILE --url URL .. --rerun failed|USERS.csv
          Reruns what is outstanding instead: all that failed, or those users of a file with a
          column "key", such as the exported unmapped-*.csv once they have their mapping in FILE.

      ProfilePhotos --serve PORT [--ledger DIR]
          The demonstration's service alone, for trying the commands above.

      A run that was stopped (Ctrl-C lets the chunk in flight finish) or killed goes on when the
      same command is given again; with --new on real input, a new one begins instead. Runs are kept
      in DIR, examples/runs of the project if not given; those of the demonstration in its folder
      demonstration.

      The service at URL answers:
        POST URL/photos   body [{"userId":"..","slackUserId":"..","photoUrl":".."}, ..]
                          200 {"results":[{"userId":"..","status":200},
                                          {"userId":"..","status":404,"error":".."}, ..]}
                          status is 2xx, or why the image could not be fetched
        GET URL/photos?users=ID,ID,..
                          200 {"applied":["ID", ..]}, asked when an answer was lost
        both              401 if the token is bad; 429 with Retry-After if that was too fast

      Exit code: 0 all is well, 1 some users failed, 2 the arguments make no sense, 3 stopped.
      """;

  private final PrintStream out;
  private final StopSignal stop;

  private ProfilePhotos(PrintStream out, StopSignal stop) {
    this.out = out;
    this.stop = stop;
  }

  /** Runs it; see {@code --help}. */
  public static void main(String[] args) {
    StopSignal stop = new StopSignal();
    AtomicInteger code = new AtomicInteger(ExitCode.STOPPED.number());
    CountDownLatch over = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endWhenOver(stop, over, code)));
    try {
      code.set(new ProfilePhotos(System.out, stop).start(args).number());
    } catch (IllegalArgumentException e) {
      System.err.println("ProfilePhotos: " + e.getMessage());
      code.set(ExitCode.USAGE.number());
    } catch (IllegalStateException | IOException | LedgerException | UncheckedIOException e) {
      System.err.println("ProfilePhotos: " + e.getMessage());
    } finally {
      over.countDown();
    }
    System.exit(code.get());
  }

  private static void endWhenOver(StopSignal stop, CountDownLatch over, AtomicInteger code) {
    stop.raise();
    try {
      over.await(SECONDS_TO_STOP, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // a process that was asked to end would otherwise say 128 + the signal, whatever it did
    Runtime.getRuntime().halt(code.get());
  }

  private ExitCode start(String... args) throws IOException {
    Arguments arguments = Arguments.parse(args);
    if (arguments.isHelp()) {
      out.print(HELP);
      return ExitCode.WELL;
    }
    Path ledger =
        fromHere(arguments.ledger(Path.of(System.getProperty("examples.runs", "examples/runs"))));
    Optional<Integer> port = arguments.servePort();
    if (port.isPresent()) {
      return serve(port.get(), ledger);
    }
    // Its users and its runs are not to be taken for those of real input.
    return arguments.isReal()
        ? work(arguments, ledger)
        : demonstrate(ledger.resolve("demonstration"));
  }

  /** {@return the path as a person standing here would write it} */
  private static Path fromHere(Path path) {
    Path here = Path.of("").toAbsolutePath();
    Path whole = path.toAbsolutePath().normalize();
    return whole.startsWith(here) && !whole.equals(here) ? here.relativize(whole) : path;
  }

  private List<RunListener> listeners() {
    return List.of(stop, ProgressDisplay.standard());
  }

  private static ServiceTerms terms() {
    return new ServiceTerms(5, Duration.ofSeconds(4), Duration.ofMillis(3), 6);
  }

  private ExitCode demonstrate(Path ledger) throws IOException {
    Pace pace = Pace.shortened(Quota.of(8, terms().window()), Time.system());
    RunReport newest =
        new Demonstration(ledger, terms(), pace, listeners(), out).run().newest();
    ExitCode code = ExitCode.of(newest);
    out.println(
        switch (code) {
          case STOPPED -> "Stopped. The same command goes on with it.";
          case SOME_FAILED ->
            newest.counts().failed() + newest.counts().inDoubt()
                + " users need a person, as planned; so the exit code is 1.";
          case WELL, USAGE -> "All is well.";
        });
    return code;
  }

  private ExitCode work(Arguments arguments, Path ledger) throws IOException {
    Optional<Credential> credential = arguments
        .tokenVariable()
        .map(name ->
            Credential.readFrom(() -> String.valueOf(System.getenv(name)))); // checked to be there
    Files.createDirectories(ledger);
    PhotoSync.Place place = new PhotoSync.Place(ledger, arguments.users(), out);
    PhotoTarget target = PhotoTarget.at(arguments.url(), credential);
    try (PhotoSync sync = new PhotoSync(place, target, Pace.real(arguments.limit()), listeners())) {
      RunReport report = arguments.isRerun()
          ? rerun(arguments, sync)
          : arguments.isNew() ? sync.run() : sync.runOrResume();
      out.println("\n" + report.text());
      commands(report, sync.exportUnmapped(report.runId())).forEach(out::println);
      return ExitCode.of(report);
    }
  }

  /** {@return what the report's next steps are on this command line} */
  static List<String> commands(RunReport report, Optional<Path> unmapped) {
    List<String> commands = new ArrayList<>();
    if (report.state() != RunState.COMPLETED) {
      commands.add("The same command goes on with this run; with --new, another one begins.");
    } else if (report.counts().failed() > 0) {
      commands.add("The same command with --rerun failed reruns all that failed.");
    }
    unmapped.ifPresent(file -> commands.add("Users without a mapping: " + file
        + "; once they have theirs, the same command with --rerun " + file
        + " reruns those only."));
    return commands;
  }

  private static RunReport rerun(Arguments arguments, PhotoSync sync) {
    return arguments
        .rerunFile()
        .map(file -> sync.rerunOutstanding(keys(file)))
        .orElseGet(sync::rerunOutstanding);
  }

  /** The file is an argument, so what is wrong with it is told as with the others. */
  private static Set<String> keys(Path file) {
    try {
      return ItemsCsv.keys(file);
    } catch (LedgerException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private ExitCode serve(int port, Path ledger) throws IOException {
    Files.createDirectories(ledger);
    ServiceTerms terms = terms();
    try (PhotoService service =
        PhotoService.start(terms, port, ledger.resolve("service.log"), Time.system())) {
      out.println(String.format(
          Locale.ROOT,
          "Serving at %s, %d calls in any %d s. The token is %s. It remembers in %s what it did."
              + " Ctrl-C ends it.",
          service.url(),
          terms.calls(),
          terms.window().toSeconds(),
          service.lastingToken(),
          ledger.resolve("service.log")));
      stop.awaitRaised();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.WELL;
  }
}
