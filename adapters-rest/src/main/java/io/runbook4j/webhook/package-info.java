/**
 * The adapter for any service that takes JSON at a URL: chunks are posted signed, and the answer
 * may say what became of each item.
 */
@NullMarked
package io.runbook4j.webhook;

import org.jspecify.annotations.NullMarked;
