package io.runbook4j.gate;

/** A file of a gate or an outbox could not be read, written or taken. */
public class GateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GateException(String message) {
    super(message);
  }

  GateException(String message, Throwable cause) {
    super(message, cause);
  }
}
