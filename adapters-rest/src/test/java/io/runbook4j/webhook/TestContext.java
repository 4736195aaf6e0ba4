package io.runbook4j.webhook;

import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.OutboundGate;
import io.runbook4j.spi.Permits;
import io.runbook4j.spi.Setting;
import io.runbook4j.spi.time.Time;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/** Settings from a map, with the adapter's defaults. */
final class TestContext implements AdapterContext {
  final Map<String, String> given = new ConcurrentHashMap<>();
  final List<String> learned = new CopyOnWriteArrayList<>();
  final AtomicBoolean isLocalOnly = new AtomicBoolean();
  final Set<String> unreadable = ConcurrentHashMap.newKeySet();
  private final Map<String, Setting> declared = new ConcurrentHashMap<>();

  TestContext(Map<String, String> given) {
    this.given.putAll(given);
    new WebhookAdapter().settings().forEach(s -> declared.put(s.name(), s));
  }

  private Optional<String> value(String setting, Setting.Type type) {
    Setting known = declared.get(setting);
    if (known == null || known.type() != type) {
      throw new IllegalArgumentException("setting must be declared, was " + setting);
    }
    return Optional.ofNullable(given.get(setting)).or(() -> known.need().value());
  }

  @Override
  public Optional<String> text(String setting) {
    return value(setting, Setting.Type.TEXT);
  }

  @Override
  public Optional<URI> url(String setting) {
    return value(setting, Setting.Type.URL).map(URI::create);
  }

  @Override
  public Optional<Duration> duration(String setting) {
    return value(setting, Setting.Type.DURATION).map(Duration::parse);
  }

  @Override
  public Optional<Long> wholeNumber(String setting) {
    return value(setting, Setting.Type.WHOLE_NUMBER).map(Long::valueOf);
  }

  @Override
  public Optional<String> secret(String setting) {
    if (unreadable.contains(setting)) {
      throw new IllegalStateException("secret file:/gone must be a file that can be read");
    }
    return value(setting, Setting.Type.SECRET);
  }

  @Override
  public Permits permits(String quota) {
    throw new IllegalArgumentException("quota must be declared, was " + quota);
  }

  @Override
  public Permits limit(String service) {
    return new Permits() {
      @Override
      public boolean tryAcquire(int weight) {
        return true;
      }

      @Override
      public boolean acquire(int weight, Duration atMost) {
        return true;
      }

      @Override
      public void correct(int difference) {}

      @Override
      public void learn(LimitSignal signal) {
        learned.add(service + " " + signal);
      }
    };
  }

  @Override
  public OutboundGate gate() {
    return new OutboundGate() {
      @Override
      public boolean allows(String key) {
        return !isLocalOnly.get();
      }

      @Override
      public boolean isLocalOnly() {
        return isLocalOnly.get();
      }
    };
  }

  @Override
  public Time time() {
    return Time.system();
  }

  @Override
  public RandomGenerator random() {
    return new Random(1);
  }

  @Override
  public String redact(String text) {
    String clean = text;
    for (String name : new String[] {"secret", "previous-secret", "token"}) {
      clean = given.containsKey(name) ? clean.replace(given.get(name), "***") : clean;
    }
    return clean;
  }
}
