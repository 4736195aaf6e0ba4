package io.runbook4j.adapter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An adapter cannot be used: it was not found, is not fit for this core, or is not set up well. */
public final class AdapterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String adapter;

  @SuppressWarnings("serial") // List.copyOf is serializable
  private final List<String> problems;

  private AdapterException(
      String adapter, List<String> problems, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.adapter = adapter;
    this.problems = List.copyOf(problems);
  }

  static AdapterException of(String adapter, String problem) {
    return because(adapter, problem, null);
  }

  static AdapterException because(String adapter, String problem, @Nullable Throwable cause) {
    return new AdapterException(adapter, List.of(problem), problem, cause);
  }

  static AdapterException listing(String adapter, String summary, List<String> problems) {
    return new AdapterException(
        adapter, problems, summary + "\n  - " + String.join("\n  - ", problems), null);
  }

  /** {@return the id of the adapter; empty if it did not get as far as to tell} */
  public String adapter() {
    return adapter;
  }

  /** {@return all that is wrong, one sentence each; at least one} */
  public List<String> problems() {
    return problems;
  }
}
