package io.runbook4j.rest;

import java.net.http.HttpResponse.BodySubscriber;

/** Receives the body of one answer. */
interface AnswerBody extends BodySubscriber<Body>, AutoCloseable {
  /**
   * {@return what there is of the body, although the client gave the exchange up} A body that
   * breaks off ends the exchange with an exception or with this body, whichever thread of the
   * client comes first; this makes one of the two.
   */
  default Body cutOff(Throwable cause) {
    onError(cause);
    return getBody().toCompletableFuture().join();
  }

  /** Gives back the memory that was taken for it, and asks for no more. */
  @Override
  void close();
}
