/**
 * What sources and integrity checks share to read a database: connections that only read, names in
 * its own quotes, and what its failures mean. Not for users of the library.
 */
@NullMarked
package io.runbook4j.sql.internal;

import org.jspecify.annotations.NullMarked;
