package io.runbook4j.spi.sync;

/**
 * What kind of failure it was. The kind decides how a run reacts; each reaction can be changed by
 * the job.
 */
public enum FailureKind {
  /** The service asks to slow down (HTTP 429). Nothing was applied. */
  RATE_LIMITED,
  /** The credential is missing, invalid or expired (HTTP 401). */
  AUTHENTICATION,
  /** The credential is good and may not do this (HTTP 403). */
  PERMISSION,
  /** The item lacks what links it to the other service; a person corrects it. */
  MAPPING_MISSING,
  /** The service does not know the record (HTTP 404, 410). */
  NOT_FOUND,
  /** The service refuses the data (HTTP 400, 422), or the item could not be read. */
  INVALID,
  /** Somebody else changed or holds the record (HTTP 409, 412, 423). */
  CONFLICT,
  /** The item or the chunk is larger than the service takes (HTTP 413). */
  TOO_LARGE,
  /** The service failed (HTTP 5xx). */
  SERVER_ERROR,
  /** The connection could not be made or broke. */
  NETWORK,
  /** No answer within the time allowed. */
  TIMEOUT,
  /** The data is not what it must be: a hash or a version does not match. */
  INTEGRITY,
  /** The call was given up by the caller. */
  CANCELLED,
  /** The target reported nothing about the item, or something nobody knows. */
  UNKNOWN;

  /**
   * {@return whether it speaks of the data, and not of the call} A chunk that is refused for such a
   * kind holds a bad item, which a run finds by bisection.
   */
  public boolean isOfTheData() {
    return switch (this) {
      case INVALID, TOO_LARGE, NOT_FOUND, CONFLICT, MAPPING_MISSING, INTEGRITY -> true;
      case RATE_LIMITED,
          AUTHENTICATION,
          PERMISSION,
          SERVER_ERROR,
          NETWORK,
          TIMEOUT,
          CANCELLED,
          UNKNOWN -> false;
    };
  }
}
