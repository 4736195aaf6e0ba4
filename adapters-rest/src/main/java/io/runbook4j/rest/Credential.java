package io.runbook4j.rest;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token that can be renewed. Safe for many threads; {@link RestClient} makes sure that one
 * refresh at a time is under way.
 *
 * <p>What it throws is a failure of the request that is never in doubt: that of a
 * {@link io.runbook4j.spi.sync.FailureException} or {@link RestException}, and AUTHENTICATION for
 * everything else, and for a token that is null. Its message is shown, without the secrets that are
 * known.
 */
public interface Credential {
  /**
   * {@return the token that is sent now}
   *
   * @throws io.runbook4j.spi.sync.FailureException if there is none to be had
   */
  String token() throws InterruptedException;

  /**
   * Gets a new token after the service refused the current one.
   *
   * @return whether there is a new one, so that sending again makes sense
   * @throws io.runbook4j.spi.sync.FailureException if the service that gives tokens did not answer
   */
  boolean refresh() throws InterruptedException;

  /**
   * {@return a token that somebody else keeps, such as a setting's secret} It is read anew for each
   * request; a refresh says whether it has changed since the last one was sent.
   */
  static Credential readFrom(Supplier<String> secret) {
    Objects.requireNonNull(secret, "secret");
    AtomicReference<@Nullable String> last = new AtomicReference<>();
    return new Credential() {
      @Override
      public String token() {
        String token = secret.get();
        last.set(token);
        return token;
      }

      @Override
      public boolean refresh() {
        return !secret.get().equals(last.get());
      }
    };
  }
}
