package io.runbook4j.webhook;

import io.runbook4j.rest.Credential;
import io.runbook4j.rest.RestClient;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestRequest;
import io.runbook4j.rest.RestResponse;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.Target;
import java.net.URI;
import java.util.Optional;

/** Posts chunks. */
final class WebhookTarget<T> implements Target<T> {
  private final RestClient client;
  private final WebhookOptions options;
  private final Optional<Credential> credential;
  private final WebhookSigner signer;
  private final URI url;

  WebhookTarget(
      RestClient client,
      WebhookOptions options,
      Optional<Credential> credential,
      WebhookSigner signer,
      URI url) {
    this.client = client;
    this.options = options;
    this.credential = credential;
    this.signer = signer;
    this.url = url;
  }

  @Override
  public ChunkResult apply(Chunk<T> chunk) throws InterruptedException {
    WebhookPayload payload = WebhookPayload.of(chunk);
    if (payload.isEmpty()) {
      return payload.unwritable().build();
    }
    try (RestResponse response = client.send(request(chunk.idempotencyKey(), payload.bytes()))) {
      return WebhookResults.read(response, payload, options.trustsBareSuccess());
    } catch (RestException e) {
      // an idempotent receiver gets the whole chunk again as it was; what is no JSON fails then
      return e.isInDoubt() && !options.isIdempotent()
          ? payload.unanswered(e.failure())
          : e.toChunkResult();
    } catch (FailureException e) { // it could not even be written
      return ChunkResult.refused(e.failure());
    }
  }

  private RestRequest request(String idempotencyKey, byte[] body) {
    RestRequest request = RestRequest.post()
        .idempotencyKey(idempotencyKey)
        .body("application/json", body)
        .accepting(WebhookResults::mayHaveResults);
    return signer.signed(request, body);
  }

  @Override
  public int maxChunk() {
    return options.maxItems();
  }

  @Override
  public boolean isIdempotent() {
    return options.isIdempotent();
  }

  @Override
  public boolean refreshCredential() throws InterruptedException {
    return credential.isPresent() && credential.get().refresh();
  }

  @Override
  public String service() {
    return url.getHost();
  }
}
