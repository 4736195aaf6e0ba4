package io.runbook4j.adapter;

import io.runbook4j.limit.Limits;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.OutboundGate;
import io.runbook4j.spi.Permits;
import io.runbook4j.spi.SecretRef;
import io.runbook4j.spi.Setting;
import io.runbook4j.spi.time.Time;
import io.runbook4j.spi.transfer.TransferBudget;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What one connection gets of its host. */
final class HostContext implements AdapterContext {
  private final Settings settings;
  private final Map<String, Permits> permits;
  private final Surroundings surroundings;

  HostContext(Settings settings, Map<String, Permits> permits, Surroundings surroundings) {
    this.settings = settings;
    this.permits = Map.copyOf(permits);
    this.surroundings = surroundings;
  }

  @Override
  public Optional<String> text(String setting) {
    return settings.value(setting, Setting.Type.TEXT);
  }

  @Override
  public Optional<URI> url(String setting) {
    return settings.value(setting, Setting.Type.URL).map(URI::create);
  }

  @Override
  public Optional<Duration> duration(String setting) {
    return settings.value(setting, Setting.Type.DURATION).map(Duration::parse);
  }

  @Override
  public Optional<Long> wholeNumber(String setting) {
    return settings.value(setting, Setting.Type.WHOLE_NUMBER).map(Long::valueOf);
  }

  @Override
  public Optional<String> secret(String setting) {
    return settings
        .value(setting, Setting.Type.SECRET)
        .map(SecretRef::parse)
        .map(surroundings.secrets()::read);
  }

  @Override
  public Permits permits(String quota) {
    Permits declared = permits.get(quota);
    if (declared == null) {
      throw new IllegalArgumentException("quota must be declared, one of "
          + permits.keySet().stream().sorted().toList() + ", was " + quota);
    }
    return declared;
  }

  @Override
  public Permits limit(String service) {
    return surroundings.limits().limiter(service);
  }

  @Override
  public OutboundGate gate() {
    return surroundings.gate();
  }

  @Override
  public TransferBudget transferBudget() {
    return surroundings.transferBudget();
  }

  @Override
  public Time time() {
    return surroundings.time();
  }

  @Override
  public RandomGenerator random() {
    return surroundings.random();
  }

  @Override
  public String redact(String text) {
    return surroundings.redactor().redact(text);
  }

  /** What all connections share. */
  record Surroundings(
      Time time,
      RandomGenerator random,
      Secrets secrets,
      Redactor redactor,
      Limits limits,
      OutboundGate gate,
      TransferBudget transferBudget) {}
}
