package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Incidents as bytes; the times of their deadlines are the wall clock's. */
final class CaseCodec {
  private static final int EASED_FORMAT = 3;
  private static final long NEVER = Long.MIN_VALUE;

  private CaseCodec() {}

  static void write(DataOutput out, Case it, long offset) throws IOException {
    out.writeLong(it.number());
    AlertCodec.text(out, it.job());
    time(out, it.opened);
    time(out, it.begun);
    time(out, it.acknowledged);
    time(out, it.resolved);
    AlertCodec.text(out, it.acknowledgedBy);
    out.writeInt(it.level);
    out.writeInt(it.pages);
    out.writeInt(it.failedRemedies);
    out.writeInt(it.reopenings);
    out.writeBoolean(it.hasEased);
    it.runs.save(out);
    Alert last = it.last;
    out.writeBoolean(last != null);
    if (last != null) {
      AlertCodec.write(out, last);
    }
    out.writeInt(it.reached.size());
    for (Map.Entry<Severity, Instant> step : it.reached.entrySet()) {
      AlertCodec.text(out, step.getKey().name());
      time(out, step.getValue());
    }
    out.writeInt(it.due.size());
    for (Map.Entry<Deadline, Long> one : it.due.entrySet()) {
      AlertCodec.text(out, one.getKey().name());
      out.writeLong(one.getValue() + offset);
    }
    sets(out, it);
    it.timeline.save(out);
  }

  private static void sets(DataOutput out, Case it) throws IOException {
    out.writeInt(it.occurrences.size());
    for (Map.Entry<String, Boolean> occurrence : it.occurrences.entrySet()) {
      AlertCodec.text(out, occurrence.getKey());
      out.writeBoolean(occurrence.getValue());
    }
    out.writeInt(it.told.size());
    for (int level : it.told) {
      out.writeInt(level);
    }
    out.writeInt(it.jobIds.size());
    for (String id : it.jobIds) {
      AlertCodec.text(out, id);
    }
  }

  static Case read(DataInput in, int format, Terms terms, long offset) throws IOException {
    long number = in.readLong();
    Case it = new Case(number, AlertCodec.text(in), terms);
    it.opened = Instant.ofEpochMilli(in.readLong());
    it.begun = Instant.ofEpochMilli(in.readLong());
    it.acknowledged = time(in);
    it.resolved = time(in);
    it.acknowledgedBy = AlertCodec.text(in);
    int top = terms.chain().size() - 1; // the chain may have become shorter
    it.level = Math.min(in.readInt(), top);
    it.pages = in.readInt();
    it.failedRemedies = in.readInt();
    it.reopenings = in.readInt();
    it.hasEased = format >= EASED_FORMAT && in.readBoolean();
    it.runs.load(in);
    it.last = in.readBoolean() ? AlertCodec.read(in) : null;
    for (int i = in.readInt(); i > 0; i--) {
      Severity severity = Severity.valueOf(AlertCodec.text(in));
      it.reached.put(severity, Instant.ofEpochMilli(in.readLong()));
    }
    for (int i = in.readInt(); i > 0; i--) {
      Deadline deadline = Deadline.valueOf(AlertCodec.text(in));
      it.due.put(deadline, in.readLong() - offset);
    }
    for (int i = in.readInt(); i > 0; i--) {
      String id = AlertCodec.text(in);
      it.occurrences.put(id, in.readBoolean());
    }
    for (int i = in.readInt(); i > 0; i--) {
      it.told.add(Math.min(in.readInt(), top));
    }
    for (int i = in.readInt(); i > 0; i--) {
      it.jobIds.add(AlertCodec.text(in));
    }
    it.timeline.load(in);
    return it;
  }

  private static void time(DataOutput out, @Nullable Instant at) throws IOException {
    out.writeLong(at == null ? NEVER : at.toEpochMilli());
  }

  private static @Nullable Instant time(DataInput in) throws IOException {
    long millis = in.readLong();
    return millis == NEVER ? null : Instant.ofEpochMilli(millis);
  }
}
