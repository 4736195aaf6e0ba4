/** Thresholds over what happens in a run, and the alerts that crossing them raises. */
@NullMarked
package io.runbook4j.alert;

import org.jspecify.annotations.NullMarked;
