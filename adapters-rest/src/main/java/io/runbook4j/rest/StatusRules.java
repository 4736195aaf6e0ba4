package io.runbook4j.rest;

import io.runbook4j.spi.sync.FailureKind;

/** What a status means when nothing else is known. */
final class StatusRules {
  private StatusRules() {}

  static boolean isSuccess(int status) {
    return (status >= 200 && status < 300) || status == 304;
  }

  static FailureKind kind(int status) {
    return switch (status) {
      case 401 -> FailureKind.AUTHENTICATION;
      case 403 -> FailureKind.PERMISSION;
      case 404, 410 -> FailureKind.NOT_FOUND;
      case 408 -> FailureKind.TIMEOUT;
      case 409, 412, 423 -> FailureKind.CONFLICT;
      case 413 -> FailureKind.TOO_LARGE;
      case 429 -> FailureKind.RATE_LIMITED;
      default -> status >= 500 ? FailureKind.SERVER_ERROR : FailureKind.INVALID;
    };
  }

  /**
   * {@return whether the service may have begun, or even done, what it was asked to} A 303 points
   * to what came of a POST, and 300 to 302 are used for the same; 307 and 308 ask for it at another
   * place.
   */
  static boolean isInDoubt(int status) {
    return status == 408
        || (status >= 300 && status <= 303)
        || (status >= 500 && !isRefusedUntouched(status));
  }

  /** {@return whether a 5xx says that the request was not worked on} */
  private static boolean isRefusedUntouched(int status) {
    return switch (status) {
      case 501, 503, 505, 507, 511 -> true;
      default -> false;
    };
  }
}
