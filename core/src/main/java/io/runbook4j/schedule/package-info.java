/**
 * When a run may send, and when people have to maintain something. A window is a value that answers
 * questions about instants; a calendar of maintenance remembers on disk what was done, and by whom.
 * Neither waits for anything.
 */
@NullMarked
package io.runbook4j.schedule;

import org.jspecify.annotations.NullMarked;
