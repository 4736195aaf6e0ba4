/**
 * Thresholds over what happens in runs and outside of them, and the alerts that crossing them
 * raises. A {@link io.runbook4j.alert.Rule} says when, a {@link io.runbook4j.alert.Watch} looks, an
 * {@link io.runbook4j.alert.AlertRouter} tells; a {@link io.runbook4j.alert.BackTest} shows
 * beforehand what it would have been.
 */
@NullMarked
package io.runbook4j.alert;

import org.jspecify.annotations.NullMarked;
