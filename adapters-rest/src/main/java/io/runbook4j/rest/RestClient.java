package io.runbook4j.rest;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.OutboundGate;
import io.runbook4j.spi.Permits;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import io.runbook4j.spi.transfer.TransferBudget;
import io.runbook4j.spi.transfer.TransferRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to one service and says what became of them. Safe for many threads; needs no
 * closing.
 *
 * <p><b>It never retries</b>, but once after the credential was refreshed because the service
 * refused it; of many that are refused at once, one refreshes. <b>Bounds:</b> every exchange has a
 * time-out that covers the body, and every body a size. <b>Limits:</b> it takes a permit before
 * each request and hands on what the headers of each answer say. <b>Secrets:</b> no message shows a
 * header, a query or a token; nor does it if the service repeats them, or the base URL's path, as
 * far as they have 8 characters or more. <b>Redirects</b> are not followed: a credential goes
 * nowhere but to the base URL's host. It asks for no compression, so nothing can inflate. It speaks
 * HTTP/1.1, where a broken connection puts one request in doubt and not all that share it. TLS
 * certificates and host names are verified as Java does by default; there is no switch.
 */
public final class RestClient {
  private static final Logger LOG = LoggerFactory.getLogger(RestClient.class);

  /** The longest back-off that the runbooks name. What takes longer, the run has to know. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private static final String USER_AGENT = "runbook4j/" + version();

  private final HttpClient http;
  private final URI base;
  private final @Nullable Session session;
  private final Judge judge;
  private final Bounds bounds;
  private final Redactor redactor;
  private final @Nullable Permits permits;
  private final OutboundGate gate;
  private final Consumer<LimitSignal> learner;
  private final Time time;

  private RestClient(Builder b) {
    this.base = b.base;
    long total = b.budget.total();
    this.bounds = new Bounds(b.timeout, Math.min(b.maxBody, total), b.rule.within(total), b.budget);
    this.redactor = new Redactor(b.redaction).knowing(SentValues.of(base));
    this.session = b.credential == null ? null : new Session(b.credential, redactor);
    this.permits = b.permits;
    this.gate = b.gate;
    this.learner = b.permits == null ? b.learner : b.learner.andThen(b.permits::learn);
    this.judge = new Judge(b.classifier, learner);
    this.time = b.time;
    this.http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(min(b.connectTimeout, b.timeout))
        .build();
  }

  /**
   * {@return a builder for a client of the service at this URL}
   *
   * @param base an absolute http or https URL without user information and fragment; requests go to
   *     paths below it, and a query of its own goes before theirs
   */
  public static Builder builder(URI base) {
    return new Builder(base);
  }

  /**
   * Sends a request and reads the whole answer, which the caller closes.
   *
   * @throws RestException if there was no good answer: see {@link Classifier} for what a status
   *     means. A credential that gives no token, a connection that could not be made, a name that
   *     does not resolve and a failed TLS handshake mean that nothing was sent, and so does
   *     whatever ends a request before its body has begun to leave; everything else without an
   *     answer is in doubt, and so is a 2xx whose body is cut, too long or nonsense.
   * @throws InterruptedException if the thread is interrupted while it waits for a permit or for
   *     the answer; the request is given up
   */
  public RestResponse send(RestRequest request) throws InterruptedException {
    return authenticated(request, false);
  }

  /**
   * Sends a request and reads the records of the answer: a JSON array, or JSON lines.
   *
   * @throws RestException as {@link #send}
   */
  public Records records(RestRequest request) throws InterruptedException {
    return new Records(authenticated(request, true), null);
  }

  /**
   * Sends a request and reads the records in an array field of the JSON object that answers it.
   *
   * @throws RestException as {@link #send}
   */
  public Records records(RestRequest request, String arrayField) throws InterruptedException {
    return new Records(
        authenticated(request, true), Objects.requireNonNull(arrayField, "arrayField"));
  }

