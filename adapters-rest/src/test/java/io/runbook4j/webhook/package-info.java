/** Tests of the webhook adapter. */
@NullMarked
package io.runbook4j.webhook;

import org.jspecify.annotations.NullMarked;
