/**
 * What the HTTP adapters share: one client that sends a request once and says what became of it,
 * what the headers of an answer say about the service's limit, and the signatures of webhooks. It
 * never retries, sleeps or paces; the run does.
 */
@NullMarked
package io.runbook4j.rest;

import org.jspecify.annotations.NullMarked;
