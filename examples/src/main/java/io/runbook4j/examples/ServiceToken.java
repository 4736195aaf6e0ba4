package io.runbook4j.examples;

import io.runbook4j.rest.Credential;
import io.runbook4j.rest.RestClient;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestRequest;
import io.runbook4j.rest.RestResponse;
import java.net.URI;

/** A token that the service itself renews. */
final class ServiceToken implements Credential {
  private final RestClient client;
  private volatile String token;

  ServiceToken(URI service, String first) {
    this.client = RestClient.builder(service).build();
    this.token = first;
  }

  @Override
  public String token() {
    return token;
  }

  @Override
  public boolean refresh() throws InterruptedException {
    try (RestResponse response = client.send(RestRequest.post("token"))) {
      String fresh = response.json().path("token").asText("");
      boolean isNew = !fresh.isEmpty() && !fresh.equals(token);
      token = isNew ? fresh : token;
      return isNew;
    } catch (RestException e) {
      throw e.toFailureException();
    }
  }
}
