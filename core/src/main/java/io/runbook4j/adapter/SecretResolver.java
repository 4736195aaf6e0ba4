package io.runbook4j.adapter;

import java.util.Optional;

/**
 * The host's own store of secrets, for references such as {@code host:crm-token}. Called each time
 * that an adapter asks, by many threads at once.
 */
@FunctionalInterface
public interface SecretResolver {
  /**
   * {@return the secret of that name; empty if there is none}
   *
   * @param name what stands behind {@code host:}
   */
  Optional<String> resolve(String name);
}
