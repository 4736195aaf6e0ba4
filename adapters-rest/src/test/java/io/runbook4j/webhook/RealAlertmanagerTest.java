package io.runbook4j.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.runbook4j.rest.RestClient;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestRequest;
import io.runbook4j.rest.RestResponse;
import io.runbook4j.rest.ScriptedServer;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we post, taken by a genuine Alertmanager on loopback. */
class RealAlertmanagerTest {
  private static final List<String> NAMES = List.of("prometheus-alertmanager", "alertmanager");

  @TempDir
  Path folder;

  private final ScriptedServer receiver = ScriptedServer.replying(ScriptedServer.json(200, "{}"));
  private Optional<Process> process = Optional.empty();
  private URI url = URI.create("http://localhost");

  @BeforeEach
  void start() throws Exception {
    Optional<String> binary = NAMES.stream()
        .filter(name -> Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(entry -> Files.isExecutable(Path.of(entry, name))))
        .findFirst();
    assumeTrue(
        binary.isPresent(),
        "none of " + NAMES + " on PATH (Debian package prometheus-alertmanager): no genuine"
            + " Alertmanager was asked");
    int port = freePort();
    url = URI.create("http://localhost:" + port);
    Path config = Files.writeString(
        folder.resolve("alertmanager.yml"), """
        route: {receiver: hook, group_by: [key], group_wait: 0s, group_interval: 1s}
        receivers: [{name: hook, webhook_configs: [{url: "%s", send_resolved: true}]}]
        """.formatted(receiver.url("/notified")));
    process = Optional.of(new ProcessBuilder(
            binary.orElseThrow(),
            "--config.file=" + config,
            "--storage.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port,
            "--cluster.listen-address=")
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start());
    await(this::isReady);
  }

  @AfterEach
  void stop() throws InterruptedException {
    receiver.close();
    if (process.isPresent()) {
      process.get().destroy();
      assertThat(process.get().waitFor(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private RestResponse get(String... path) throws InterruptedException {
    return RestClient.builder(url).build().send(RestRequest.get(path));
  }

  private boolean isReady() {
    try {
      get("-", "ready");
      return true;
    } catch (RestException notYet) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Looks again and again, as long as Alertmanager lives, for a minute at most. */
  private void await(BooleanSupplier condition) throws Exception {
    for (int i = 0; i < 1_200 && !condition.getAsBoolean(); i++) {
      if (process.orElseThrow().waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("Alertmanager ended: " + Files.readString(folder.resolve("log")));
      }
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  /** {@return the alerts that fire, by severity} */
  private Map<String, JsonNode> firing() throws Exception {
    Map<String, JsonNode> firing = new HashMap<>();
    get("api", "v2", "alerts")
        .json()
        .forEach(alert -> firing.put(alert.at("/labels/severity").asText(), alert));
    return firing;
  }

  /** {@return what Alertmanager told, such as {@code firing sev2}, one for each notified alert} */
  private List<String> told() {
    List<String> told = new ArrayList<>();
    for (ScriptedServer.Request request : receiver.requests()) {
      try {
        new ObjectMapper()
            .readTree(request.text())
            .get("alerts")
            .forEach(alert -> told.add(alert.get("status").asText() + " "
                + alert.at("/labels/severity").asText()));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return told;
  }

  @Test
  void alerts_lifeOfAnIncident_isOneFiringAlertAtATime() throws Exception {
    TestContext context =
        new TestContext(Map.of("url", url + "/api/v2/alerts", "alert-format", "alertmanager"));
    AlertChannel channel = new WebhookAdapter().connect(context).alerts();

    channel.send(WebhookAlertsTest.alert(Severity.SEV3, Phase.OPENED));
    assertThat(firing()).containsOnlyKeys("sev3");
    await(() -> told().contains("firing sev3"));
    channel.send(WebhookAlertsTest.alert(Severity.SEV2, Phase.RAISED));
    assertThat(firing()).containsOnlyKeys("sev2");
    assertThat(firing().values())
        .allMatch(it -> it.at("/annotations/summary").asText().contains("7 % failed"));
    await(() -> told().contains("firing sev2") && told().contains("resolved sev3"));
    channel.send(WebhookAlertsTest.alert(Severity.SEV2, Phase.REPEATED));
    channel.send(WebhookAlertsTest.alert(Severity.SEV2, Phase.RESOLVED));

    assertThat(firing()).isEmpty();
    await(() -> told().contains("resolved sev2"));
    assertThat(told()).doesNotContain("firing info", "firing warning");
  }
}
