package io.runbook4j.alert;

/** What an incident's clock runs down to; what is due at the same time comes in this order. */
enum Deadline {
  ACKNOWLEDGE,
  UPDATE,
  STATUS_PAGE,
  TOO_LONG,
  POST_MORTEM_SOON,
  POST_MORTEM,
  ROOT_CAUSE_SOON,
  ROOT_CAUSE
}
