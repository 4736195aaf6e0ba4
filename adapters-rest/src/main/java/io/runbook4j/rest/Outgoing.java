package io.runbook4j.rest;

import io.runbook4j.spi.transfer.TransferBudget.Grant;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way out.
 *
 * @param publisher what is sent
 * @param release lets go of what the client holds of it
 */
record Outgoing(Departure publisher, Runnable release) implements AutoCloseable {
  /** {@return a body of which the client holds nothing that is not its caller's} */
  static Outgoing of(BodyPublisher publisher) {
    return of(publisher, () -> {});
  }

  private static Outgoing of(BodyPublisher publisher, Runnable release) {
    return new Outgoing(new Departure(publisher), release);
  }

  /** {@return a body that the client holds as a whole until it is closed} */
  static Outgoing held(byte[] bytes, Grant room) {
    if (bytes.length == 0) {
      return of(BodyPublishers.noBody(), room::close);
    }
    AtomicReference<byte @Nullable []> held = new AtomicReference<>(bytes);
    return of(
        BodyPublishers.fromPublisher(
            BodyPublishers.ofByteArrays(() -> new Once(held.get())), bytes.length),
        () -> {
          held.set(null);
          room.close();
        });
  }

  @Override
  public void close() {
    release.run();
  }

  /** Gives an array once, and then does not hold it any more. */
  private static final class Once implements Iterator<byte[]> {
    private byte @Nullable [] left;

    Once(byte @Nullable [] only) {
      this.left = only;
    }

    @Override
    public boolean hasNext() {
      return left != null;
    }

    @Override
    public byte[] next() {
      byte[] only = left;
      if (only == null) {
        throw new NoSuchElementException("one array must be taken once, was taken again");
      }
      left = null;
      return only;
    }
  }
}
