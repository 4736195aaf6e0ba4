/**
 * How the library keeps what must outlast the process: lines of JSON that each end with a checksum,
 * appended to a file, or a small file that is replaced whole. For the packages of core that write
 * files, and for nobody else.
 */
@NullMarked
package io.runbook4j.file.internal;

import org.jspecify.annotations.NullMarked;
