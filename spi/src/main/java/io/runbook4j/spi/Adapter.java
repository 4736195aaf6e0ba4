package io.runbook4j.spi;

import java.util.List;

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
   * {@return the settings that {@link #connect} needs; core checks them all at once, before it
   * connects}
   */
  List<Setting> settings();

  /**
   * {@return the limits that the service is known to have; core builds them and hands out their
   * permits}
   */
  List<QuotaSpec> quotas();

  /**
   * Makes a connection. Does no I/O.
   *
   * @param context the checked settings, and all that an adapter needs of its host
   */
  Connection connect(AdapterContext context);
}
