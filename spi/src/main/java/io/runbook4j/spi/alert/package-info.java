/** Alerts, and the channels by which they reach a person. */
@NullMarked
package io.runbook4j.spi.alert;

import org.jspecify.annotations.NullMarked;
