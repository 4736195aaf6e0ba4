/**
 * Keeps a service's limits: quotas that no sliding window ever exceeds, what the service says about
 * its limits while we call it, and a budget for retries. A limiter is shared by all who use one
 * service, by name.
 */
@NullMarked
package io.runbook4j.limit;

import org.jspecify.annotations.NullMarked;
