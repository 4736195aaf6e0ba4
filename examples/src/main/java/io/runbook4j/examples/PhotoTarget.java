package io.runbook4j.examples;

import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.rest.Credential;
import io.runbook4j.rest.RestClient;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestRequest;
import io.runbook4j.rest.RestResponse;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Pushes chunks of photos to an HTTP service, in the format that {@code --help} describes. */
final class PhotoTarget implements Target<PhotoUpdate> {
  private final RestClient client;
  private final URI url;

  private PhotoTarget(RestClient client, URI url) {
    this.client = client;
    this.url = url;
  }

  /** {@return a target at this URL; without a credential no Authorization header is sent} */
  static PhotoTarget at(URI url, Optional<Credential> credential) {
    RestClient.Builder client = RestClient.builder(url);
    credential.ifPresent(client::credential);
    return new PhotoTarget(client.build(), url);
  }

  @Override
  public ChunkResult apply(Chunk<PhotoUpdate> chunk) throws InterruptedException {
    RestRequest request =
        RestRequest.post("photos").idempotencyKey(chunk.idempotencyKey()).json(chunk.values());
    try (RestResponse response = client.send(request)) {
      return results(response);
    } catch (RestException e) {
      return e.toChunkResult();
    }
  }

  private static ChunkResult results(RestResponse response) {
    JsonNode results = array(response, "results");
    ChunkResult.Builder chunk = ChunkResult.builder();
    Set<String> seen = new HashSet<>();
    for (JsonNode result : results) {
      String user = result.path("userId").asText("");
      if (user.isEmpty() || !seen.add(user)) {
        throw response.nonsense("each result must have a userId of its own, was \"" + user + "\"");
      }
      chunk.outcome(
          user, outcome(result.path("status").asInt(), result.path("error").asText("")));
    }
    return chunk.build();
  }

  /**
   * An answer without its list says nothing of any user, and must not be taken for an empty one.
   */
  private static JsonNode array(RestResponse response, String field) {
    JsonNode array = response.json().path(field);
    if (!array.isArray()) {
      throw response.nonsense(field + " must be an array, was " + array.getNodeType());
    }
    return array;
  }

  private static Outcome outcome(int status, String error) {
    return status >= 200 && status < 300
        ? Outcome.succeeded()
        : Outcome.failed(Failure.of(kind(status), error.isEmpty() ? "no reason given" : error)
            .withCode("IMAGE_" + status));
  }

  private static FailureKind kind(int status) {
    if (status >= 500) {
      return FailureKind.SERVER_ERROR;
    }
    boolean isElsewhere = (status >= 300 && status < 400) || status == 404 || status == 410;
    return isElsewhere ? FailureKind.NOT_FOUND : FailureKind.INVALID;
  }

  @Override
  public Optional<Map<String, Verdict>> verify(List<String> keys) throws InterruptedException {
    RestRequest request = RestRequest.get("photos").query("users", String.join(",", keys));
    try (RestResponse response = client.send(request)) {
      JsonNode applied = array(response, "applied");
      Map<String, Verdict> verdicts = new HashMap<>();
      keys.forEach(key -> verdicts.put(key, Verdict.ABSENT));
      applied.forEach(user -> verdicts.replace(user.asText(), Verdict.APPLIED));
      return Optional.of(verdicts);
    } catch (RestException e) {
      throw e.toFailureException();
    }
  }

  @Override
  public String service() {
    return url.getHost();
  }
}
