package io.runbook4j.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The records of one answer, one by one: the elements of a JSON array, of an array in a field of a
 * JSON object, or JSON lines. With a Content-Type of JSON lines, or of none, there may be no line
 * or one; with that of JSON, an empty body or one value that is no array makes no sense. An answer
 * above the client's bounds, or of unknown length, is read while it comes, in memory for one
 * record. For one thread. Close it: until then it keeps its connection, or its bytes of the
 * client's {@link RestClient.Builder#budget}.
 */
public final class Records implements AutoCloseable {
  private final RestResponse response;
  private final @Nullable String arrayField;
  private final Counted in;
  private final boolean streamed;
  private final Map<String, JsonNode> fields = new HashMap<>();
  private @Nullable JsonParser parser;
  private State state = State.NEW;
  private boolean readAhead; // whether the parser is at the beginning of the next record

  private enum State {
    NEW,
    IN_ARRAY,
    IN_ARRAY_OF_OBJECT,
    LINES,
    ENDED
  }

  Records(RestResponse response, @Nullable String arrayField) {
    this.response = response;
    this.arrayField = arrayField;
    InputStream stream = response.body().stream();
    this.streamed = stream != null;
    this.in = new Counted(
        stream == null ? new ByteArrayInputStream(response.body().bytes()) : stream,
        response.exchange().bounds().maxBody());
  }

  /** {@return the head of the answer; its body is not to be had from it when streamed} */
  public RestResponse response() {
    return response;
  }

  /** {@return whether the records are read while they come} */
  public boolean isStreamed() {
    return streamed;
  }

  /**
   * {@return the next record; empty after the last one}
   *
   * @throws RestException if the answer breaks off or is not what it must be. The records before
   *     that were whole.
   */
  public Optional<JsonNode> next() throws InterruptedException {
    in.startRecord();
    try {
      return Optional.ofNullable(read());
    } catch (JsonProcessingException e) {
      throw response.nonsense(
          "records must be JSON, were not (" + response.exchange().place(e) + ")");
    } catch (CharConversionException e) { // bytes of no encoding that JSON may have
      throw response.nonsense("records must be JSON, were not (CharConversionException)");
    } catch (InterruptedIOException e) {
      throw interrupted();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /**
   * {@return a field of the object around the array} Fields behind the array are known when
   * {@link #next} has returned empty.
   */
  public Optional<JsonNode> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  private @Nullable JsonNode read() throws IOException {
    JsonParser json = parser;
    if (json == null) {
      json = Json.MAPPER.createParser(in);
      parser = json;
    }
    if (state == State.NEW) {
      return first(json);
    }
    if (state == State.ENDED) {
      return null;
    }
    JsonToken token = readAhead ? json.currentToken() : json.nextToken();
    readAhead = false;
    if (token == null || token == JsonToken.END_ARRAY) {
      return end(json, token);
    }
    return Json.oneOfMany(json);
  }

  private @Nullable JsonNode first(JsonParser json) throws IOException {
    JsonToken token = json.nextToken();
    if (arrayField != null) {
      findArray(json, token);
      return read();
    }
    if (token == JsonToken.START_ARRAY) {
      state = State.IN_ARRAY;
      return read();
    }
    boolean isDocument = Json.isDocument(response.header("Content-Type").orElse(""));
    if (token == null && !isDocument) {
      state = State.ENDED;
      return null;
    }
    if (token == null) {
      throw response.nonsense("records must be a JSON array, were an empty body");
    }
    JsonNode one = Json.oneOfMany(json);
    if (isDocument && json.nextToken() == null) {
      throw response.nonsense("records must be a JSON array, were only one " + one.getNodeType());
    }
    state = State.LINES;
    readAhead = isDocument;
    return one;
  }

  private void findArray(JsonParser json, @Nullable JsonToken token) throws IOException {
    if (token != JsonToken.START_OBJECT) {
      throw response.nonsense("records must be in a JSON object, was " + token);
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (json.nextToken() == JsonToken.START_ARRAY && name.equals(arrayField)) {
        state = State.IN_ARRAY_OF_OBJECT;
        return;
      }
      fields.put(name, Json.oneOfMany(json));
    }
    throw response.nonsense(
        "the object must have an array \"" + arrayField + "\", had " + fields.keySet());
  }

  private @Nullable JsonNode end(JsonParser json, @Nullable JsonToken token) throws IOException {
    State before = state;
    state = State.ENDED;
    if (before == State.LINES) {
      return token == null ? null : Json.oneOfMany(json);
    }
    if (token == null) {
      throw response.nonsense("the array must end with ], the body ended before");
    }
    while (before == State.IN_ARRAY_OF_OBJECT && json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      fields.put(name, Json.oneOfMany(json));
    }
    if (json.nextToken() != null) {
      throw response.nonsense("nothing must follow the records, something did");
    }
    return null;
  }

  private RestException broken(IOException e) {
    FailureKind kind = e instanceof TooLongException
        ? FailureKind.TOO_LARGE
        : e instanceof HttpTimeoutException ? FailureKind.TIMEOUT : FailureKind.NETWORK;
    String what =
        kind == FailureKind.NETWORK ? "the body broke off" : String.valueOf(e.getMessage());
    return response.exchange().broken(response.status(), Failure.of(kind, what));
  }

  private static InterruptedException interrupted() {
    Thread.interrupted();
    return new InterruptedException("interrupted while reading records");
  }

  @Override
  public void close() {
    state = State.ENDED;
    response.close();
  }

  /** Counts the bytes of a record, and ends the reading of one that is too long. */
  private static final class Counted extends FilterInputStream {
    private static final int READ_AHEAD = 16_384;

    private final long most;
    private long read;

    Counted(InputStream in, long most) {
      super(in);
      this.most = most;
    }

    void startRecord() {
      read = 0;
    }

    void quietlyClosed() {
      try {
        in.close();
      } catch (IOException e) {
        throw new IllegalStateException("a body's close must not fail, did", e);
      }
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = in.read(into, offset, length);
      count(Math.max(0, count));
      return count;
    }

    private void count(int more) throws TooLongException {
      read += more;
      if (read > most + READ_AHEAD) {
        quietlyClosed();
        throw new TooLongException(
            "a record must have at most " + most + " bytes, " + read + " and perhaps more came");
      }
    }
  }

  /** Says that one record is longer than the bound. */
  private static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(String message) {
      super(message);
    }
  }
}
