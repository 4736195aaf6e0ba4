package io.runbook4j.spi;

import java.util.List;
import java.util.Map;

/**
 * One service's adapter. Registered in {@code META-INF/services}; has a public constructor without
 * arguments that does nothing. Safe for many threads.
 */
public interface Adapter {
  /**
   * The level of this SPI. A constant, so that {@link #spiLevel} tells what an adapter was compiled
   * against.
   */
  int SPI_LEVEL = 1;

  /** {@return the adapter's id, such as {@code webhook}; lower case letters, digits and dashes} */
  String id();

  /** {@return {@link #SPI_LEVEL}, as it was when the adapter was compiled} */
  int spiLevel();

  /**
   * {@return the settings that {@link #connect} needs; core checks them all at once, with
   * {@link #check}, before it connects}
   */
  List<Setting> settings();

  /**
   * {@return the limits that the service is known to have; core builds them and hands out their
   * permits}
   */
  List<QuotaSpec> quotas();

  /**
   * {@return what is wrong with the settings that {@link Setting} cannot tell: a word that is none
   * of those allowed, a setting that another one needs; by the setting's name, as {@code must be
   * RULE, was VALUE}} Empty if nothing is, which is the default.
   *
   * <p>Core calls it in a preflight and before {@link #connect}, and tells everything at once. Does
   * no I/O.
   *
   * @param settings the text of each setting that is of its type, defaults included; of type SECRET
   *     it is the reference. What was not given and has no default is missing, and so is what was
   *     given and is malformed, of which core tells by itself
   */
  default Map<String, String> check(Map<String, String> settings) {
    return Map.of();
  }

  /**
   * Makes a connection. Does no I/O.
   *
   * @param context the checked settings, and all that an adapter needs of its host
   */
  Connection connect(AdapterContext context);
}
