package io.runbook4j.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.runbook4j.spi.ledger.Counts;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A report as JSON, as {@code docs/run-report.schema.json} describes it. */
final class JsonReport {
  private static final int FORMAT = 1;

  /** Halves of surrogate pairs, and those control characters that JSON allows in a string. */
  private static final Pattern UNESCAPED = Pattern.compile("[\\p{Cs}\\x7f-\\x9f]");

  private final JsonGenerator json;

  private JsonReport(JsonGenerator json) {
    this.json = json;
  }

  static String of(RunReport report) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      new JsonReport(json).write(report);
    } catch (IOException e) {
      throw new UncheckedIOException("a string could not be written to", e);
    }
    return UNESCAPED
        .matcher(text.getBuffer())
        .replaceAll(
            found -> String.format(Locale.ROOT, "\\\\u%04X", (int) found.group().charAt(0)));
  }

  private void write(RunReport report) throws IOException {
    json.writeStartObject();
    json.writeNumberField("format", FORMAT);
    json.writeStringField("run", report.runId().value());
    json.writeStringField("job", report.job());
    json.writeStringField("kind", report.origin().kind().name());
    if (report.origin().parent().isPresent()) {
      json.writeStringField("parent", report.origin().parent().get().value());
    }
    json.writeStringField("why", report.origin().reason());
    json.writeBooleanField("resumed", report.isResumed());
    json.writeStringField("state", report.state().name());
    json.writeStringField("reason", report.reason());
    json.writeStringField("startedAt", report.startedAt().toString());
    json.writeStringField("endedAt", report.endedAt().toString());
    counts(report.counts());
    totals(report.totals());
    array("reasons", report.reasons(), this::reason);
    array("chunks", report.chunks(), this::chunk);
    array("sizeChanges", report.sizeChanges(), change -> {
      json.writeNumberField("from", change.from());
      json.writeNumberField("to", change.to());
      json.writeStringField("cause", change.cause());
    });
    array("limits", report.limits(), this::limit);
    array("alerts", report.alerts(), alert -> {
      json.writeStringField("rule", alert.rule());
      json.writeStringField("severity", alert.severity().name());
      json.writeStringField("text", alert.text());
    });
    array("findings", report.findings(), finding -> {
      json.writeStringField("check", finding.check());
      json.writeStringField("subject", finding.subject());
      json.writeBooleanField("corruption", finding.corruption());
      json.writeNumberField("total", finding.total());
      strings("samples", finding.samples());
    });
    if (report.spotCheck().isPresent()) {
      json.writeStringField("spotCheck", report.spotCheck().get().text());
    }
    strings("problems", report.problems());
    strings("next", report.next());
    json.writeEndObject();
  }

  private void counts(Counts counts) throws IOException {
    json.writeObjectFieldStart("counts");
    json.writeNumberField("read", counts.read());
    json.writeNumberField("succeeded", counts.succeeded());
    json.writeNumberField("failed", counts.failed());
    json.writeNumberField("skipped", counts.skipped());
    json.writeNumberField("inDoubt", counts.inDoubt());
    json.writeNumberField("notReached", counts.notReached());
    json.writeEndObject();
  }

  private void totals(RunReport.Totals totals) throws IOException {
    json.writeObjectFieldStart("totals");
    json.writeNumberField("calls", totals.calls());
    json.writeNumberField("chunks", totals.chunks());
    json.writeNumberField("retriedItems", totals.retriedItems());
    json.writeNumberField("waitedMillis", totals.waited().toMillis());
    json.writeEndObject();
  }

  private void reason(FailureReason reason) throws IOException {
    if (reason.kind().isPresent()) {
      json.writeStringField("kind", reason.kind().get().name());
    }
    if (reason.code().isPresent()) {
      json.writeStringField("code", reason.code().get());
    }
    if (reason.isOthers()) {
      json.writeBooleanField("others", true);
    }
    json.writeStringField("text", reason.text());
    json.writeNumberField("count", reason.count());
    strings("samples", reason.samples());
  }

  private void chunk(ChunkReport chunk) throws IOException {
    json.writeNumberField("number", chunk.number());
    json.writeNumberField("size", chunk.size());
    json.writeStringField("result", chunk.result());
    json.writeNumberField("waitedMillis", chunk.waited().toMillis());
    json.writeNumberField("tookMillis", chunk.took().toMillis());
  }

  private void limit(RunReport.LimitReport limit) throws IOException {
    json.writeStringField("at", limit.at().toString());
    json.writeStringField("service", limit.service());
    json.writeStringField("until", limit.until().toString());
    if (limit.asked().isPresent()) {
      json.writeNumberField("askedMillis", limit.asked().get().toMillis());
    }
  }

  private <E> void array(String name, List<E> rows, Fields<E> fields) throws IOException {
    json.writeArrayFieldStart(name);
    for (E row : rows) {
      json.writeStartObject();
      fields.write(row);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void strings(String name, List<String> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private interface Fields<E> {
    void write(E row) throws IOException;
  }
}
