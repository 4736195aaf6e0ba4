/** How large chunks are: fixed, or adapting to what the service bears. */
@NullMarked
package io.runbook4j.chunk;

import org.jspecify.annotations.NullMarked;
