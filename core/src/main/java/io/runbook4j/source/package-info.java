/**
 * Sources that come with the library: collections, iterators, streams, files and databases. All of
 * them are made by {@link io.runbook4j.source.Sources}.
 */
@NullMarked
package io.runbook4j.source;

import org.jspecify.annotations.NullMarked;
