package io.runbook4j.spi;

/** Lets everything through. */
enum OpenGate implements OutboundGate {
  INSTANCE;

  @Override
  public boolean allows(String key) {
    return true;
  }

  @Override
  public boolean isLocalOnly() {
    return false;
  }
}
