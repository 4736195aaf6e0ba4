/**
 * What an adapter implements: an {@link io.runbook4j.spi.Adapter} declares its settings and quotas,
 * and connects to one service. Found by {@link java.util.ServiceLoader}; it does nothing until it
 * is asked to connect.
 */
@NullMarked
package io.runbook4j.spi;

import org.jspecify.annotations.NullMarked;
