package io.runbook4j.examples;

import java.time.Duration;

/**
 * What the loopback service allows.
 *
 * @param calls the most calls in any window
 * @param window how long the window is
 * @param perUser how long it takes to fetch one image
 * @param tokenCalls after how many calls its first token has expired
 */
record ServiceTerms(int calls, Duration window, Duration perUser, int tokenCalls) {}
