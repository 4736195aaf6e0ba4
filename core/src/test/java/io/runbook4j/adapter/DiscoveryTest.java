package io.runbook4j.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.adapter.jar.Broken;
import io.runbook4j.adapter.jar.Fine;
import io.runbook4j.adapter.jar.Future;
import io.runbook4j.adapter.jar.OtherTwin;
import io.runbook4j.adapter.jar.Twin;
import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.Connection;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveryTest {
  @TempDir
  private Path folder;

  @Test
  void ids_servicesFileOnTheClassPath_isFound() {
    Adapters adapters = Adapters.builder().build();

    assertThat(adapters.ids()).containsExactly("listed");
    assertThat(adapters.problems()).isEmpty();
    assertThat(adapters.connect("listed", TestConnection.class, Map.of())).isNotNull();
  }

  @Test
  void ids_withoutDiscovery_areThoseRegistered() {
    Adapters adapters =
        Adapters.builder().withoutDiscovery().register(new TestAdapter("mine")).build();

    assertThat(adapters.ids()).containsExactly("mine");
  }

  @Test
  void build_loaderWithoutDiscovery_isRefused() {
    Adapters.Builder builder =
        Adapters.builder().withoutDiscovery().classLoader(getClass().getClassLoader());

    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void build_loader_isNotAskedBeforeTheAdaptersAre() {
    List<String> asked = new ArrayList<>();
    ClassLoader loader = new ClassLoader(getClass().getClassLoader()) {
      @Override
      public Enumeration<URL> getResources(String name) throws IOException {
        asked.add(name);
        return super.getResources(name);
      }
    };

    Adapters adapters = Adapters.builder().classLoader(loader).build();

    assertThat(asked).isEmpty();
    assertThat(adapters.ids()).containsExactly("listed");
    assertThat(asked).containsExactly("META-INF/services/" + Adapter.class.getName());
  }

  @Test
  void connect_registeredAndListed_takesTheRegistered() {
    TestAdapter mine = new TestAdapter("listed");
    Adapters adapters = Adapters.builder().register(mine).build();

    adapters.connect("listed", TestConnection.class, Map.of());

    assertThat(mine.calls).contains("connect");
  }

  @Test
  void register_twoOfOneId_isRefusedWithBothOrigins() {
    Adapters.Builder builder = Adapters.builder().register(new TestAdapter("listed"));

    assertThatThrownBy(() -> builder.register(new ListedAdapter()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(TestAdapter.class.getName() + " (file:")
        .hasMessageContaining(ListedAdapter.class.getName() + " (file:");
  }

  @Test
  void connect_twoJarsWithOneId_isRefusedNamingBothJars() throws IOException {
    try (URLClassLoader loader = new Jars(folder)
        .with("a-twin.jar", Twin.class)
        .with("b-twin.jar", OtherTwin.class)
        .with("fine.jar", Fine.class)
        .open()) {
      Adapters adapters = Adapters.builder().classLoader(loader).build();

      assertThat(adapters.ids()).containsExactly("fine");
      assertThat(adapters.problems()).hasSize(1);
      assertThatThrownBy(() -> adapters.connect("twin", Connection.class, Map.of()))
          .isInstanceOf(AdapterException.class)
          .hasMessageContainingAll("a-twin.jar", "b-twin.jar", Twin.class.getName());
    }
  }

  @Test
  void connect_twoJarsWithTheIdOfARegistered_takesTheRegistered() throws IOException {
    try (URLClassLoader loader = new Jars(folder)
        .with("a-twin.jar", Twin.class)
        .with("b-twin.jar", OtherTwin.class)
        .open()) {
      Adapters adapters = Adapters.builder()
          .classLoader(loader)
          .register(new TestAdapter("twin"))
          .build();

      assertThat(adapters.connect("twin", TestConnection.class, Map.of())).isNotNull();
      assertThat(adapters.problems()).isEmpty();
    }
  }

  @Test
  void problems_brokenProviders_hideNoOther() throws IOException {
    String gone = "com.example.Gone\nnot a name!\n";
    try (URLClassLoader loader = new Jars(folder)
        .with("gone.jar", gone, Set.of())
        .with("missing.jar", "com.example.Missing\n" + Jars.class.getName() + "\n", Set.of())
        .with("broken.jar", Broken.class)
        .with("future.jar", Future.class)
        .with("fine.jar", Fine.class)
        .open()) {
      Adapters adapters = Adapters.builder().classLoader(loader).build();

      assertThat(adapters.ids()).containsExactly("fine");
      assertThat(String.join("\n", adapters.problems()))
          .contains("gone.jar", "com.example.Missing", Jars.class.getName())
          .contains(Broken.class.getName(), "broken.jar", "no licence")
          .contains(Future.class.getName(), "future.jar");
    }
  }

  @Test
  void connect_unknownId_tellsTheNearestAndWhatCouldNotBeUsed() throws IOException {
    try (URLClassLoader loader = new Jars(folder)
        .with("future.jar", Future.class)
        .with("fine.jar", Fine.class)
        .open()) {
      Adapters adapters = Adapters.builder().classLoader(loader).build();

      assertThatThrownBy(() -> adapters.connect("fien", Connection.class, Map.of()))
          .isInstanceOf(AdapterException.class)
          .hasMessageContainingAll("\"fien\"", "did you mean \"fine\"?", "[fine]", "future.jar");
    }
  }

  @Test
  void register_wrongSpiLevel_isRefusedBeforeAnyOtherCall() {
    TestAdapter future = new TestAdapter("future").spiLevel(Adapter.SPI_LEVEL + 1);
    TestAdapter past = new TestAdapter("past").spiLevel(0);

    assertThatThrownBy(() -> Adapters.builder().register(future))
        .isInstanceOf(AdapterException.class)
        .hasMessageContainingAll(
            TestAdapter.class.getName(), "file:", "level 2", "1 to 1", "update runbook4j-core");
    assertThatThrownBy(() -> Adapters.builder().register(past))
        .hasMessageContainingAll("level 0", "update the adapter");
    assertThat(future.calls).containsExactly("spiLevel");
    assertThat(past.calls).containsExactly("spiLevel");
  }

  @Test
  void register_badId_isRefused() {
    for (String id : new String[] {"", "Slack", "a b", "a/b", "-a", "a".repeat(65)}) {
      assertThatThrownBy(() -> Adapters.builder().register(new TestAdapter(id)))
          .as(id)
          .isInstanceOf(AdapterException.class);
    }
  }
}
