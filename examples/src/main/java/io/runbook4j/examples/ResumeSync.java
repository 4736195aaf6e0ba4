package io.runbook4j.examples;

import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.testkit.VirtualTime;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.awt.Desktop;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** The runbook of the resume sync: a bad week, and the way back. See {@code --help}. */
public final class ResumeSync {
  private static final String HELP = """
      Syncs users' resumes to PostgreSQL for a week in which a deploy goes bad, in seconds.

      ResumeSync [--folder DIR] [--open]
          Starts a database of its own and lives through the week on a virtual clock: the error rate
          rises and alerts go from warning to SEV1; rows are corrupted and found; the gate goes
          local-only and changes queue; the rows are mended, the gate ramps up and the queue drains.
          Report, diary, history and ledger go into a new folder inside of DIR, examples/runs of the
          project if not given. --open shows the report in the browser.

      Exit code: 0 the week ended well, 1 something is missing or was sent that must not be, 2 the
      arguments make no sense, 3 stopped.
      """;

  private final PrintStream out;

  private ResumeSync(PrintStream out) {
    this.out = out;
  }

  /** Runs it; see {@code --help}. */
  public static void main(String[] args) {
    ExitCode code = ExitCode.STOPPED;
    try {
      code = new ResumeSync(System.out).start(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println("ResumeSync: " + e.getMessage());
      code = ExitCode.USAGE;
    } catch (IOException
        | SQLException
        | IllegalStateException
        | LedgerException
        | UncheckedIOException e) {
      System.err.println("ResumeSync: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.exit(code.number());
  }

  private ExitCode start(List<String> args) throws IOException, SQLException, InterruptedException {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(HELP);
      return ExitCode.WELL;
    }
    Path parent = Path.of(System.getProperty("examples.runs", "examples/runs"));
    boolean opens = false;
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).equals("--open")) {
        opens = true;
      } else if (args.get(i).equals("--folder") && i + 1 < args.size()) {
        parent = Path.of(args.get(++i));
      } else {
        throw new IllegalArgumentException(
            "argument must be one of --folder DIR --open --help, was " + args.get(i));
      }
    }
    Files.createDirectories(parent);
    ResumeWeek.Result result = live(Files.createTempDirectory(parent, "resume-sync-"), out);
    if (opens) {
      show(result.report());
    }
    boolean isWell = result.wrong().isEmpty() && result.sentWhileLocalOnly() == 0;
    return isWell ? ExitCode.WELL : ExitCode.SOME_FAILED;
  }

  /** Lives through the week against a database of its own. */
  static ResumeWeek.Result live(Path folder, PrintStream out)
      throws IOException, SQLException, InterruptedException {
    VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-16T00:00:00Z")); // a Monday
    out.println("Starting PostgreSQL. The times below are those of a virtual clock.\n");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        SnapshotStore store = SnapshotStore.create(postgres.getPostgresDatabase(), time)) {
      ResumeWeek.Result result = new ResumeWeek(time, folder, store, out).run();
      explain(result, out);
      return result;
    }
  }

  private static void explain(ResumeWeek.Result result, PrintStream out) {
    out.println("\nReport: " + result.report());
    out.println("Diary, history and ledger are beside it.");
    out.println("The database's own record: of " + result.users() + " users with a snapshot, "
        + (result.users() - result.wrong().size()) + " have their newest version there, word for"
        + " word.");
    out.println("The database's own record: " + result.sentWhileLocalOnly()
        + " rows came while the gate was local-only; at most " + result.mostQueued()
        + " changes were queued, " + result.queued() + " still are.");
  }

  private void show(Path report) throws IOException {
    if (Desktop.isDesktopSupported() && Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
      Desktop.getDesktop().browse(report.toUri());
    } else {
      out.println("There is no browser here to open it in.");
    }
  }
}
