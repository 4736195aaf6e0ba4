package io.runbook4j.integrity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/**
 * Compares a stored hash with that of the content.
 *
 * @param content the column with the content: text, hashed as UTF-8, or bytes
 * @param hash the column with the hash
 * @param function the hash function
 */
record HashTest(String content, String hash, UnaryOperator<byte[]> function)
    implements Pass.RowTest {
  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static byte[] crc32c(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
  }

  @Override
  public Optional<String> problem(Row row) {
    Optional<Object> stored = row.value(hash);
    Optional<Object> content = row.value(this.content);
    if (stored.isEmpty() && content.isEmpty()) {
      return Optional.empty();
    }
    if (stored.isEmpty()) {
      throw new RowProblem(hash + " must be there to be compared, was null");
    }
    if (content.isEmpty()) {
      return Optional.of(this.content + " is null and " + hash + " is " + stored.get());
    }
    byte[] computed = function.apply(bytes(content.get()));
    return isEqual(stored.get(), computed)
        ? Optional.empty()
        : Optional.of(hash + " is " + Row.shown(stored.get()) + " but should be "
            + HexFormat.of().formatHex(computed));
  }

  private byte[] bytes(Object value) {
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    if (value instanceof String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    throw Row.wrong(content, "text or bytes", value);
  }

  private static boolean isEqual(Object stored, byte[] computed) {
    if (stored instanceof byte[] bytes) {
      return Arrays.equals(bytes, computed);
    }
    Long number = Canonical.whole(stored);
    if (number != null && computed.length == Integer.BYTES) {
      // A signed 32-bit column holds the upper half of all CRCs as negative numbers.
      return number.intValue() == ByteBuffer.wrap(computed).getInt()
          && number >= Integer.MIN_VALUE
          && number < 1L << Integer.SIZE;
    }
    String text = stored.toString().strip();
    return text.equalsIgnoreCase(HexFormat.of().formatHex(computed))
        || text.equals(Base64.getEncoder().encodeToString(computed));
  }
}
