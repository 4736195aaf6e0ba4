package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A credential whose refresh is shared by all who were refused with the same token, also if it
 * fails: a token service that is down is not asked once more by each of them. Whatever it throws
 * comes out as a {@link RestException} that is not in doubt: without a token nothing is sent, and
 * it is renewed only after a refusal.
 */
final class Session {
  private final Credential credential;
  private final Redactor redactor;
  private final ReentrantLock lock = new ReentrantLock();
  private long refreshes; // guarded by lock
  private boolean renewed; // guarded by lock; what the last refresh said
  private @Nullable RestException failed; // guarded by lock; what it threw instead

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
   * @throws RestException the failure of the refresh, be it one that somebody else asked for
   */
  boolean renew(Ticket refused) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (refreshes != refused.refreshes()) {
        return outcome();
      }
      if (!token().equals(refused.token())) {
        return true;
      }
      refresh();
      return outcome();
    } finally {
      lock.unlock();
    }
  }

  private void refresh() throws InterruptedException {
    try {
      renewed = asked("be refreshed", credential::refresh);
      failed = null;
    } catch (RestException e) {
      failed = e;
    }
    refreshes++; // not if it was interrupted: that says nothing to the others
  }

  private boolean outcome() {
    RestException last = failed;
    if (last != null) {
      throw new RestException(last.failure(), false, last.status().orElse(0), last);
    }
    return renewed;
  }

  private String token() throws InterruptedException {
    return asked("give a token", credential::token);
  }

  private <T> T asked(String what, Question<T> question) throws InterruptedException {
    T answer;
    try {
      answer = question.ask();
    } catch (InterruptedException | VirtualMachineError e) {
      throw e;
    } catch (RestException e) {
      throw told(e.failure(), e.status().orElse(0), e);
    } catch (FailureException e) {
      throw told(e.failure(), 0, e);
    } catch (Throwable e) {
      throw refused(what, "threw " + redactor.text(e), redactor.safe(e));
    }
    if (answer == null) { // against its contract
      throw refused(what, "gave null", null);
    }
    return answer;
  }

  private RestException told(Failure failure, int status, Throwable cause) {
    return new RestException(redactor.redact(failure), false, status, redactor.safe(cause));
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
