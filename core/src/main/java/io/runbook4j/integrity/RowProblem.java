package io.runbook4j.integrity;

/** Says why a check cannot look at one row; the others go on. */
final class RowProblem extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  RowProblem(String message) {
    super(message);
  }

  RowProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
