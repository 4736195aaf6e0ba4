package io.runbook4j.report;

import io.runbook4j.adapter.Redactor;
import java.util.Optional;

/** Texts that nothing was registered for. */
final class Plain {
  private Plain() {}

  static SafeText text() {
    return new SafeText(new Redactor(), Optional.empty());
  }
}
