package io.runbook4j.gate;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.ProviderState;
import java.util.Objects;

/**
 * A boolean flag of OpenFeature, such as {@code resume_sync.local_only}: true is local-only. Needs
 * {@code dev.openfeature:sdk} on the class path, which this library does not bring along. Safe for
 * many threads.
 *
 * <p>While there is no provider, or it is not ready, stale or in error, or does not know the flag,
 * true is still believed, and everything else holds a ramp.
 */
public final class OpenFeatureFlag implements GateFlag {
  private final Client client;
  private final String key;

  private OpenFeatureFlag(Client client, String key) {
    this.client = client;
    this.key = key;
  }

  /** {@return the flag of this key} */
  public static OpenFeatureFlag of(Client client, String key) {
    if (key.isBlank()) {
      throw new IllegalArgumentException("key must not be blank, was \"" + key + "\"");
    }
    return new OpenFeatureFlag(Objects.requireNonNull(client, "client"), key);
  }

  @Override
  public Answer ask() {
    FlagEvaluationDetails<Boolean> details = client.getBooleanDetails(key, false);
    if (Boolean.TRUE.equals(details.getValue())) {
      return Answer.LOCAL_ONLY;
    }
    boolean isSure =
        details.getErrorCode() == null && client.getProviderState() == ProviderState.READY;
    return isSure ? Answer.ALLOW : Answer.HOLD;
  }

  @Override
  public String name() {
    return "OpenFeature flag " + key;
  }

  @Override
  public String toString() {
    return name();
  }
}
