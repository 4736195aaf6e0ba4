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

  /** {@return whether somebody between us and the service lost its answer} */
  static boolean isInDoubt(int status) {
    // 520 and 524: Cloudflare got no (valid) answer from the service behind it,
    // https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
    return status == 408 || status == 502 || status == 504 || status == 520 || status == 524;
  }
}
