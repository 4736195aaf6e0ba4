package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A credential whose refresh is shared by all who were refused with the same token. Whatever it
 * throws comes out as a {@link RestException} that is not in doubt: without a token nothing is
 * sent, and it is renewed only after a refusal.
 */
final class Session {
  private final Credential credential;
  private final Redactor redactor;
  private final ReentrantLock lock = new ReentrantLock();
  private long refreshes; // guarded by lock
  private boolean renewed; // guarded by lock; what the last refresh said

  Session(Credential credential, Redactor redactor) {
    this.credential = credential;
    this.redactor = redactor;
  }

  /**
   * What a request was sent with.
   *
   * @param refreshes how many refreshes had ended by then
   */
  record Ticket(String token, long refreshes) {
    @Override
    public String toString() {
      return "Ticket[refreshes=" + refreshes + "]";
    }
  }

  Ticket ticket() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      return new Ticket(token(), refreshes);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gets a new token unless somebody did since this ticket was drawn.
   *
   * @return whether there is one to send again with
   */
  boolean renew(Ticket refused) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (refreshes != refused.refreshes()) {
        return renewed;
      }
      if (!token().equals(refused.token())) {
        return true;
      }
      renewed = asked("be refreshed", credential::refresh);
      refreshes++;
      return renewed;
    } finally {
      lock.unlock();
    }
  }

  private String token() throws InterruptedException {
    return asked("give a token", credential::token);
  }

  private <T> T asked(String what, Question<T> question) throws InterruptedException {
    try {
      T answer = question.ask();
      if (answer == null) { // against its contract
        throw refused(what, "gave null", null);
      }
      return answer;
    } catch (InterruptedException | VirtualMachineError e) {
      throw e;
    } catch (RestException e) {
      throw new RestException(e.failure(), false, e.status().orElse(0), e);
    } catch (FailureException e) {
      throw new RestException(e.failure(), false, 0, e);
    } catch (Throwable e) {
      throw refused(what, "threw " + redactor.text(e), redactor.safe(e));
    }
  }

  private static RestException refused(String what, String was, @Nullable Throwable cause) {
    Failure failure = Failure.of(
        FailureKind.AUTHENTICATION, "credential must " + what + ", " + was + "; nothing was done");
    return new RestException(failure, false, 0, cause);
  }

  /** What a credential is asked. */
  @FunctionalInterface
  private interface Question<T> {
    T ask() throws InterruptedException;
  }
}
