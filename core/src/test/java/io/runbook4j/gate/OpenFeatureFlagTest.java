package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.providers.memory.Flag;
import dev.openfeature.sdk.providers.memory.InMemoryProvider;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against the SDK and its own in-memory provider. */
class OpenFeatureFlagTest {
  private static final String KEY = "resume_sync.local_only";

  private final OpenFeatureAPI api = OpenFeatureAPI.createIsolated();
  private final Client client = api.getClient();
  private final OpenFeatureFlag flag = OpenFeatureFlag.of(client, KEY);

  private static Map<String, Flag<?>> says(boolean localOnly) {
    return Map.of(
        KEY,
        Flag.<Boolean>builder()
            .variant("on", true)
            .variant("off", false)
            .defaultVariant(localOnly ? "on" : "off")
            .build());
  }

  @AfterEach
  void shutDown() {
    api.shutdown();
  }

  @Test
  void ask_noProvider_holds() {
    assertThat(flag.ask()).isEqualTo(GateFlag.Answer.HOLD);
  }

  @Test
  void ask_value_isBelieved() {
    InMemoryProvider provider = new InMemoryProvider(says(false));
    api.setProviderAndWait(provider);
    assertThat(flag.ask()).isEqualTo(GateFlag.Answer.ALLOW);

    provider.updateFlags(says(true));

    assertThat(flag.ask()).isEqualTo(GateFlag.Answer.LOCAL_ONLY);
  }

  @Test
  void ask_unknownFlag_holds() {
    api.setProviderAndWait(new InMemoryProvider(Map.of()));

    assertThat(flag.ask()).isEqualTo(GateFlag.Answer.HOLD);
  }

  @Test
  void ask_flagOfAnotherType_holds() {
    api.setProviderAndWait(new InMemoryProvider(Map.of(
        KEY, Flag.<String>builder().variant("on", "yes").defaultVariant("on").build())));

    assertThat(flag.ask()).isEqualTo(GateFlag.Answer.HOLD);
  }

  @Test
  void gate_flagTurnedOnAndOff_followsInTheSafeDirection() {
    InMemoryProvider provider = new InMemoryProvider(says(true));
    api.setProviderAndWait(provider);
    VirtualTime time = VirtualTime.builder().build();
    Gate gate = Gate.builder(KEY, time).flag(flag).build();

    assertThat(gate.isLocalOnly()).isTrue();
    assertThat(gate.state().order().reason())
        .isEqualTo("OpenFeature flag resume_sync.local_only says local-only");
    provider.updateFlags(says(false));
    time.advance(Duration.ofSeconds(1));
    assertThat(gate.state()).isInstanceOf(GateState.Ramping.class);
  }

  @Test
  void of_blankKey_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenFeatureFlag.of(client, " "))
        .withMessageContaining("key must not be blank");
  }
}
