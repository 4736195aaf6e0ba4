package io.runbook4j.adapter;

import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.Connection;
import io.runbook4j.spi.QuotaSpec;
import io.runbook4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Whatever a test wants; notes what it was asked. */
final class TestAdapter implements Adapter {
  final List<String> calls = new ArrayList<>();
  private final String id;
  private int spiLevel = SPI_LEVEL;
  private List<Setting> settings = List.of();
  private List<QuotaSpec> quotas = List.of();
  private UnaryOperator<Map<String, String>> check = Adapter.super::check;
  private Function<AdapterContext, Connection> connect = TestConnection::new;

  TestAdapter(String id) {
    this.id = id;
  }

  TestAdapter spiLevel(int level) {
    this.spiLevel = level;
    return this;
  }

  TestAdapter settings(Setting... declared) {
    this.settings = List.of(declared);
    return this;
  }

  TestAdapter settings(List<Setting> declared) {
    this.settings = declared;
    return this;
  }

  TestAdapter quotas(QuotaSpec... declared) {
    this.quotas = List.of(declared);
    return this;
  }

  TestAdapter connecting(Function<AdapterContext, Connection> connecting) {
    this.connect = connecting;
    return this;
  }

  TestAdapter checking(UnaryOperator<Map<String, String>> checking) {
    this.check = checking;
    return this;
  }

  @Override
  public String id() {
    calls.add("id");
    return id;
  }

  @Override
  public int spiLevel() {
    calls.add("spiLevel");
    return spiLevel;
  }

  @Override
  public List<Setting> settings() {
    calls.add("settings");
    return settings;
  }

  @Override
  public List<QuotaSpec> quotas() {
    calls.add("quotas");
    return quotas;
  }

  @Override
  public Map<String, String> check(Map<String, String> given) {
    calls.add("check");
    return check.apply(given);
  }

  @Override
  public Connection connect(AdapterContext context) {
    calls.add("connect");
    return connect.apply(context);
  }
}
