package io.runbook4j.alert;

import io.runbook4j.alert.AlertRouter.Undelivered;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Alerts on their way, as bytes. */
final class AlertCodec {
  private AlertCodec() {}

  static void writeAll(DataOutput out, List<Undelivered> all) throws IOException {
    out.writeInt(all.size());
    for (Undelivered it : all) {
      text(out, it.channel());
      write(out, it.alert());
    }
  }

  static List<Undelivered> readAll(DataInput in) throws IOException {
    List<Undelivered> all = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      String channel = text(in);
      all.add(new Undelivered(read(in), channel, ""));
    }
    return all;
  }

  static void write(DataOutput out, Alert alert) throws IOException {
    text(out, alert.rule());
    text(out, alert.severity().name());
    text(out, alert.job());
    text(out, alert.text());
    out.writeBoolean(alert.occurrence().isPresent());
    if (alert.occurrence().isPresent()) {
      write(out, alert.occurrence().get());
    }
  }

  private static void write(DataOutput out, Occurrence occurrence) throws IOException {
    text(out, occurrence.id());
    text(out, occurrence.phase().name());
    out.writeLong(occurrence.since().toEpochMilli());
    out.writeLong(occurrence.ended().map(Instant::toEpochMilli).orElse(Long.MIN_VALUE));
    out.writeInt(occurrence.details().size());
    for (Map.Entry<String, String> detail : occurrence.details().entrySet()) {
      text(out, detail.getKey());
      text(out, detail.getValue());
    }
  }

  static Alert read(DataInput in) throws IOException {
    String rule = text(in);
    Severity severity = Severity.valueOf(text(in));
    String job = text(in);
    String text = text(in);
    Optional<Occurrence> occurrence =
        in.readBoolean() ? Optional.of(occurrence(in)) : Optional.empty();
    return new Alert(rule, severity, job, text, occurrence);
  }

  private static Occurrence occurrence(DataInput in) throws IOException {
    String id = text(in);
    Phase phase = Phase.valueOf(text(in));
    Instant since = Instant.ofEpochMilli(in.readLong());
    long end = in.readLong();
    Map<String, String> details = new HashMap<>();
    for (int i = in.readInt(); i > 0; i--) {
      String name = text(in);
      details.put(name, text(in));
    }
    Optional<Instant> ended =
        end == Long.MIN_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(end));
    return new Occurrence(id, phase, since, ended, details);
  }

  // writeUTF takes 65,535 bytes at most, and a text may be longer
  static void text(DataOutput out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String text(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
