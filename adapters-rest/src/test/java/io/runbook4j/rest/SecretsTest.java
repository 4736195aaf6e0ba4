package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.FailureException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plants secrets everywhere they pass through, and looks for them in everything that comes out. */
class SecretsTest {
  private static final String TOKEN = "tok-C4n4ry/1+=";
  private static final String QUERY = "query-C4n4ry";
  private static final String KNOWN = "known-C4n4ry";
  private static final String ECHO =
      "{\"you sent\":\"Bearer " + TOKEN + "\",\"and\":\"" + KNOWN + " tok-C4n4ry%2F1%2B%3D\"}";

  private static final List<ScriptedServer.Reply> REPLIES = List.of(
      ScriptedServer.json(401, ECHO),
      ScriptedServer.json(400, ECHO),
      ScriptedServer.json(500, " ".repeat(150) + ECHO),
      ScriptedServer.json(302, ECHO, "Location: http://localhost:1/?" + TOKEN),
      ScriptedServer.with(200, "text/" + TOKEN, ECHO),
      ScriptedServer.json(200, "[" + ECHO + "," + TOKEN),
      ScriptedServer.raw("HTTP/1.1 200 OK\r\nContent-Length: " + TOKEN + "\r\n\r\n"),
      ScriptedServer.raw("HTTP/1.1 " + TOKEN + "\r\n\r\n"),
      ScriptedServer.raw("HTTP/1.1 200 OK\r\n" + TOKEN + " :\u0001 x\r\n\r\n"),
      ScriptedServer.reset());

  @Test
  void everyFailure_secretsPlanted_showsNone() throws Exception {
    StringWriter out = new StringWriter();
    for (ScriptedServer.Reply reply : REPLIES) {
      try (var server = ScriptedServer.replying(reply)) {
        fail(client(server.url("/?key=" + QUERY), TOKEN), out);
      }
    }
    fail(client(URI.create("http://localhost:1/?key=" + QUERY), TOKEN), out);
    fail(client(URI.create("http://" + KNOWN + ".invalid/"), TOKEN), out);
    fail(client(URI.create("http://localhost:1/"), TOKEN + "\r\nX-Injected: 1"), out);

    assertThat(out.toString()).hasSizeGreaterThan(1_000).doesNotContain("C4n4ry");
  }

  @Test
  void log_secretsPlanted_showsNone() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(401, ECHO))) {
      fail(client(server.url("/?key=" + QUERY), TOKEN), new StringWriter());
    }

    String log = Files.readString(Path.of("target", "rest-test.log"));

    assertThat(log).contains("answered request=\"POST localhost:").doesNotContain("C4n4ry");
  }

  private static RestClient client(URI base, String token) {
    return RestClient.builder(base)
        .credential(Credential.readFrom(() -> token))
        .redaction(text -> text.replace(KNOWN, "***"))
        .build();
  }

  private static void fail(RestClient client, StringWriter out) throws InterruptedException {
    PrintWriter print = new PrintWriter(out, true);
    RestRequest request = RestRequest.post("p")
        .query("q", QUERY)
        .header("X-Key", QUERY)
        .json(QUERY)
        .idempotencyKey("k");
    print.println(client + " " + request);
    try {
      RestResponse response = client.send(request);
      print.println(response);
      response.json();
      throw new AssertionError("no failure: " + response);
    } catch (RestException e) {
      e.printStackTrace(print);
      print.println(e.failure() + " " + e.toChunkResult());
      FailureException source = e.toFailureException();
      source.printStackTrace(print);
    }
  }
}
