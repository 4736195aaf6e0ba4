package io.runbook4j.adapter;

import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.QuotaSpec;
import io.runbook4j.spi.Setting;
import java.util.List;

/** Found through {@code META-INF/services}. */
public final class ListedAdapter implements Adapter {
  public ListedAdapter() {}

  @Override
  public String id() {
    return "listed";
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
  public TestConnection connect(AdapterContext context) {
    return new TestConnection(context);
  }
}
