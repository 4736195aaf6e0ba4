package io.runbook4j.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.spi.Setting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final String SECRET = "xk9-Swordfish/42+hunter=2";

  private final TestAdapter adapter = new TestAdapter("crm")
      .settings(
          Setting.required("base-url", Setting.Type.URL, "where the service is"),
          Setting.required("token", Setting.Type.SECRET, "who we are"),
          Setting.optional("timeout", Setting.Type.DURATION, "how long a call may take"),
          Setting.optional("max-items", Setting.Type.WHOLE_NUMBER, "the most in one call"),
          Setting.optional("label", Setting.Type.TEXT, "shown to people"));
  private final Adapters adapters =
      Adapters.builder().withoutDiscovery().register(adapter).build();

  @Test
  void connect_everythingWrong_tellsAllAtOnce() {
    Map<String, String> settings = Map.of(
        "token", SECRET,
        "timeout", "30s",
        "max-items", "-1",
        "maxItems", "5",
        "lable", "x");

    AdapterException thrown = refused(settings);

    assertThat(thrown.problems())
        .containsExactly(
            "base-url must be given (where the service is), was missing",
            "token must be a reference to a secret, env:NAME, file:PATH or host:NAME, and not the"
                + " secret itself, was 25 characters (not shown)",
            "timeout must be a positive ISO-8601 duration such as PT30S, was \"30s\"",
            "max-items must be a whole number of 0 to 9223372036854775807, was \"-1\"",
            "unknown setting \"lable\" (did you mean \"label\"?)",
            "unknown setting \"maxItems\" (did you mean \"max-items\"?)");
    assertThat(thrown.getMessage())
        .contains("crm", "[base-url, token, timeout, max-items, label]")
        .contains(thrown.problems());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h.example",
        "https://h.example:8443/a/b?c=d",
        "HTTPS://H.example/",
        "http://[::1]:8080",
        "http://127.0.0.1/#x"
      })
  void connect_goodUrl_isTaken(String url) {
    assertThatCode(() -> connect("base-url", url)).doesNotThrowAnyException();
  }

  @Test
  void connect_backslashInUrl_tellsWhereItIsWrong() {
    AdapterException thrown = refused(with("base-url", "http://h.example\\@x/"));

    assertThat(thrown.problems())
        .singleElement()
        .asString()
        .matches(
            ".* was 20 characters \\(not shown\\) with an error at character (7|16)"); // by JDK
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          h.example               | with no scheme
          //h.example/x           | with no scheme
          /x                      | with no scheme
          ftp://h.example         | with another scheme
          file:///etc/passwd      | with another scheme
          javascript:x            | with another scheme
          http:h.example          | with no valid host
          http:///x               | with no valid host
          http://h_h/x            | with no valid host
          http://:80/x            | with no valid host
          http://h.example:65536/ | with port 65536
          https://u:p@h.example/  | with user information: give it as a secret
          https://u@h.example/    | with user information: give it as a secret
          https://u:p@h_h/        | with user information: give it as a secret
          http://h.example/a b    | with an error at character 18
          """)
  void connect_badUrl_tellsTheFlawAndNotTheUrl(String url, String flaw) {
    AdapterException thrown = refused(with("base-url", url));

    assertThat(thrown.problems())
        .containsExactly(
            "base-url must be an absolute http or https URL without user information, was "
                + url.length() + " characters (not shown) " + flaw);
    assertThat(thrown).hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT1S", "PT0.001S", "P1D", "pt5m", "PT1H30M"})
  void connect_goodDuration_isTaken(String duration) {
    assertThatCode(() -> connect("timeout", duration)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PT0S",
        "PT-1S",
        "-PT1S",
        "P",
        "PT",
        "30",
        "30 seconds",
        "P1Y",
        "P9999999999999999D"
      })
  void connect_badDuration_isShown(String duration) {
    assertThat(refused(with("timeout", duration)).problems())
        .singleElement()
        .asString()
        .startsWith("timeout must be a positive ISO-8601 duration");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "7", "007", "9223372036854775807"})
  void connect_goodNumber_isTaken(String number) {
    assertThatCode(() -> connect("max-items", number)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " 1", "1.5", "1e3", "+1", "-0", "0x10", "9223372036854775808", "٣"})
  void connect_badNumber_isRefused(String number) {
    assertThat(refused(with("max-items", number)).problems()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"env:A", "env:CRM_TOKEN", "file:/run/secrets/x", "file:x"})
  void connect_goodReference_isTakenUnread(String reference) {
    assertThatCode(() -> connect("token", reference)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"env:", "env: ", "env:a b", "env:a=b", "ENV:A", "file:", "file:a\0b", "vault:x"})
  void connect_badReference_isRefused(String reference) {
    AdapterException thrown = refused(with("token", reference));

    assertThat(thrown.problems()).hasSize(1);
    assertThat(thrown.getMessage()).endsWith(" characters (not shown)");
  }

  @Test
  void connect_hostReferenceWithoutResolver_isRefusedAtOnce() {
    assertThat(refused(with("token", "host:crm")).problems())
        .singleElement()
        .asString()
        .contains("Adapters.builder().secrets()");
    Adapters resolving = Adapters.builder()
        .withoutDiscovery()
        .register(adapter)
        .secrets(name -> Optional.of(name))
        .build();

    assertThatCode(() -> resolving.connect("crm", TestConnection.class, with("token", "host:crm")))
        .doesNotThrowAnyException();
  }

  @Test
  void connect_blankOrNullValues_areMissing() {
    Map<String, String> settings = new HashMap<>(with("base-url", " "));
    settings.put("timeout", Texts.nothing());
    settings.put(Texts.nothing(), "x");

    assertThat(refused(settings).problems())
        .containsExactly(
            "base-url must be given (where the service is), was blank",
            "timeout must be given (how long a call may take), was null",
            "unknown setting \"null\"");
  }

  @ParameterizedTest
  @EnumSource(Setting.Type.class)
  void connect_secretInTheWrongPlace_isNeverShown(Setting.Type type) {
    List<String> secrets = List.of(
        SECRET,
        "hunter22",
        "12345-abcdef-9f",
        "P@ssw0rd",
        "https://x:hunter22@h.example/ ",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "xoxb-1234567890-abcdef",
        "5hunter22",
        "AKIAIOSFODNN7EXAMPLE",
        "0123456789abcdef0123456789abcdef",
        "swordfishswordfishswordfish");
    Adapters strict = Adapters.builder()
        .withoutDiscovery()
        .register(new TestAdapter("crm")
            .settings(
                Setting.required("value", type, "any"),
                Setting.required("x", Setting.Type.TEXT, "any")))
        .build();

    for (String secret : secrets) {
      AdapterException thrown = catchThrowableOfType(
          AdapterException.class,
          () -> strict.connect("crm", TestConnection.class, Map.of("value", secret)));

      assertThat(Texts.of(thrown)).as(secret).doesNotContain(secret).doesNotContain("hunter22");
    }
  }

  @Test
  void connect_secretAsTheNameOfASetting_isNotShown() {
    for (String secret : List.of(SECRET, "xoxb-1234567890-abcdef", "a1".repeat(15))) {
      AdapterException thrown = refused(Map.of(secret, "token"));

      assertThat(Texts.of(thrown)).doesNotContain(secret).contains("(not shown)");
    }
  }

  @Test
  void connect_literalSecret_isRedactedFromThenOn() {
    refused(with("token", SECRET));

    assertThat(adapters.redactor().redact("sent " + SECRET)).isEqualTo("sent [redacted]");
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> settings =
        new HashMap<>(Map.of("base-url", "https://h.example", "token", "env:CRM_TOKEN"));
    settings.put(name, value);
    return settings;
  }

  private void connect(String name, String value) {
    adapters.connect("crm", TestConnection.class, with(name, value));
  }

  private AdapterException refused(Map<String, String> settings) {
    return catchThrowableOfType(
        AdapterException.class, () -> adapters.connect("crm", TestConnection.class, settings));
  }
}
