package io.runbook4j.alert;

import io.runbook4j.alert.AlertRouter.Undelivered;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a router knows that would be missed after a restart.
 *
 * @param pending what is on its way
 * @param undelivered what channels gave up, oldest first
 * @param silences until when jobs are silenced, by job
 */
record RouterState(
    List<Undelivered> pending, List<Undelivered> undelivered, Map<String, Instant> silences) {
  /** The format that has more than what is on its way. */
  private static final int WHOLE = 2;

  static RouterState empty() {
    return new RouterState(List.of(), List.of(), Map.of());
  }

  void write(DataOutput out) throws IOException {
    AlertCodec.writeAll(out, pending);
    AlertCodec.writeAll(out, undelivered);
    for (Undelivered it : undelivered) {
      AlertCodec.text(out, it.problem());
    }
    out.writeInt(silences.size());
    for (Map.Entry<String, Instant> silence : silences.entrySet()) {
      AlertCodec.text(out, silence.getKey());
      AlertCodec.text(out, silence.getValue().toString());
    }
  }

  static RouterState read(DataInput in, int format) throws IOException {
    List<Undelivered> pending = AlertCodec.readAll(in);
    if (format < WHOLE) {
      return new RouterState(pending, List.of(), Map.of());
    }
    List<Undelivered> undelivered = withProblems(in, AlertCodec.readAll(in));
    return new RouterState(pending, undelivered, silences(in));
  }

  private static List<Undelivered> withProblems(DataInput in, List<Undelivered> all)
      throws IOException {
    List<Undelivered> whole = new ArrayList<>();
    for (Undelivered it : all) {
      whole.add(new Undelivered(it.alert(), it.channel(), AlertCodec.text(in)));
    }
    return whole;
  }

  private static Map<String, Instant> silences(DataInput in) throws IOException {
    Map<String, Instant> silences = new HashMap<>();
    for (int i = in.readInt(); i > 0; i--) {
      String job = AlertCodec.text(in);
      silences.put(job, Instant.parse(AlertCodec.text(in)));
    }
    return silences;
  }
}
