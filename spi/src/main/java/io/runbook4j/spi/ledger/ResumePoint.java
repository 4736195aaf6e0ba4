package io.runbook4j.spi.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a process needs to go on with a run that another one left. Immutable. Its size depends
 * on how far the run was ahead of its position, not on the length of the run.
 */
public final class ResumePoint {
  private final Position position;
  private final Map<String, Integer> settledSince;
  private final List<LedgerEntry.ChunkIntent> open;
  private final Map<String, Integer> attempts;
  private final int nextChunk;
  private final int nextPage;
  private final Counts settled;
  private final @Nullable Instant notBefore;
  private final @Nullable Instant lastCallAt;

  private ResumePoint(Builder builder) {
    this.position = builder.position;
    this.settledSince = Map.copyOf(builder.settledSince);
    this.open = List.copyOf(builder.open);
    this.attempts = Map.copyOf(builder.attempts);
    this.nextChunk = builder.nextChunk;
    this.nextPage = builder.nextPage;
    this.settled = builder.settled;
    this.notBefore = builder.notBefore;
    this.lastCallAt = builder.lastCallAt;
  }

  /** {@return a builder for a run of which nothing is known but that it began} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return from where to read} */
  public Position position() {
    return position;
  }

  /**
   * {@return how many items of each key that were read in page {@link Position#page} or a later one
   * have an outcome} So many of its occurrences behind the cursor are left out.
   */
  public Map<String, Integer> settledSince() {
    return settledSince;
  }

  /**
   * {@return the chunks that began and have no result, by rising number: their items are in doubt}
   */
  public List<LedgerEntry.ChunkIntent> open() {
    return open;
  }

  /**
   * {@return how many attempts each item has had that was read and has no outcome, 0 for one that
   * was never sent; items of open chunks are there only if they had any} A rate limit, a refused
   * credential, a bisection or a call that was given up is no attempt.
   */
  public Map<String, Integer> attempts() {
    return attempts;
  }

  /** {@return the number of the next chunk} */
  public int nextChunk() {
    return nextChunk;
  }

  /** {@return the number of the next page; higher than that of every page before} */
  public int nextPage() {
    return nextPage;
  }

  /** {@return the items with an outcome; none of them not reached} */
  public Counts settled() {
    return settled;
  }

  /** {@return until when the service asked to wait, at the latest; empty if it never did} */
  public Optional<Instant> notBefore() {
    return Optional.ofNullable(notBefore);
  }

  /**
   * {@return when the run last recorded a chunk's beginning or result, or a note, so that the calls
   * of its last quota windows are not forgotten; empty if it never did}
   */
  public Optional<Instant> lastCallAt() {
    return Optional.ofNullable(lastCallAt);
  }

  /** Collects a resume point. Not safe for many threads. */
  public static final class Builder {
    private Position position = Position.start();
    private Map<String, Integer> settledSince = Map.of();
    private List<LedgerEntry.ChunkIntent> open = List.of();
    private Map<String, Integer> attempts = Map.of();
    private int nextChunk = 1;
    private int nextPage = 1;
    private Counts settled = Counts.zero();
    private @Nullable Instant notBefore;
    private @Nullable Instant lastCallAt;

    private Builder() {}

    /** Sets from where to read. Default the beginning. */
    public Builder position(Position position) {
      this.position = Objects.requireNonNull(position, "position");
      return this;
    }

    /** Sets the outcomes behind the cursor by key. Default none. */
    public Builder settledSince(Map<String, Integer> settledSince) {
      this.settledSince = settledSince;
      return this;
    }

    /** Sets the chunks in doubt. Default none. */
    public Builder open(List<LedgerEntry.ChunkIntent> open) {
      this.open = open;
      return this;
    }

    /** Sets the attempts by key. Default none. */
    public Builder attempts(Map<String, Integer> attempts) {
      this.attempts = attempts;
      return this;
    }

    /** Sets the next chunk's number. Default 1. */
    public Builder nextChunk(int nextChunk) {
      this.nextChunk = nextChunk;
      return this;
    }

    /** Sets the next page's number. Default 1. */
    public Builder nextPage(int nextPage) {
      this.nextPage = nextPage;
      return this;
    }

    /** Sets the counts of the items with an outcome. Default none. */
    public Builder settled(Counts settled) {
      this.settled = Objects.requireNonNull(settled, "settled");
      return this;
    }

    /** Sets until when the service asked to wait. Default never. */
    public Builder notBefore(Instant notBefore) {
      this.notBefore = Objects.requireNonNull(notBefore, "notBefore");
      return this;
    }

    /** Sets when the run last recorded a chunk or a note. Default never. */
    public Builder lastCallAt(Instant lastCallAt) {
      this.lastCallAt = Objects.requireNonNull(lastCallAt, "lastCallAt");
      return this;
    }

    /** {@return the resume point} */
    public ResumePoint build() {
      return new ResumePoint(this);
    }
  }
}
