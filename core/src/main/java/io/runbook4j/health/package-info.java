/**
 * Whether the services and this process are fit to work: probes that run in the background, a gate
 * for workers that warm up, service levels over a month, and how full limits are. Nothing here asks
 * a service while somebody waits for an answer.
 */
@NullMarked
package io.runbook4j.health;

import org.jspecify.annotations.NullMarked;
