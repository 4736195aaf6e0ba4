package io.runbook4j.rest;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A body that knows whether it has left. Java's client subscribes to it when the connection stands,
 * the proxy's tunnel and the TLS handshake included, and not before; so a request whose body has
 * not left was not sent, whatever the exception says. Safe for many threads.
 */
final class Departure implements BodyPublisher {
  private final BodyPublisher body;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

  Departure(BodyPublisher body) {
    this.body = body;
  }

  private enum State {
    WAITING,
    LEFT,
    HELD_BACK
  }

  /** {@return whether there is anything to leave} The client does not subscribe to nothing. */
  boolean isOfSomething() {
    return body.contentLength() != 0;
  }

  /** {@return whether it has not left} It never will then. */
  boolean holdBack() {
    state.compareAndSet(State.WAITING, State.HELD_BACK);
    return state.get() == State.HELD_BACK;
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    state.compareAndSet(State.WAITING, State.LEFT);
    if (state.get() == State.LEFT) {
      body.subscribe(subscriber);
    } else {
      subscriber.onSubscribe(Nothing.INSTANCE);
      subscriber.onError(new IOException("the call was given up before its body was sent"));
    }
  }

  /** Gives nothing. */
  private enum Nothing implements Flow.Subscription {
    INSTANCE;

    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }
}
