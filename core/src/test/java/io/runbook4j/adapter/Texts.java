package io.runbook4j.adapter;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What tests look into, and look for. */
final class Texts {
  private Texts() {}

  /** {@return all that an exception tells when it is printed, its causes and the suppressed} */
  static String of(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** {@return null, as an adapter may that nobody checks} */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  static <T> T nothing() {
    return null;
  }
}
