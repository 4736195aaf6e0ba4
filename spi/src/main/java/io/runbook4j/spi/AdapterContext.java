package io.runbook4j.spi;

import io.runbook4j.spi.time.Time;
import io.runbook4j.spi.transfer.TransferBudget;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What core hands to an adapter, so that it never has to know core. Safe for many threads. */
public interface AdapterContext {
  /**
   * {@return the value of a setting of type TEXT; its default if it was not given; empty if it has
   * none}
   */
  Optional<String> text(String setting);

  /**
   * {@return the value of a setting of type URL; its default if it was not given; empty if it has
   * none}
   */
  Optional<URI> url(String setting);

  /**
   * {@return the value of a setting of type DURATION; its default if it was not given; empty if it
   * has none}
   */
  Optional<Duration> duration(String setting);

  /**
   * {@return the value of a setting of type WHOLE_NUMBER; its default if it was not given; empty if
   * it has none}
   */
  Optional<Long> wholeNumber(String setting);

  /**
   * {@return the secret that a setting of type SECRET names; empty if the setting was not given}
   * Read anew at each call, so that a rotated secret takes effect; known to {@link #redact} from
   * then on.
   *
   * @throws IllegalStateException if the reference leads nowhere; the message names it, never a
   *     value
   */
  Optional<String> secret(String setting);

  /** {@return the permits of a declared quota} */
  Permits permits(String quota);

  /**
   * {@return the permits of the limit that targets name as their {@code service()}} Lets everything
   * through until it learns of a limit, or a job configures one. The run takes a permit for each
   * call of such a target, so the adapter only hands on here what the service says.
   */
  Permits limit(String service);

  /** {@return the gate to ask before a change leaves; open if the host has none} */
  default OutboundGate gate() {
    return OutboundGate.open();
  }

  /**
   * {@return the memory that buffered transfers of all adapters of the host share; unlimited if the
   * host has set no budget}
   */
  default TransferBudget transferBudget() {
    return TransferBudget.unlimited();
  }

  /** {@return the clock and the waiting} */
  Time time();

  /** {@return a source of chance for jitter; seeded in tests} */
  RandomGenerator random();

  /**
   * {@return the text with every known secret blotted out; for all that leaves the process but the
   * request itself}
   */
  String redact(String text);
}
