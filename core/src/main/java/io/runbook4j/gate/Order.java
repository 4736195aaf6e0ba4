package io.runbook4j.gate;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who switched a gate, and why. Immutable. */
public final class Order {
  private static final int LONGEST = 500;

  private final String who;
  private final String reason;
  private final @Nullable String ticket;
  private final @Nullable Instant until;

  private Order(String who, String reason, @Nullable String ticket, @Nullable Instant until) {
    this.who = who;
    this.reason = reason;
    this.ticket = ticket;
    this.until = until;
  }

  /**
   * {@return an order}
   *
   * @param who the person or the part of the system; 1 to 500 characters, not blank
   * @param reason for a person, who reads it in the state and in messages; 1 to 500 characters, not
   *     blank
   */
  public static Order of(String who, String reason) {
    return new Order(checked(who, "who"), checked(reason, "reason"), null, null);
  }

  /** {@return {@link #of}, with as much of the reason as an order takes; not blank} */
  public static Order cut(String who, String reason) {
    return of(who, reason.substring(0, Math.min(reason.length(), LONGEST)));
  }

  /** {@return this order with the number of a ticket or an incident; 1 to 500 characters} */
  public Order ticket(String ticket) {
    return new Order(who, reason, checked(ticket, "ticket"), until);
  }

  /**
   * {@return this order with an end} A gate that is local-only until then starts to ramp up.
   * Default none: until somebody switches it.
   */
  public Order until(Instant until) {
    return new Order(who, reason, ticket, Objects.requireNonNull(until, "until"));
  }

  /** {@return who gave it} */
  public String who() {
    return who;
  }

  /** {@return why} */
  public String reason() {
    return reason;
  }

  /** {@return the number of a ticket or an incident} */
  public Optional<String> ticket() {
    return Optional.ofNullable(ticket);
  }

  /** {@return when it ends by itself} */
  public Optional<Instant> until() {
    return Optional.ofNullable(until);
  }

  private static String checked(String text, String name) {
    if (text.isBlank() || text.length() > LONGEST) {
      throw new IllegalArgumentException(
          name + " must be 1 to " + LONGEST + " characters and not blank, was \""
              + text.substring(0, Math.min(text.length(), 50)) + "\" (" + text.length() + ")");
    }
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Order that
        && who.equals(that.who)
        && reason.equals(that.reason)
        && Objects.equals(ticket, that.ticket)
        && Objects.equals(until, that.until);
  }

  @Override
  public int hashCode() {
    return Objects.hash(who, reason, ticket, until);
  }

  /** {@return the order for a person: {@code ann: service answers 500 (OPS-1, until ...)}} */
  @Override
  public String toString() {
    String end = until == null ? "" : "until " + until;
    String more = ticket == null ? end : end.isEmpty() ? ticket : ticket + ", " + end;
    return who + ": " + reason + (more.isEmpty() ? "" : " (" + more + ")");
  }
}
