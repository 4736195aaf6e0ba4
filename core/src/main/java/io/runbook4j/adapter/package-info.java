/**
 * Finds adapters, checks their settings, and hands them what they need of their host: permits, the
 * clock, secrets by reference. {@link io.runbook4j.adapter.Redactor} keeps the secrets out of every
 * text that leaves the process.
 */
@NullMarked
package io.runbook4j.adapter;

import org.jspecify.annotations.NullMarked;
