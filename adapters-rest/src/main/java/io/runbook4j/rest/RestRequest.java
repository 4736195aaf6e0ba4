package io.runbook4j.rest;

import io.runbook4j.spi.OutboundGate;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request below the client's base URL. Immutable: each method returns a changed copy. Path
 * segments and query values are percent-encoded, so a key such as {@code K/2} stays one segment.
 */
public final class RestRequest {
  private static final int SHOWN = 100;
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}");
  private static final Set<String> NOT_TO_BE_SET =
      Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  private final String method;
  private final Content content;

  /** All but the method. */
  private record Content(
      String path,
      @Nullable String link,
      List<String> query,
      Map<String, String> headers,
      @Nullable Function<Bounds, Outgoing> body,
      Terms terms) {
    Content query(List<String> query) {
      return new Content(path, link, query, headers, body, terms);
    }

    Content headers(Map<String, String> headers) {
      return new Content(path, link, query, headers, body, terms);
    }

    Content body(Function<Bounds, Outgoing> body) {
      return new Content(path, link, query, headers, body, terms);
    }

    Content terms(Terms terms) {
      return new Content(path, link, query, headers, body, terms);
    }
  }

  /** On what terms it is sent. */
  private record Terms(
      int permits, IntPredicate accepted, @Nullable Duration timeout, boolean passesGate) {}

  private RestRequest(String method, Content content) {
    this.method = method;
    this.content = content;
  }

  private RestRequest(String method, String path, @Nullable String link) {
    this(
        method,
        new Content(
            path, link, List.of(), Map.of(), null, new Terms(1, status -> false, null, false)));
  }

  /**
   * {@return a request with this method to the base URL and these path segments below it}
   *
   * @throws FailureException INVALID if a segment is empty, {@code .} or {@code ..}
   */
  public static RestRequest of(String method, String... segments) {
    if (!method.matches("[A-Z]{1,20}") || method.equals("CONNECT")) {
      throw new IllegalArgumentException(
          "method must be upper case letters, and not CONNECT, was \"" + method + "\"");
    }
    StringBuilder path = new StringBuilder();
    Arrays.stream(segments).forEach(s -> path.append('/').append(Paths.segment(s)));
    return new RestRequest(method, path.toString(), null);
  }

  /** {@return a GET of the base URL and these path segments below it, as {@link #of}} */
  public static RestRequest get(String... segments) {
    return of("GET", segments);
  }

  /** {@return a POST to the base URL and these path segments below it, as {@link #of}} */
  public static RestRequest post(String... segments) {
    return of("POST", segments);
  }

  /**
   * {@return a GET of a link that the service gave, taken as it is} It may be relative. The client
   * refuses one that leads to another scheme, host or port than its base URL.
   */
  public static RestRequest follow(String link) {
    return new RestRequest("GET", "", Objects.requireNonNull(link, "link"));
  }

  /** Adds a query parameter. */
  public RestRequest query(String name, String value) {
    List<String> query = new ArrayList<>(content.query);
    query.add(Paths.encode(name) + "=" + Paths.encode(value));
    return new RestRequest(method, content.query(List.copyOf(query)));
  }

  /**
   * Sets a header.
   *
   * @throws FailureException INVALID if the name is none, or Connection, Content-Length, Expect,
   *     Host, Transfer-Encoding or Upgrade, which the client sets; or if the value holds anything
   *     but printable ASCII characters; it is not shown
   */
  public RestRequest header(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!HEADER_NAME.matcher(name).matches() || NOT_TO_BE_SET.contains(lower)) {
      throw new FailureException(Failure.of(
          FailureKind.INVALID,
          "header name must be of letters, digits and the signs of a token, and none of "
              + new TreeSet<>(NOT_TO_BE_SET) + ", was \"" + shown(name) + "\""));
    }
    if (!isPrintable(value)) {
      throw new FailureException(Failure.of(
          FailureKind.INVALID,
          "header " + name + " must be printable ASCII, was " + value.length()
              + " other characters (not shown)"));
    }
    Map<String, String> headers = new LinkedHashMap<>(content.headers);
    headers.put(lower, value);
    return new RestRequest(method, content.headers(headers));
  }

  /** Sets the {@code Idempotency-Key} header. */
  public RestRequest idempotencyKey(String key) {
    return header("Idempotency-Key", key);
  }

  /**
   * Sets the body to a value as JSON.
   *
   * @throws FailureException INVALID if it cannot be written as JSON
   */
  public RestRequest json(Object value) {
    return body("application/json", Json.bytes(value));
  }

  /** Sets the body. */
  public RestRequest body(String contentType, byte[] bytes) {
    return header("Content-Type", contentType)
        .outgoing(bounds -> Outgoing.of(BodyPublishers.ofByteArray(bytes)));
  }

  /**
   * Sets the body to many records. Above the client's bounds
   * ({@link RestClient.Builder#streamAbove}), by their number or by their number times the mean
   * size of the first 20, or if the memory budget has no room, they are written while they are sent
   * and never held together.
   *
   * @param count how many there are
   * @param records the records, which can be gone through more than once
   */
  public RestRequest records(RecordFormat format, long count, Iterable<?> records) {
    RecordBody body = new RecordBody(format, records, count);
    return header("Content-Type", format.contentType()).outgoing(body::outgoing);
  }

  /** Sets how many permits it takes. Default 1; at least 0. */
  public RestRequest permits(int permits) {
    if (permits < 0) {
      throw new IllegalArgumentException("permits must be at least 0, was " + permits);
    }
    Terms now = content.terms;
    return terms(new Terms(permits, now.accepted, now.timeout, now.passesGate));
  }

  /**
   * Says which statuses, besides 2xx and 304, are answers and no failures; the classifier is not
   * asked about them.
   */
  public RestRequest accepting(IntPredicate statuses) {
    Terms now = content.terms;
    return terms(new Terms(now.permits, statuses, now.timeout, now.passesGate));
  }

  /** Sets a time-out of its own. Default the client's. */
  public RestRequest timeout(Duration timeout) {
    Terms now = content.terms;
    Duration own = Bounds.positive(timeout, "timeout");
    return terms(new Terms(now.permits, now.accepted, own, now.passesGate));
  }

  /**
   * Lets it leave while the client's gate is local-only, too: for what changes no item, such as an
   * alert. Default only GET, HEAD and OPTIONS leave then.
   */
  public RestRequest passingGate() {
    Terms now = content.terms;
    return terms(new Terms(now.permits, now.accepted, now.timeout, true));
  }

  private RestRequest terms(Terms terms) {
    return new RestRequest(method, content.terms(terms));
  }

  private static String shown(String text) {
    String printable = text.replaceAll("[^ -~]", "?");
    return printable.length() > SHOWN ? printable.substring(0, SHOWN) + "..." : printable;
  }

  static boolean isPrintable(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
  }

  private RestRequest outgoing(Function<Bounds, Outgoing> body) {
    return new RestRequest(method, content.body(body));
  }

  String method() {
    return method;
  }

  /** {@return whether it only reads, so that it can never be in doubt} */
  boolean isSafe() {
    return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
  }

  String path() {
    return content.path;
  }

  List<String> query() {
    return content.query;
  }

  Optional<String> link() {
    return Optional.ofNullable(content.link);
  }

  Map<String, String> headers() {
    return content.headers;
  }

  Outgoing outgoing(Bounds bounds) {
    return content.body == null ? Outgoing.of(BodyPublishers.noBody()) : content.body.apply(bounds);
  }

  int permits() {
    return content.terms.permits;
  }

  boolean isKeptInBy(OutboundGate gate) { // a safe request changes nothing
    return !isSafe() && !content.terms.passesGate && gate.isLocalOnly();
  }

  boolean accepts(int status) {
    return content.terms.accepted.test(status);
  }

  Bounds within(Bounds bounds) {
    Duration own = content.terms.timeout;
    return own == null ? bounds : bounds.timeout(own);
  }

  /** {@return method and path for a person, without the query} */
  @Override
  public String toString() {
    String path = content.link == null ? content.path : content.link.split("[?#]", 2)[0];
    return method + " " + (path.length() > SHOWN ? path.substring(0, SHOWN) + "..." : path);
  }
}
