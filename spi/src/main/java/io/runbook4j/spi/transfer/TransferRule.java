package io.runbook4j.spi.transfer;

import java.util.OptionalLong;

/**
 * Decides between buffering and streaming, before a byte was moved. Immutable.
 *
 * <p>The default is to buffer; a payload of more than 10,000,000 bytes or 1,000 records, or of
 * unknown length, is streamed.
 *
 * @param mostBytes the most bytes of a buffered payload; at least 0
 * @param mostRecords the most records of a buffered payload; at least 0
 */
public record TransferRule(long mostBytes, long mostRecords) {
  /** Checks the bounds. */
  public TransferRule {
    notNegative(mostBytes, "mostBytes");
    notNegative(mostRecords, "mostRecords");
  }

  /** {@return the rule with 10,000,000 bytes and 1,000 records} */
  public static TransferRule defaults() {
    return new TransferRule(10_000_000, 1_000);
  }

  /** {@return the rule for what is shown while it comes: everything but nothing is streamed} */
  public static TransferRule incremental() {
    return new TransferRule(0, 0);
  }

  /**
   * {@return this rule, which buffers nothing that is larger than {@code bytes} either} For a
   * memory budget, or a bound on bodies.
   *
   * @param bytes at least 0
   */
  public TransferRule within(long bytes) {
    notNegative(bytes, "bytes");
    return bytes < mostBytes ? new TransferRule(bytes, mostRecords) : this;
  }

  /**
   * {@return how to move a payload of this length}
   *
   * @param contentLength its {@code Content-Length} in bytes; not known if it is empty, or negative
   *     as the JDK has it
   */
  public Transfer ofLength(OptionalLong contentLength) {
    long length = contentLength.orElse(-1);
    boolean fits = length >= 0 && length <= mostBytes;
    return fits ? Transfer.BUFFERED : Transfer.STREAMED;
  }

  /**
   * {@return how to move so many records of this mean size}
   *
   * @param count how many; at least 0
   * @param meanBytes the mean size of a record, from a sample; at least 0
   */
  public Transfer ofRecords(long count, long meanBytes) {
    notNegative(count, "count");
    notNegative(meanBytes, "meanBytes");
    boolean fits = count <= mostRecords && (meanBytes == 0 || count <= mostBytes / meanBytes);
    return fits ? Transfer.BUFFERED : Transfer.STREAMED;
  }

  private static void notNegative(long value, String name) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be at least 0, was " + value);
    }
  }
}
