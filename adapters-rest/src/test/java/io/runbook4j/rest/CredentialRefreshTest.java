package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CredentialRefreshTest {
  private static final int CALLERS = 10;
  private static final ScriptedServer.Reply OK = ScriptedServer.json(200, "{}");
  private static final ScriptedServer.Reply NO = ScriptedServer.json(401, "{\"e\":\"expired\"}");

  /** A token that is t1, then t2, and so on with each refresh. */
  private static final class Counting implements Credential {
    final AtomicInteger refreshes = new AtomicInteger();

    @Override
    public String token() {
      return "t" + (refreshes.get() + 1);
    }

    @Override
    public boolean refresh() {
      refreshes.incrementAndGet();
      return true;
    }
  }

  private static Session session(Credential credential) {
    return new Session(credential, new Redactor(text -> text));
  }

  private static RestException failing(RestClient client) {
    RestException failure =
        catchThrowableOfType(RestException.class, () -> client.send(RestRequest.post("x")));
    assertThat(failure).as("no failure").isNotNull();
    return failure;
  }

  @Test
  void send_refusedOnce_refreshesAndSendsAgain() throws Exception {
    Counting credential = new Counting();
    RecordingPermits permits = new RecordingPermits();
    try (var server = ScriptedServer.replying(NO, OK)) {
      RestClient client = RestClient.builder(server.url())
          .credential(credential)
          .permits(permits)
          .build();

      client.send(RestRequest.post("x").json("v"));

      assertThat(server.requests())
          .extracting(r -> r.header("Authorization") + r.text())
          .containsExactly("Bearer t1\"v\"", "Bearer t2\"v\"");
      assertThat(permits.acquired).containsExactly(1, 1);
    }
  }

  @Test
  void send_refusedTwice_isAnAuthenticationFailure() {
    Counting credential = new Counting();
    try (var server = ScriptedServer.replying(NO)) {
      RestException failure =
          failing(RestClient.builder(server.url()).credential(credential).build());

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.AUTHENTICATION);
      assertThat(failure.isInDoubt()).isFalse();
      assertThat(server.requests()).hasSize(2);
      assertThat(credential.refreshes).hasValue(1);
    }
  }

  @Test
  void send_tenRefusedAtOnce_oneRefreshes() throws Exception {
    CyclicBarrier together = new CyclicBarrier(CALLERS);
    ScriptedServer.Reply byToken = (request, socket, server) -> {
      boolean isOld = request.header("Authorization").equals("Bearer t1");
      if (isOld) {
        together.await();
      }
      (isOld ? NO : OK).to(request, socket, server);
    };
    Counting credential = new Counting();
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    try (var server = ScriptedServer.replying(byToken)) {
      RestClient client =
          RestClient.builder(server.url()).credential(credential).build();
      List<Future<RestResponse>> answers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        answers.add(callers.submit(() -> client.send(RestRequest.post("x"))));
      }

      for (Future<RestResponse> answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
      assertThat(credential.refreshes).hasValue(1);
      assertThat(server.requests()).hasSize(2 * CALLERS);
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void send_refreshGivesNothing_sendsNoMore() {
    try (var server = ScriptedServer.replying(NO)) {
      RestException failure = failing(RestClient.builder(server.url())
          .credential(Credential.readFrom(() -> "same"))
          .build());

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.AUTHENTICATION);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void renew_refreshSaidNo_isNotAskedAgainByThoseWhoWaited() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Session session = session(new Credential() {
      @Override
      public String token() {
        return "t";
      }

      @Override
      public boolean refresh() {
        return asked.incrementAndGet() > 1;
      }
    });
    Session.Ticket first = session.ticket();
    Session.Ticket second = session.ticket();

    assertThat(session.renew(first)).isFalse();
    assertThat(session.renew(second)).isFalse();
    assertThat(session.renew(session.ticket())).isTrue();
    assertThat(asked).hasValue(2);
  }

  /** A token whose renewal ends in what it is told to throw. */
  private static final class Broken implements Credential {
    final AtomicInteger asked = new AtomicInteger();
    private final Exception thrown;

    Broken(Exception thrown) {
      this.thrown = thrown;
    }

    @Override
    public String token() {
      return "t";
    }

    @Override
    public boolean refresh() throws InterruptedException {
      asked.incrementAndGet();
      if (thrown instanceof InterruptedException e) {
        throw e;
      }
      throw (RuntimeException) thrown;
    }
  }

  @Test
  void renew_refreshThrew_isNotAskedAgainByThoseWhoWaited() throws Exception {
    Broken broken =
        new Broken(new FailureException(Failure.of(FailureKind.NETWORK, "token service is away")));
    Session session = session(broken);
    Session.Ticket first = session.ticket();
    Session.Ticket second = session.ticket();

    for (Session.Ticket refused : List.of(first, second)) {
      RestException failure =
          catchThrowableOfType(RestException.class, () -> session.renew(refused));

      assertThat(failure.failure())
          .isEqualTo(Failure.of(FailureKind.NETWORK, "token service is away"));
      assertThat(failure.isInDoubt()).isFalse();
    }
    assertThat(broken.asked).hasValue(1);
    Session.Ticket fresh = session.ticket();
    assertThatThrownBy(() -> session.renew(fresh)).isInstanceOf(RestException.class);
    assertThat(broken.asked).hasValue(2);
  }

  @Test
  void renew_refreshInterrupted_isAskedAgainByTheNext() throws Exception {
    Broken broken = new Broken(new InterruptedException());
    Session session = session(broken);
    Session.Ticket first = session.ticket();
    Session.Ticket second = session.ticket();

    assertThatThrownBy(() -> session.renew(first)).isInstanceOf(InterruptedException.class);
    assertThatThrownBy(() -> session.renew(second)).isInstanceOf(InterruptedException.class);
    assertThat(broken.asked).hasValue(2);
  }

  @Test
  void renew_tokenHasChangedMeanwhile_needsNoRefresh() throws Exception {
    AtomicInteger token = new AtomicInteger(1);
    AtomicInteger asked = new AtomicInteger();
    Session session = session(new Credential() {
      @Override
      public String token() {
        return "t" + token.get();
      }

      @Override
      public boolean refresh() {
        asked.incrementAndGet();
        return false;
      }
    });
    Session.Ticket refused = session.ticket();

    token.set(2);

    assertThat(session.renew(refused)).isTrue();
    assertThat(asked).hasValue(0);
  }

  @Test
  void send_authenticationFailureInDoubt_isNotSentAgain() {
    Counting credential = new Counting();
    Classifier classifier =
        response -> Optional.of(Failure.of(FailureKind.AUTHENTICATION, "gateway lost the session"));
    try (var server = ScriptedServer.replying(ScriptedServer.json(504, "{}"))) {
      RestException failure = failing(RestClient.builder(server.url())
          .credential(credential)
          .classifier(classifier)
          .build());

      assertThat(failure.isInDoubt()).isTrue();
      assertThat(server.requests()).hasSize(1);
      assertThat(credential.refreshes).hasValue(0);
    }
  }

  @Test
  void readFrom_secretRotatedMeanwhile_isSentAgain() throws Exception {
    AtomicReference<String> secret = new AtomicReference<>("old");
    ScriptedServer.Reply rotating = (request, socket, server) -> {
      secret.set("new");
      NO.to(request, socket, server);
    };
    try (var server = ScriptedServer.replying(rotating, OK)) {
      RestClient.builder(server.url())
          .credential(Credential.readFrom(secret::get))
          .build()
          .send(RestRequest.get("x"));

      assertThat(server.requests().get(1).header("Authorization")).isEqualTo("Bearer new");
    }
  }

  @Test
  void send_refreshFails_tellsWhyAndIsNotInDoubt() {
    Credential broken = new Credential() {
      @Override
      public String token() {
        return "t";
      }

      @Override
      public boolean refresh() {
        throw new FailureException(Failure.of(FailureKind.NETWORK, "token service is away"));
      }
    };
    try (var server = ScriptedServer.replying(NO)) {
      RestException failure =
          failing(RestClient.builder(server.url()).credential(broken).build());

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
      assertThat(failure.isInDoubt()).isFalse();
    }
  }
}
