package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds rows whose version is below that of the row before them, by key. */
final class VersionPass implements Pass {
  /*
   * The rows of a key lie in the order of their payload: first what orders them, written so that
   * bytes compare as the values do, with null last as in PostgreSQL; then the place in the series.
   */
  private static final byte NUMBER = 0;
  private static final byte TIME = 1;
  private static final byte NULL = 2;
  private static final int HEAD = 1 + Long.BYTES + Integer.BYTES + Long.BYTES;
  private static final int FIXED = HEAD + 1 + Long.BYTES;

  private final Scope scope;
  private final List<String> key;
  private final String version;
  private final @Nullable String order;
  private final Spill spill;
  private long place;

  VersionPass(Scope scope, String key, String version, @Nullable String order) {
    this.scope = scope;
    this.key = List.of(key);
    this.version = version;
    this.order = order;
    this.spill = new Spill(scope.workspace());
  }

  @Override
  public void see(Row row) {
    byte[] payload = new byte[FIXED + Texts.length(row.name())];
    ByteBuffer head = ByteBuffer.wrap(payload);
    writeOrder(row, head);
    Optional<Long> number = row.whole(version);
    head.putLong(place++).put((byte) (number.isPresent() ? 1 : 0)).putLong(number.orElse(0L));
    Texts.write(row.name(), payload, FIXED);
    spill.add(DuplicatePass.key(row, key), payload);
  }

  private void writeOrder(Row row, ByteBuffer head) {
    Object value = order == null ? null : row.value(order).orElse(null);
    Long whole = value == null ? null : Canonical.whole(value);
    if (order == null || value == null) {
      head.put(NULL).putLong(0).putInt(0);
    } else if (whole != null) {
      head.put(NUMBER).putLong(whole ^ Long.MIN_VALUE).putInt(0);
    } else {
      Instant time = row.time(order).orElseThrow();
      head.put(TIME).putLong(time.getEpochSecond() ^ Long.MIN_VALUE).putInt(time.getNano());
    }
  }

  @Override
  public List<Finding> finish() {
    Tally tally = scope.tally();
    Merge merge = spill.merge();
    boolean hasLast = false;
    long last = 0;
    while (spill.advance(merge)) {
      ByteBuffer row = ByteBuffer.wrap(
          merge.bytes, merge.payloadFrom + HEAD, merge.payloadTo - merge.payloadFrom - HEAD);
      boolean has = row.get() == 1;
      long number = row.getLong();
      if (!merge.isNewKey() && hasLast && has && number < last) {
        report(tally, merge, number, last);
      }
      hasLast = has;
      last = number;
    }
    return tally.finding().stream().toList();
  }

  private void report(Tally tally, Merge row, long number, long last) {
    if (!tally.wantsSample()) {
      tally.addWithoutSample();
      return;
    }
    String name = Texts.read(row.bytes, row.payloadFrom + FIXED, row.payloadTo);
    tally.add(name + ": " + DuplicatePass.shown(key, row.key()) + " " + version + "=" + number
        + " after " + last);
  }

  @Override
  public void close() {
    spill.close();
  }
}
