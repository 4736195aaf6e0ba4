package io.runbook4j.examples;

import io.runbook4j.alert.Incident;
import io.runbook4j.testkit.VirtualTime;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;

/** The life of an incident. See {@code --help}. */
public final class OnCall {
  private static final String HELP = """
      Lives through an incident of a sync on a virtual clock, in a second.

      OnCall
          A deploy begins to fail: an alert opens an incident, nobody acknowledges it and the next of
          the chain is paged; somebody takes it on, is reminded to tell the channel, fails with two
          remedies, which escalates it, and finds the third. At the end stands the draft of the
          post-mortem.

      Exit code: 0 the incident was resolved, 1 it was not, 2 the arguments make no sense, 3 stopped.
      """;

  private OnCall() {}

  /** Runs it; see {@code --help}. */
  public static void main(String[] args) {
    ExitCode code = ExitCode.STOPPED;
    try {
      code = start(List.of(args), System.out);
    } catch (IllegalArgumentException e) {
      System.err.println("OnCall: " + e.getMessage());
      code = ExitCode.USAGE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.exit(code.number());
  }

  private static ExitCode start(List<String> args, PrintStream out) throws InterruptedException {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(HELP);
      return ExitCode.WELL;
    }
    if (!args.isEmpty()) {
      throw new IllegalArgumentException("argument must be --help or none, was " + args.get(0));
    }
    VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T09:00:00Z"));
    Incident incident = new OnCallShift(time, out).run().incident();
    return incident.state() == Incident.State.RESOLVED ? ExitCode.WELL : ExitCode.SOME_FAILED;
  }
}
