/**
 * What people keep of runs: {@link io.runbook4j.report.HtmlReport}, one page for a run;
 * {@link io.runbook4j.report.History}, one page for a job's last runs;
 * {@link io.runbook4j.report.Diary}, one entry a run; and {@link io.runbook4j.report.Evidence}, all
 * of it in a bundle that can be checked. Every text that leaves through here passes the redactor,
 * and is made inert. Stands above {@code run}, which does not know it.
 */
@NullMarked
package io.runbook4j.report;

import org.jspecify.annotations.NullMarked;
