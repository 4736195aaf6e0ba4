package io.runbook4j.gate;

/** An outbox has no room for a change. Nothing was dropped, and the change was not kept. */
public final class OutboxFullException extends GateException {
  private static final long serialVersionUID = 1L;

  private final int changes;
  private final long bytes;

  OutboxFullException(String message, int changes, long bytes) {
    super(message);
    this.changes = changes;
    this.bytes = bytes;
  }

  /** {@return how many changes wait} */
  public int changes() {
    return changes;
  }

  /** {@return how many bytes they take} */
  public long bytes() {
    return bytes;
  }
}
