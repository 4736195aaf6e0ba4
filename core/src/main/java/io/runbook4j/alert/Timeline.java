package io.runbook4j.alert;

import io.runbook4j.alert.Incident.Entry;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened in an incident, in order: the first 50 entries and the last 150, of 500 characters
 * at most. Not safe for many threads.
 */
final class Timeline {
  static final int FIRST = 50;
  static final int MOST = 200;
  static final int LONGEST = 500;

  private final List<Entry> entries = new ArrayList<>();
  private long leftOut;

  void add(Instant at, Entry.Kind kind, String who, String text) {
    entries.add(new Entry(at, kind, cut(who), cut(text)));
    if (entries.size() > MOST) {
      entries.remove(FIRST);
      leftOut++;
    }
  }

  static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST - 3) + "..." : text;
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** {@return how many entries there is no room for, between the 50th and the next} */
  long leftOut() {
    return leftOut;
  }

  void save(DataOutput out) throws IOException {
    out.writeLong(leftOut);
    out.writeInt(entries.size());
    for (Entry entry : entries) {
      out.writeLong(entry.at().toEpochMilli());
      AlertCodec.text(out, entry.kind().name());
      AlertCodec.text(out, entry.who());
      AlertCodec.text(out, entry.text());
    }
  }

  void load(DataInput in) throws IOException {
    leftOut = in.readLong();
    for (int i = in.readInt(); i > 0; i--) {
      Instant at = Instant.ofEpochMilli(in.readLong());
      Entry.Kind kind = Entry.Kind.valueOf(AlertCodec.text(in));
      String who = AlertCodec.text(in);
      entries.add(new Entry(at, kind, who, AlertCodec.text(in)));
    }
  }
}
