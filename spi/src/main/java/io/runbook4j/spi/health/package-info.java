/** Probes: whether a service is fit to be used. */
@NullMarked
package io.runbook4j.spi.health;

import org.jspecify.annotations.NullMarked;
