package io.runbook4j.rest;

/** How many records are written into one body. */
public enum RecordFormat {
  /** One JSON array. */
  JSON_ARRAY("application/json"),
  /** One JSON value a line. */
  JSON_LINES("application/x-ndjson");

  private final String contentType;

  RecordFormat(String contentType) {
    this.contentType = contentType;
  }

  /** {@return the Content-Type of such a body} */
  public String contentType() {
    return contentType;
  }
}
