package io.runbook4j.adapter.jar;

import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.Connection;
import io.runbook4j.spi.QuotaSpec;
import io.runbook4j.spi.Setting;
import java.util.List;

/** An adapter that cannot be made. */
public final class Broken implements Adapter {
  public Broken() {
    throw new IllegalStateException("no licence");
  }

  @Override
  public String id() {
    return "broken";
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
