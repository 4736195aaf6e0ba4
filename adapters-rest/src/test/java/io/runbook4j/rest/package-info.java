/** Tests of the client against servers that misbehave. */
@NullMarked
package io.runbook4j.rest;

import org.jspecify.annotations.NullMarked;
