package io.runbook4j;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM with this one's class path, which a test may kill. It never outlives the test: one
 * that fails kills it by closing it, and under one that hangs it is killed after two minutes.
 */
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    this.output = process.inputReader();
    CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES).execute(process::destroyForcibly);
  }

  /** {@return the JVM, running a main class; what it says on its standard error is output, too} */
  public static ChildJvm start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xshare:auto",
        // What the JVM warns of is output, too: of another one that starts at this moment, say, and
        // locks its performance data.
        "-Xlog:disable",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
        "-cp",
        System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    // Not our own standard error: Maven waits until all who hold it have ended.
    return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** {@return the next line of its output; empty when it has ended} */
  public Optional<String> line() throws IOException {
    return Optional.ofNullable(output.readLine());
  }

  /** {@return what it says until it ends; after a kill, the last line may be torn} */
  public String rest() throws IOException {
    StringWriter rest = new StringWriter();
    output.transferTo(rest);
    return rest.toString();
  }

  /** Kills it; unlike {@link Process#destroyForcibly} this leaves its output to be read. */
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Reads no more of its output, and lets it live. */
  public void stopListening() throws IOException {
    output.close();
  }

  /** {@return its exit code, once it has ended} */
  public int exitValue() {
    return process.onExit().join().exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
