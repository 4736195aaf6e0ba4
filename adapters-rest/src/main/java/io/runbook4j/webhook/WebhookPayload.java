package io.runbook4j.webhook;

import io.runbook4j.rest.Json;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.Item;
import io.runbook4j.spi.sync.Outcome;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The body of one call: the items that can be written as JSON; the others have failed already. */
final class WebhookPayload {
  private final byte[] bytes;
  private final List<String> written;
  private final Map<String, Failure> unwritable;

  private WebhookPayload(byte[] bytes, List<String> written, Map<String, Failure> unwritable) {
    this.bytes = bytes;
    this.written = written;
    this.unwritable = unwritable;
  }

  static WebhookPayload of(Chunk<?> chunk) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> written = new ArrayList<>();
    Map<String, Failure> unwritable = new LinkedHashMap<>();
    text(out, "{\"idempotencyKey\":");
    out.writeBytes(Json.bytes(chunk.idempotencyKey()));
    text(out, ",\"items\":[");
    for (Item<?> item : chunk) {
      try {
        byte[] value = Json.bytes(item.value());
        text(out, written.isEmpty() ? "{\"key\":" : ",{\"key\":");
        out.writeBytes(Json.bytes(item.key()));
        text(out, ",\"value\":");
        out.writeBytes(value);
        text(out, "}");
        written.add(item.key());
      } catch (FailureException e) {
        unwritable.put(item.key(), e.failure());
      }
    }
    text(out, "]}");
    return new WebhookPayload(out.toByteArray(), written, unwritable);
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  boolean isEmpty() {
    return written.isEmpty();
  }

  byte[] bytes() {
    return bytes;
  }

  /** {@return the keys of the items that were written} */
  List<String> written() {
    return written;
  }

  /** {@return that the answer was lost; the items that were not written are not in doubt} */
  ChunkResult unanswered(Failure failure) {
    if (unwritable.isEmpty()) {
      return ChunkResult.unanswered(failure);
    }
    ChunkResult.Builder result = unwritable();
    written.forEach(key -> result.outcome(key, Outcome.inDoubt(failure)));
    return result.build();
  }

  /** {@return a result that reports the items that were not written} */
  ChunkResult.Builder unwritable() {
    ChunkResult.Builder result = ChunkResult.builder();
    unwritable.forEach(result::failed);
    return result;
  }
}
