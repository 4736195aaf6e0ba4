package io.runbook4j.spi.sync;

import java.util.Objects;

/** What happened to one item. A target makes outcomes; the core reads them. */
public sealed interface Outcome {
  /** {@return the item was applied} */
  static Outcome succeeded() {
    return Succeeded.INSTANCE;
  }

  /** {@return the item was not applied} */
  static Outcome failed(Failure failure) {
    return new Failed(failure);
  }

  /** {@return the item was not applied because there was nothing to do, and why} */
  static Outcome skipped(String reason) {
    return new Skipped(reason);
  }

  /** {@return the item may or may not have been applied, and why that is not known} */
  static Outcome inDoubt(Failure failure) {
    return new InDoubt(failure);
  }

  /** The item was applied. */
  record Succeeded() implements Outcome {
    private static final Succeeded INSTANCE = new Succeeded();

    @Override
    public <R> R fold(Cases<R> cases) {
      return cases.succeeded();
    }
  }

  /**
   * The item was not applied.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements Outcome {
    /** Checks that there is a failure. */
    public Failed {
      Objects.requireNonNull(failure, "failure");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
      return cases.failed(failure);
    }
  }

  /**
   * There was nothing to do.
   *
   * @param reason why, for a person; stripped as {@link Failure}'s message is
   */
  record Skipped(String reason) implements Outcome {
    /** Checks that there is a reason. */
    public Skipped {
      reason = Texts.printable(reason);
    }

    @Override
    public <R> R fold(Cases<R> cases) {
      return cases.skipped(reason);
    }
  }

  /**
   * The item may or may not have been applied.
   *
   * @param failure why that is not known
   */
  record InDoubt(Failure failure) implements Outcome {
    /** Checks that there is a failure. */
    public InDoubt {
      Objects.requireNonNull(failure, "failure");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
      return cases.inDoubt(failure);
    }
  }

  /** Calls the method for this case. */
  <R> R fold(Cases<R> cases);

  /**
   * One method for each case.
   *
   * @param <R> what the methods return
   */
  interface Cases<R> {
    /** The item was applied. */
    R succeeded();

    /** The item was not applied. */
    R failed(Failure failure);

    /** There was nothing to do. */
    R skipped(String reason);

    /** The item may or may not have been applied. */
    R inDoubt(Failure failure);
  }
}
