package io.runbook4j.adapter;

import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.Connection;
import java.security.CodeSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An adapter that fits this core, and where it comes from. */
final class Provider {
  /** Lower case letters, digits and dashes. */
  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

  private static final int OLDEST_LEVEL = 1;
  private static final int NEWEST_LEVEL = Adapter.SPI_LEVEL;

  private final Adapter adapter;
  private final String origin;
  private final String id;

  private Provider(Adapter adapter, String origin, String id) {
    this.adapter = adapter;
    this.origin = origin;
    this.id = id;
  }

  /**
   * Checks the SPI level, before it calls anything else, and the id.
   *
   * @throws AdapterException if this core cannot use the adapter
   */
  static Provider of(Adapter adapter, Redactor redactor) {
    String origin = origin(adapter.getClass());
    int level = call(new Fence("", origin, "spiLevel()", redactor), adapter::spiLevel);
    if (level < OLDEST_LEVEL || level > NEWEST_LEVEL) {
      String fix = level > NEWEST_LEVEL
          ? "update runbook4j-core to the version that the adapter was built with"
          : "update the adapter";
      throw AdapterException.of(
          "",
          "Adapter " + origin + " was compiled against SPI level " + level + ", this core takes "
              + OLDEST_LEVEL + " to " + NEWEST_LEVEL + ": " + fix + ".");
    }
    String id = call(new Fence("", origin, "id()", redactor), adapter::id);
    if (!NAME.matcher(id).matches()) {
      throw AdapterException.of(
          "",
          "Adapter " + origin + " has an id that is not of lower case letters, digits and dashes"
              + " (at most 64), was \"" + redactor.redact(id) + "\".");
    }
    return new Provider(adapter, origin, id);
  }

  /** {@return the class and the jar, or the folder, that it was loaded from} */
  static String origin(Class<?> type) {
    Optional<CodeSource> source =
        Optional.ofNullable(type.getProtectionDomain()).map(domain -> domain.getCodeSource());
    String place = source
        .flatMap(known -> Optional.ofNullable(known.getLocation()))
        .map(String::valueOf)
        .orElse("from an unknown place");
    return type.getName() + " (" + place + ")";
  }

  String id() {
    return id;
  }

  String origin() {
    return origin;
  }

  Adapter adapter() {
    return adapter;
  }

  /** {@return this adapter's fault, said as one} */
  AdapterException fault(String problem) {
    return fault(problem, null);
  }

  AdapterException fault(String problem, @Nullable Throwable cause) {
    return AdapterException.because(id, "Adapter " + id + ", " + origin + ", " + problem, cause);
  }

  /** Calls the adapter, and says whose fault it is if that does not return a value. */
  <T> T call(String method, Redactor redactor, Supplier<? extends @Nullable T> called) {
    return call(new Fence(id, origin, method, redactor), called);
  }

  /** Closes a connection that nobody will get. */
  void close(Connection connection, AdapterException because, Redactor redactor) {
    try {
      connection.close();
    } catch (Throwable thrown) {
      rethrowFatal(thrown);
      because.addSuppressed(redactor.safe(thrown));
    }
  }

  private static <T> T call(Fence fence, Supplier<? extends @Nullable T> called) {
    @Nullable T value;
    try {
      value = called.get();
    } catch (Throwable thrown) {
      rethrowFatal(thrown);
      throw fence.broken(
          "threw " + fence.redactor().redact(thrown.toString()),
          fence.redactor().safe(thrown));
    }
    if (value == null) {
      throw fence.broken("must return something, was null", null);
    }
    return value;
  }

  private static void rethrowFatal(Throwable thrown) {
    if (thrown instanceof VirtualMachineError fatal) {
      throw fatal;
    }
  }

  /** Which foreign method is called. */
  private record Fence(String id, String origin, String method, Redactor redactor) {
    AdapterException broken(String what, @Nullable Throwable cause) {
      String name = id.isEmpty() ? origin : id + ", " + origin;
      return AdapterException.because(id, "Adapter " + name + ": " + method + " " + what, cause);
    }
  }
}
