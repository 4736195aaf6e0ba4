package io.runbook4j.spi;

/**
 * The switch that is asked before anything leaves. Safe for many threads.
 *
 * <p>Asking is cheap enough for every call: a volatile read, and a hash of the key while the gate
 * ramps up. Who was let through finishes what it began; so ask as late as possible.
 */
public interface OutboundGate {
  /** {@return a gate that is always open} */
  static OutboundGate open() {
    return OpenGate.INSTANCE;
  }

  /**
   * {@return whether changes of this item may leave now} While the gate ramps up, the answer is the
   * same for all calls with one key, and stays yes when the share grows.
   *
   * @param key the item's key (the customer, the order), never one of the call, so that no item is
   *     half synced
   */
  boolean allows(String key);

  /** {@return whether nothing may leave at all; for those who do not know the item's key} */
  boolean isLocalOnly();
}