  private RestResponse authenticated(RestRequest request, boolean streams)
      throws InterruptedException {
    Session.Ticket ticket = session == null ? null : session.ticket();
    RestResponse first = once(request, ticket, streams);
    Optional<RestException> refusal = judge.refusal(request, first);
    if (refusal.isEmpty()) {
      return first;
    }
    boolean isAuthentication = refusal.get().failure().kind() == FailureKind.AUTHENTICATION
        && !refusal.get().isInDoubt();
    if (!isAuthentication || session == null || ticket == null || !session.renew(ticket)) {
      throw refusal.get();
    }
    LOG.debug("credential refreshed, sending again request={}", first.exchange().label());
    RestResponse second = once(request, session.ticket(), streams);
    Optional<RestException> again = judge.refusal(request, second);
    if (again.isPresent()) {
      throw again.get();
    }
    return second;
  }

  private RestResponse once(RestRequest request, Session.@Nullable Ticket ticket, boolean streams)
      throws InterruptedException {
    Bounds own = request.within(bounds);
    Exchange exchange = new Exchange(request, Urls.host(base), redactor, own);
    HttpRequest.Builder wire = wire(exchange, ticket);
    awaitPermits(exchange);
    try (Outgoing body = exchange.outgoing()) { // no memory is held while it waits for permits
      if (request.isKeptInBy(gate)) { // asked last: the wait may have been long
        throw RestException.refused(Failure.of(
            FailureKind.CANCELLED, exchange.label() + " was not sent: the gate is local-only"));
      }
      BodyReader reader = new BodyReader(exchange, streams, body);
      long start = time.nanoTime();
      RestResponse response = response(
          exchange,
          new Call(http, exchange, reader, time)
              .send(wire.method(request.method(), body.publisher()).build()));
      LOG.debug(
          "answered request=\"{}\" status={} millis={}",
          exchange.label(),
          response.status(),
          (time.nanoTime() - start) / 1_000_000);
      return response;
    }
  }

  private void awaitPermits(Exchange exchange) throws InterruptedException {
    int wanted = exchange.request().permits();
    if (permits != null && wanted > 0 && !permits.acquire(wanted, LONGEST_WAIT)) {
      throw RestException.refused(Failure.of(
          FailureKind.RATE_LIMITED,
          exchange.label() + " was not sent: it had no permit after " + LONGEST_WAIT.toMinutes()
              + " minutes"));
    }
  }

  private RestResponse response(Exchange exchange, Call.Answer answer) {
    List<LimitSignal> limits =
        LimitHeaders.parse(answer.status(), answer.headers().map(), time.now());
    try {
      limits.forEach(learner);
    } catch (RuntimeException e) {
      answer.body().close();
      throw e;
    }
    return new RestResponse(exchange, answer, limits);
  }

  /** {@return the request, without its body} */
  private HttpRequest.Builder wire(Exchange exchange, Session.@Nullable Ticket ticket) {
    RestRequest request = exchange.request();
    HttpRequest.Builder wire =
        HttpRequest.newBuilder(Urls.of(base, exchange)).setHeader("User-Agent", USER_AGENT);
    request.headers().forEach(wire::setHeader);
    if (ticket != null) {
      redactor.learn(ticket.token());
      if (ticket.token().isEmpty() || !RestRequest.isPrintable(ticket.token())) {
        throw RestException.refused(Failure.of(
            FailureKind.AUTHENTICATION,
            exchange.label() + ": token must be printable ASCII, was "
                + ticket.token().length() + " characters (not shown)"));
      }
      wire.setHeader("Authorization", "Bearer " + ticket.token());
    }
    return wire;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = RestClient.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }

  @Override
  public String toString() {
    return "RestClient[" + redactor.redact(Urls.host(base)) + "]";
  }

  /** Builds a client. Not safe for many threads. */
  public static final class Builder {
    private static final long TEN_MEGABYTES = 10_000_000;

    private final URI base;
    private @Nullable Credential credential;
    private Classifier classifier = Classifier.byStatus();
    private UnaryOperator<String> redaction = UnaryOperator.identity();
    private @Nullable Permits permits;
    private OutboundGate gate = OutboundGate.open();
    private Consumer<LimitSignal> learner = signal -> {};
    private Time time = Time.system();
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration timeout = Duration.ofSeconds(30);
    private long maxBody = TEN_MEGABYTES;
    private TransferRule rule = TransferRule.defaults();
    private TransferBudget budget = TransferBudget.unlimited();

