package io.runbook4j.adapter.jar;

import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.Connection;
import io.runbook4j.spi.QuotaSpec;
import io.runbook4j.spi.Setting;
import java.util.List;

/** An adapter that nothing is wrong with. */
public final class Fine implements Adapter {
  public Fine() {}

  @Override
  public String id() {
    return "fine";
  }

  @Override
  public int spiLevel() {
    return SPI_LEVEL;
  }

  @Override
  public List<Setting> settings() {
    return List.of();
  }

  @Override
  public List<QuotaSpec> quotas() {
    return List.of();
  }

  @Override
  public Connection connect(AdapterContext context) {
    throw new UnsupportedOperationException("nobody connects here");
  }
}
