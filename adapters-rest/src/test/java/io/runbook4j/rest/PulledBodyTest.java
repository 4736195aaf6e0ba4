package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class PulledBodyTest {
  private final List<String> asked = new ArrayList<>();
  private final PulledBody body = new PulledBody(Duration.ofSeconds(1));

  /** Tells what the body asks of the client. */
  private final Flow.Subscription source = new Flow.Subscription() {
    @Override
    public void request(long count) {
      asked.add("request " + count);
    }

    @Override
    public void cancel() {
      asked.add("cancel");
    }
  };

  @Test
  void onSubscribe_open_asksForOnePiece() {
    body.onSubscribe(source);

    assertThat(asked).containsExactly("request 1");
  }

  @Test
  void onSubscribe_closedBefore_cancels() {
    body.close();

    body.onSubscribe(source);

    assertThat(asked).containsExactly("cancel");
  }

  @Test
  void close_subscribedBefore_cancels() {
    body.onSubscribe(source);

    body.close();

    assertThat(asked).containsExactly("request 1", "cancel");
  }
}
