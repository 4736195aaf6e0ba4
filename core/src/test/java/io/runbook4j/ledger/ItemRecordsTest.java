package io.runbook4j.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.RunId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ItemRecordsTest {
  private static final long SEED = 20261123;
  private static final RunId RUN = RunFixture.RUN;

  @Test
  void anySequence_holdsWhatAPlainMapHolds() {
    Random random = new Random(SEED);
    for (int round = 0; round < 30; round++) {
      ItemRecords records = new ItemRecords();
      Map<String, ItemRecord> plain = new LinkedHashMap<>();
      int keys = 1 + random.nextInt(20_000);
      for (int step = 0; step < 20_000; step++) {
        String key = "k" + random.nextInt(keys);
        if (random.nextInt(3) == 0) {
          records.remove(key);
          plain.remove(key);
        } else {
          ItemRecord item = ItemRecord.notReached(RUN, key, Instant.ofEpochSecond(step));
          records.renew(item);
          plain.remove(key);
          plain.put(key, item);
        }
      }
      assertThat(records.values()).as("seed %s", SEED).containsExactlyElementsOf(plain.values());
      assertThat(records.copy().values()).containsExactlyElementsOf(plain.values());
    }
  }
}
