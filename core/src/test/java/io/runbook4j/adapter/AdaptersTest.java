package io.runbook4j.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.gate.Gate;
import io.runbook4j.gate.MemoryBudget;
import io.runbook4j.limit.Limits;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.Connection;
import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.Permits;
import io.runbook4j.spi.QuotaSpec;
import io.runbook4j.spi.Setting;
import io.runbook4j.spi.health.HealthProbe;
import io.runbook4j.testkit.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdaptersTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTime time = VirtualTime.startingAt(Instant.EPOCH);
  private final Limits limits = Limits.create(time, new Random(1));

  @Test
  void context_givenAndDefaultedSettings_areTyped() {
    TestAdapter adapter = new TestAdapter("a")
        .settings(
            Setting.required("name", Setting.Type.TEXT, "a name"),
            Setting.required("url", Setting.Type.URL, "a url"),
            Setting.defaulted("timeout", Setting.Type.DURATION, "PT30S", "a time"),
            Setting.defaulted("most", Setting.Type.WHOLE_NUMBER, "7", "a number"),
            Setting.optional("more", Setting.Type.TEXT, "more"),
            Setting.optional("token", Setting.Type.SECRET, "a token"));

    AdapterContext context =
        connect(adapter, Map.of("name", "n", "url", "https://h.example/p?q=1", "most", "0"));

    assertThat(context.text("name")).contains("n");
    assertThat(context.url("url")).contains(URI.create("https://h.example/p?q=1"));
    assertThat(context.duration("timeout")).contains(Duration.ofSeconds(30));
    assertThat(context.wholeNumber("most")).contains(0L);
    assertThat(context.text("more")).isEmpty();
    assertThat(context.secret("token")).isEmpty();
    assertThat(context.time()).isSameAs(time);
  }

  @Test
  void context_undeclaredSettingOrOtherType_isRefused() {
    AdapterContext context = connect(
        new TestAdapter("a").settings(Setting.optional("name", Setting.Type.TEXT, "a name")),
        Map.of());

    assertThatThrownBy(() -> context.text("nam"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nam, which is not declared");
    assertThatThrownBy(() -> context.url("name"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("declared as URL, was name of type TEXT");
  }

  @Test
  void context_gateAndTransferBudget_areTheHosts() {
    MemoryBudget budget = MemoryBudget.of(100, time);
    try (Gate gate = Gate.builder("g", time).build()) {
      AdapterContext context = context(builder()
          .gate(gate)
          .transferBudget(budget)
          .register(new TestAdapter("crm"))
          .build());

      assertThat(context.gate()).isSameAs(gate);
      assertThat(context.transferBudget()).isSameAs(budget);
    }
  }

  @Test
  void random_seeded_isRepeated() {
    AdapterContext first = connect(new TestAdapter("a"), Map.of());
    AdapterContext second = connect(new TestAdapter("a"), Map.of());

    assertThat(first.random().nextLong()).isEqualTo(second.random().nextLong());
  }

  @Test
  void permits_declaredQuotas_areKeptByTheLimiterThatTargetsName() {
    TestAdapter adapter = new TestAdapter("crm")
        .quotas(
            new QuotaSpec("calls", 3, SECOND),
            new QuotaSpec("calls", 4, Duration.ofDays(1)),
            new QuotaSpec("bulk", 1, SECOND));

    Permits calls = connect(adapter, Map.of()).permits("calls");

    assertThat(limits.all()).extracting(RateLimiter::name).containsExactly("crm/bulk", "crm/calls");
    assertThat(calls.tryAcquire(3)).isTrue();
    assertThat(limits.limiter("crm/calls").tryAcquire()).isFalse();
    assertThat(limits.limiter("crm/calls").quotas()).hasSize(2);
    assertThat(limits.limiter("crm/bulk").tryAcquire()).isTrue();
  }

  @Test
  void permits_twoConnections_shareThem() {
    TestAdapter adapter = new TestAdapter("crm").quotas(new QuotaSpec("calls", 3, SECOND));
    Adapters adapters = builder().register(adapter).build();
    Permits first = context(adapters).permits("calls");
    Permits second = context(adapters).permits("calls");

    assertThat(first.tryAcquire(3)).isTrue();
    assertThat(second.tryAcquire(1)).isFalse();
  }

  @Test
  void permits_undeclaredQuota_isRefused() {
    TestAdapter adapter = new TestAdapter("crm").quotas(new QuotaSpec("calls", 3, SECOND));

    assertThatThrownBy(() -> connect(adapter, Map.of()).permits("call"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quota must be declared, one of [calls], was call");
  }

  @Test
  void limit_ofATarget_isTheOneThatRunsUse() {
    AdapterContext context = connect(new TestAdapter("crm"), Map.of());

    context.limit("h.example").learn(new LimitSignal.Closed(SECOND));

    assertThat(limits.limiter("h.example").tryAcquire()).isFalse();
  }

  @Test
  void limits_notGiven_areMadeOfTheGivenTime() {
    Adapters adapters = Adapters.builder().withoutDiscovery().time(time).build();

    RateLimiter limiter = adapters.limits().limiter("x");

    assertThat(limiter.tryAcquire()).isTrue();
    assertThat(adapters.limits()).isSameAs(adapters.limits());
  }

  @Test
  void connect_wrongSettings_asksTheAdapterForNothingElse() {
    TestAdapter adapter =
        new TestAdapter("a").settings(Setting.required("url", Setting.Type.URL, "where to"));

    assertThatThrownBy(() -> connect(adapter, Map.of())).isInstanceOf(AdapterException.class);

    assertThat(adapter.calls).doesNotContain("connect");
    assertThat(limits.all()).isEmpty();
  }

  @Test
  void connect_nullConnection_namesTheProvider() {
    TestAdapter adapter = new TestAdapter("a").connecting(context -> Texts.<Connection>nothing());

    assertThatThrownBy(() -> connect(adapter, Map.of()))
        .isInstanceOf(AdapterException.class)
        .hasMessageContainingAll("Adapter a", TestAdapter.class.getName(), "connect()", "was null");
  }

  @Test
  void connect_otherType_closesTheConnectionAndNamesBoth() {
    List<TestConnection> made = new ArrayList<>();
    TestAdapter adapter = new TestAdapter("a").connecting(context -> {
      made.add(new TestConnection(context));
      return made.get(0);
    });
    Adapters adapters = builder().register(adapter).build();

    assertThatThrownBy(() -> adapters.connect("a", OtherConnection.class, Map.of()))
        .isInstanceOf(AdapterException.class)
        .hasMessageContainingAll(TestConnection.class.getName(), OtherConnection.class.getName());
    assertThat(made.get(0).closed()).isEqualTo(1);
  }

  @Test
  void connect_otherTypeThatCannotBeClosed_tellsBoth() {
    TestAdapter adapter = new TestAdapter("a").connecting(context -> new OtherConnection());
    Adapters adapters = builder().register(adapter).build();

    AdapterException thrown = catchThrowableOfType(
        AdapterException.class, () -> adapters.connect("a", TestConnection.class, Map.of()));

    assertThat(thrown.getSuppressed()).hasSize(1);
    assertThat(thrown.getSuppressed()[0]).hasMessage("stuck");
  }

  @Test
  void connect_adapterThrows_keepsTheCauseWithoutItsSecrets() {
    Map<String, String> settings = Map.of("token", "env:CRM_TOKEN");
    TestAdapter adapter = new TestAdapter("a")
        .settings(Setting.optional("token", Setting.Type.SECRET, "a token"))
        .connecting(context -> {
          throw new IllegalArgumentException(
              "cannot use " + context.secret("token").orElse(""));
        });

    AdapterException thrown =
        catchThrowableOfType(AdapterException.class, () -> connect(adapter, settings));

    assertThat(thrown.adapter()).isEqualTo("a");
    assertThat(thrown).hasMessageContaining("IllegalArgumentException: cannot use [redacted]");
    assertThat(thrown).hasStackTraceContaining("connect_adapterThrows_keepsTheCause");
    assertThat(Texts.of(thrown)).doesNotContain("swordfish");
  }

  @Test
  void connect_adapterFailsToLink_isReported() {
    LinkageError missing = new NoClassDefFoundError("com/example/Client");
    TestAdapter adapter = new TestAdapter("a").connecting(context -> {
      throw missing;
    });

    assertThatThrownBy(() -> connect(adapter, Map.of()))
        .isInstanceOf(AdapterException.class)
        .hasCause(missing);
  }

  @Test
  void connect_machineIsBroken_isNotHidden() {
    TestAdapter adapter = new TestAdapter("a").connecting(context -> {
      throw new OutOfMemoryError("test");
    });

    assertThatThrownBy(() -> connect(adapter, Map.of())).isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void connect_badDeclaration_isTheProvidersFault() {
    Setting fine = Setting.optional("name", Setting.Type.TEXT, "a name");
    List<TestAdapter> wrong = List.of(
        new TestAdapter("a").settings(fine, fine),
        new TestAdapter("a").settings(Setting.optional("Name", Setting.Type.TEXT, "a name")),
        new TestAdapter("a")
            .settings(Setting.defaulted("time", Setting.Type.DURATION, "30s", "a time")),
        new TestAdapter("a")
            .settings(Setting.defaulted("token", Setting.Type.SECRET, "swordfish", "t")),
        new TestAdapter("a").settings(Arrays.asList(fine, Texts.<Setting>nothing())),
        new TestAdapter("a").settings(Texts.<List<Setting>>nothing()),
        new TestAdapter("a").quotas(new QuotaSpec(" ", 1, SECOND)),
        new TestAdapter("a").quotas(new QuotaSpec("calls", 1, Duration.ofDays(400))));

    for (TestAdapter adapter : wrong) {
      AdapterException thrown =
          catchThrowableOfType(AdapterException.class, () -> connect(adapter, Map.of()));

      assertThat(thrown).hasMessageContaining(TestAdapter.class.getName());
      assertThat(Texts.of(thrown)).doesNotContain("swordfish");
    }
  }

  private Adapters.Builder builder() {
    return Adapters.builder(name -> name.equals("CRM_TOKEN") ? "swordfish" : null)
        .withoutDiscovery()
        .limits(limits)
        .time(time)
        .random(new Random(5));
  }

  private AdapterContext connect(TestAdapter adapter, Map<String, String> settings) {
    return builder()
        .register(adapter)
        .build()
        .connect(adapter.id(), TestConnection.class, settings)
        .context();
  }

  private static AdapterContext context(Adapters adapters) {
    return adapters.connect("crm", TestConnection.class, Map.of()).context();
  }

  private static final class OtherConnection implements Connection {
    @Override
    public HealthProbe health() {
      throw new UnsupportedOperationException("nobody asks for it here");
    }

    @Override
    public void close() {
      throw new IllegalStateException("stuck");
    }
  }
}
