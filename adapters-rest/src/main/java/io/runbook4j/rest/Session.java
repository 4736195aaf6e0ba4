package io.runbook4j.rest;

import java.util.concurrent.locks.ReentrantLock;

/** A credential whose refresh is shared by all who were refused with the same token. */
final class Session {
  private final Credential credential;
  private final ReentrantLock lock = new ReentrantLock();
  private long refreshes; // guarded by lock
  private boolean renewed; // guarded by lock; what the last refresh said

  Session(Credential credential) {
    this.credential = credential;
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
      return new Ticket(credential.token(), refreshes);
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
      if (!credential.token().equals(refused.token())) {
        return true;
      }
      renewed = credential.refresh();
      refreshes++;
      return renewed;
    } finally {
      lock.unlock();
    }
  }
}
