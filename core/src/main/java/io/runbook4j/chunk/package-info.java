/**
 * How large chunks are: fixed, or adapting to what the service bears, and how one that is refused
 * is cut to find the bad items.
 */
@NullMarked
package io.runbook4j.chunk;

import org.jspecify.annotations.NullMarked;