    private Builder(URI base) {
      Urls.checkBase(base);
      this.base = base;
    }

    /** Sets the bearer token. Default none. */
    public Builder credential(Credential credential) {
      this.credential = Objects.requireNonNull(credential, "credential");
      return this;
    }

    /** Sets the adapter's own reading of answers. Default by status. */
    public Builder classifier(Classifier classifier) {
      this.classifier = Objects.requireNonNull(classifier, "classifier");
      return this;
    }

    /** Sets the host's redaction of every text, on top of the client's own. Default none. */
    public Builder redaction(UnaryOperator<String> redaction) {
      this.redaction = Objects.requireNonNull(redaction, "redaction");
      return this;
    }

    /**
     * Sets the gate that keeps in whatever may change something while it is local-only: all but
     * GET, HEAD, OPTIONS and what is {@link RestRequest#passingGate}. Such a request fails with
     * CANCELLED, and nothing is sent. Default always open.
     */
    public Builder gate(OutboundGate gate) {
      this.gate = Objects.requireNonNull(gate, "gate");
      return this;
    }

    /**
     * Sets the permits that each request takes, and that learn from each answer. A request that has
     * waited five minutes for them fails with RATE_LIMITED, and nothing is sent: a run then backs
     * off as from a limit of the service, can be stopped meanwhile, and stops by itself when its
     * patience is over. Default none.
     */
    public Builder permits(Permits permits) {
      this.permits = Objects.requireNonNull(permits, "permits");
      return this;
    }

    /**
     * Sets who else hears what the headers say about the limit, for a target whose run takes the
     * permits. Default nobody.
     */
    public Builder learner(Consumer<LimitSignal> learner) {
      this.learner = Objects.requireNonNull(learner, "learner");
      return this;
    }

    /** Sets the clock for dates in headers. Default the system's. */
    public Builder time(Time time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /** Sets how long a connection may take to be made. Default 10 s, and never above the whole. */
    public Builder connectTimeout(Duration connectTimeout) {
      this.connectTimeout = Bounds.positive(connectTimeout, "connectTimeout");
      return this;
    }

    /**
     * Sets how long a whole exchange may take, its body included, and how long each piece of a
     * streamed body. Default 30 s; at most a day.
     */
    public Builder timeout(Duration timeout) {
      this.timeout = Bounds.positive(timeout, "timeout");
      return this;
    }

    /**
     * Sets the most bytes of a body that is held in memory, and of one streamed record. Default
     * 10,000,000.
     */
    public Builder maxBody(long bytes) {
      this.maxBody = Bounds.positive(bytes, "maxBody");
      return this;
    }

    /**
     * Sets above which size records are streamed. A body of unknown length always is. Default
     * 10,000,000 bytes or 1,000 records.
     */
    public Builder streamAbove(long bytes, long records) {
      this.rule =
          new TransferRule(Bounds.positive(bytes, "bytes"), Bounds.positive(records, "records"));
      return this;
    }

    /**
     * Sets the memory that the bodies which this client and others hold may have together. Default
     * unlimited.
     *
     * <p>Counted are the bodies of answers until they are closed, and outgoing records until the
     * answer begins; not a body that the caller holds, who gives it as bytes or as JSON. An answer
     * takes its {@code Content-Length}, or {@link #maxBody} while that is not known, before it is
     * read. Records for which there is no room now are streamed. Any other answer waits for room,
     * unread, as long as the time-out allows, for what was done already is better known late than
     * never; it fails with TIMEOUT then. A body larger than the whole budget is TOO_LARGE.
     */
    public Builder budget(TransferBudget budget) {
      this.budget = Objects.requireNonNull(budget, "budget");
      return this;
    }

    /** {@return the client} */
    public RestClient build() {
      return new RestClient(this);
    }
  }
}
