package io.runbook4j.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreflightTest {
  private static final String SECRET = "xk9-Swordfish/42+hunter=2";

  private final TestAdapter crm = adapter("crm");
  private final TestAdapter chat = adapter("chat");
  private final Adapters adapters = Adapters.builder(
          name -> name.equals("CHAT_TOKEN") ? SECRET : null)
      .withoutDiscovery()
      .register(crm)
      .register(chat)
      .build();

  @Test
  void preflight_everythingWrong_tellsAllOfAllAdaptersAtOnce() {
    Map<String, String> wrong = Map.of("token", SECRET, "timeout", "30s", "lable", "x");
    Map<String, String> noToken = Map.of("base-url", "https://h.example", "token", "env:NO_SUCH");

    var problems = adapters.preflight(Map.of("crm", wrong, "chat", noToken, "mail", Map.of()));

    assertThat(problems)
        .containsExactly(
            "chat: token leads nowhere: secret env:NO_SUCH must be an environment variable that is"
                + " set, was not set",
            "crm: base-url must be given (where the service is), was missing",
            "crm: token must be a reference to a secret, env:NAME, file:PATH or host:NAME, and not"
                + " the secret itself, was 25 characters (not shown)",
            "crm: timeout must be a positive ISO-8601 duration such as PT30S, was \"30s\"",
            "crm: unknown setting \"lable\"",
            "No adapter has the id \"mail\"; there are [chat, crm]. Is its jar on the class path?");
    assertThat(crm.calls).doesNotContain("connect");
  }

  @Test
  void preflight_malformedSettingAndMissingSecret_tellsBoth() {
    Map<String, String> given =
        Map.of("base-url", "nowhere", "token", "file:/no/such/file", "timeout", "PT1S");

    assertThat(adapters.preflight(Map.of("crm", given)))
        .hasSize(2)
        .anySatisfy(problem -> assertThat(problem).startsWith("crm: base-url must be"))
        .anySatisfy(
            problem -> assertThat(problem).contains("token leads nowhere", "/no/such/file"));
  }

  @Test
  void preflight_nothingWrong_isEmptyAndConnectsToNothing() {
    Map<String, String> given = Map.of("base-url", "https://h.example", "token", "env:CHAT_TOKEN");

    assertThat(adapters.preflight(Map.of("chat", given))).isEmpty();

    assertThat(chat.calls).doesNotContain("connect");
    assertThat(adapters.redactor().redact("it is " + SECRET)).doesNotContain(SECRET);
  }

  @Test
  void preflight_resolverThatWasNotGiven_isToldOnce() {
    Map<String, String> given = Map.of("base-url", "https://h.example", "token", "host:token");

    assertThat(adapters.preflight(Map.of("chat", given)))
        .singleElement()
        .asString()
        .contains("token must be env:NAME or file:PATH");
  }

  @Test
  void preflight_settingsThatTheAdapterRefuses_areToldWithAllOthersAndConnectRefusesThemToo() {
    List<Map<String, String>> checked = new ArrayList<>();
    crm.checking(sound -> {
      checked.add(sound);
      return Map.of("style", "must be short, was " + SECRET, "timeout", "must be given, was not");
    });
    Map<String, String> given =
        Map.of("base-url", "https://h.example", "token", "env:CHAT_TOKEN", "timeout", "30s");
    List<String> all = List.of(
        "timeout must be a positive ISO-8601 duration such as PT30S, was \"30s\"",
        "style must be short, was [redacted]");
    adapters.redactor().register(SECRET);

    assertThat(adapters.preflight(Map.of("crm", given)))
        .containsExactlyElementsOf(
            all.stream().map(problem -> "crm: " + problem).toList());
    assertThatThrownBy(() -> adapters.connect("crm", TestConnection.class, given))
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.problems()).isEqualTo(all));

    assertThat(crm.calls).doesNotContain("connect");
    assertThat(checked)
        .containsOnly(Map.of(
            "base-url", "https://h.example", "token", "env:CHAT_TOKEN", "style", "standard"));
  }

  @Test
  void preflight_adapterNamesASettingThatItDoesNotHave_isItsFault() {
    chat.checking(sound -> Map.of("lable", "must be short"));
    crm.checking(sound -> {
      throw new IllegalStateException("no idea");
    });
    Map<String, String> given = Map.of("base-url", "https://h.example", "token", "env:CHAT_TOKEN");

    assertThat(adapters.preflight(Map.of("crm", given, "chat", given)))
        .satisfiesExactly(
            chats -> assertThat(chats)
                .contains("Adapter chat", "finds fault with the setting lable, which it does not"),
            crms -> assertThat(crms).contains("Adapter crm", "check() threw", "no idea"));
  }

  private static TestAdapter adapter(String id) {
    return new TestAdapter(id)
        .settings(
            Setting.required("base-url", Setting.Type.URL, "where the service is"),
            Setting.required("token", Setting.Type.SECRET, "who we are"),
            Setting.defaulted("style", Setting.Type.TEXT, "standard", "for the log"),
            Setting.optional("timeout", Setting.Type.DURATION, "how long a call may take"));
  }
}
