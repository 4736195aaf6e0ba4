package io.runbook4j.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private final Map<String, String> environment = new HashMap<>();
  private SecretResolver resolver = name -> Optional.empty();

  @TempDir
  private Path folder;

  @Test
  void secret_environmentVariable_isReadAnewAndRedacted() {
    environment.put("CRM_TOKEN", "first-secret");
    AdapterContext context = context("env:CRM_TOKEN");

    assertThat(context.secret("token")).contains("first-secret");
    environment.put("CRM_TOKEN", "second-secret");
    assertThat(context.secret("token")).contains("second-secret");

    assertThat(context.redact("first-secret, second-secret")).isEqualTo("[redacted], [redacted]");
  }

  @Test
  void secret_variableNotSet_namesIt() {
    AdapterContext context = context("env:CRM_TOKEN");

    assertThatThrownBy(() -> context.secret("token"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("env:CRM_TOKEN");
  }

  @Test
  void builder_environment_isThatOfTheProcess() {
    Map.Entry<String, String> any = System.getenv().entrySet().stream()
        .filter(entry -> entry.getKey().matches("[A-Z_]+") && !entry.getValue().isBlank())
        .findFirst()
        .orElseThrow();
    AdapterContext context = context(Adapters.builder(), "env:" + any.getKey());

    assertThat(context.secret("token")).contains(any.getValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3cret", "s3cret\n", "s3cret\r\n", "s3cret\r", "\ufeffs3cret\r\n"})
  void secret_file_isReadWithoutItsLineBreak(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), content);

    assertThat(context("file:" + file).secret("token")).contains("s3cret");
  }

  @Test
  void secret_file_keepsAllButTheLastLineBreak() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), " a\nb \n\n");

    assertThat(context("file:" + file).secret("token")).contains(" a\nb \n");
  }

  @Test
  void secret_fileRotated_isReadAnew() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), "old-secret");
    AdapterContext context = context("file:" + file);
    context.secret("token");

    Files.writeString(file, "new-secret");

    assertThat(context.secret("token")).contains("new-secret");
    assertThat(context.redact("old-secret new-secret")).isEqualTo("[redacted] [redacted]");
  }

  @Test
  void secret_fileMissing_namesThePath() {
    AdapterContext context = context("file:" + folder.resolve("gone"));

    assertThatThrownBy(() -> context.secret("token"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(folder.resolve("gone").toString());
  }

  @Test
  void secret_relativeFile_tellsWhereItWasLookedFor() {
    AdapterContext context = context("file:no-such-file");

    assertThatThrownBy(() -> context.secret("token"))
        .hasMessageContaining(Path.of("no-such-file").toAbsolutePath().toString());
  }

  @Test
  void secret_folder_isRefused() {
    AdapterContext context = context("file:" + folder);

    assertThatThrownBy(() -> context.secret("token"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(folder.toString());
  }

  @Test
  void secret_fileOfTheMostBytes_isRead() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), "x".repeat(Secrets.MOST_BYTES));

    assertThat(context("file:" + file).secret("token").orElseThrow()).hasSize(Secrets.MOST_BYTES);
  }

  @Test
  void secret_fileOfMoreBytes_isRefusedWithoutItsContent() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), "x".repeat(Secrets.MOST_BYTES + 1));
    AdapterContext context = context("file:" + file);

    IllegalStateException thrown =
        catchThrowableOfType(IllegalStateException.class, () -> context.secret("token"));

    assertThat(thrown).hasMessageContaining("65536").hasMessageContaining(file.toString());
    assertThat(Texts.of(thrown)).doesNotContain("xxxxxxxx");
  }

  @Test
  void secret_fileThatIsNoText_isRefused() throws IOException {
    Path file = Files.write(folder.resolve("token"), new byte[] {'a', (byte) 0xff, 'b'});
    AdapterContext context = context("file:" + file);

    assertThatThrownBy(() -> context.secret("token"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("UTF-8")
        .hasMessageContaining(file.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", " \n"})
  void secret_blankFile_isRefused(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), content);
    AdapterContext context = context("file:" + file);

    assertThatThrownBy(() -> context.secret("token"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must not be blank");
  }

  @Test
  void secret_host_isAskedEachTime() {
    Map<String, String> store = new HashMap<>(Map.of("crm/token", "first-secret"));
    resolver = name -> Optional.ofNullable(store.get(name));
    AdapterContext context = context("host:crm/token");

    assertThat(context.secret("token")).contains("first-secret");
    store.put("crm/token", "second-secret");

    assertThat(context.secret("token")).contains("second-secret");
  }

  @Test
  void secret_hostKnowsNothing_namesTheReference() {
    AdapterContext context = context("host:crm");
    assertThatThrownBy(() -> context.secret("token"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("host:crm");

    resolver = name -> Texts.nothing();
    AdapterContext careless = context("host:crm");
    assertThatThrownBy(() -> careless.secret("token"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("host:crm");
  }

  @Test
  void secret_hostThrows_keepsTheCauseWithoutItsSecrets() {
    resolver = name -> {
      throw new IllegalArgumentException("GET https://u:swordfish@vault.example/v1: 403");
    };
    AdapterContext context = context("host:crm");

    IllegalStateException thrown =
        catchThrowableOfType(IllegalStateException.class, () -> context.secret("token"));

    assertThat(thrown).hasMessageContaining("host:crm").hasMessageContaining("403");
    assertThat(thrown).hasStackTraceContaining("secret_hostThrows_keepsTheCause");
    assertThat(Texts.of(thrown)).doesNotContain("swordfish");
  }

  @Test
  void secret_tooLong_isRefused() {
    resolver = name -> Optional.of("x".repeat(Secrets.MOST_BYTES + 1));
    AdapterContext context = context("host:crm");

    assertThatThrownBy(() -> context.secret("token"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("secret host:crm must be at most 65536 characters, was 65537");
  }

  private AdapterContext context(String reference) {
    return context(Adapters.builder(environment::get), reference);
  }

  private AdapterContext context(Adapters.Builder builder, String reference) {
    return builder
        .withoutDiscovery()
        .secrets(resolver)
        .register(
            new TestAdapter("a").settings(Setting.required("token", Setting.Type.SECRET, "any")))
        .build()
        .connect("a", TestConnection.class, Map.of("token", reference))
        .context();
  }
}
