package io.runbook4j.adapter;

import io.runbook4j.limit.Limits;
import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.Connection;
import io.runbook4j.spi.OutboundGate;
import io.runbook4j.spi.Permits;
import io.runbook4j.spi.time.Time;
import io.runbook4j.spi.transfer.TransferBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The adapters that there are, and the way to connect to their services. Safe for many threads.
 *
 * <p>Adapters are found by {@link java.util.ServiceLoader} when they are first asked for; one that
 * was registered by hand takes the place of a found one. One that cannot be used hides no other;
 * {@link #problems} tells of it.
 *
 * <p><b>Limits.</b> The quotas that an adapter declares are kept by limiters whose names are the
 * adapter's id, a slash, and the quota's name, such as {@code slack/chat.postMessage}. All
 * connections of an adapter share them. A target whose {@code service()} is that name has its calls
 * counted by the run that uses these {@link #limits}, one permit for each, and so does not ask for
 * permits itself. For two accounts with quotas of their own make two {@code Adapters} and two
 * runners.
 */
public final class Adapters {
  private final HostContext.Surroundings surroundings;
  private final Limits limits;
  private final Supplier<Discovery> search;
  private final AtomicReference<@Nullable Discovery> found = new AtomicReference<>();

  private Adapters(Builder builder) {
    Redactor redactor = builder.redactor;
    RandomGenerator random = builder.random;
    this.limits = builder.limits.orElseGet(() -> Limits.create(builder.time, random));
    this.surroundings = new HostContext.Surroundings(
        builder.time,
        () -> {
          synchronized (random) { // few generators are safe for many threads
            return random.nextLong();
          }
        },
        new Secrets(builder.environment, builder.secrets, redactor),
        redactor,
        limits,
        builder.gate,
        builder.transferBudget);
    List<Provider> registered = List.copyOf(builder.registered.values());
    ClassLoader loader = builder.isDiscovering ? builder.loader() : null;
    this.search = loader == null
        ? () -> Discovery.of(registered, redactor)
        : () -> Discovery.of(registered, loader, redactor);
  }

  /** {@return a builder that finds adapters by itself} */
  public static Builder builder() {
    return new Builder(System::getenv);
  }

  /** For tests, which cannot set the variables of their own process. */
  static Builder builder(Function<String, @Nullable String> environment) {
    return new Builder(environment);
  }

  /** {@return the ids of the adapters that can be connected, without those of {@link #problems}} */
  public Set<String> ids() {
    return discovery().ids();
  }

  /**
   * {@return what is wrong with the adapters that were found and cannot be used, one sentence each}
   * Empty if nothing is.
   */
  public List<String> problems() {
    return discovery().problems();
  }

  /**
   * {@return the limiters, those of the adapters' quotas among them; a runner should share them}
   */
  public Limits limits() {
    return limits;
  }

  /** {@return what knows the secrets that were read, for all else that leaves the process} */
  public Redactor redactor() {
    return surroundings.redactor();
  }

  /**
   * Connects to a service. Checks all settings at once, builds the limiters of the declared quotas,
   * and checks what the adapter returns.
   *
   * @param <C> the adapter's own type of connection
   * @param id the adapter's
   * @param type the adapter's own type of connection, or {@link Connection} itself
   * @param settings by name; those of type SECRET hold a reference: {@code env:NAME},
   *     {@code file:PATH} (of at most 64 KiB) or {@code host:NAME}
   * @return a connection, which the caller closes
   * @throws AdapterException if there is no such adapter or more than one, if any setting is wrong,
   *     or if the adapter does not keep the rules of the SPI; it tells everything at once, and
   *     shows no value that may be a secret
   */
  public <C extends Connection> C connect(String id, Class<C> type, Map<String, String> settings) {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(settings, "settings");
    Provider provider = discovery().find(id);
    Declaration declaration = Declaration.of(provider, redactor());
    Settings checked = Settings.check(
        declaration, settings, provider, redactor(), surroundings.secrets().canResolve());
    HostContext context = new HostContext(checked, permits(id, declaration), surroundings);
    Connection connection =
        provider.call("connect()", redactor(), () -> provider.adapter().connect(context));
    if (type.isInstance(connection)) {
      return type.cast(connection);
    }
    AdapterException wrong = provider.fault("connects with "
        + Provider.origin(connection.getClass()) + ", wanted was " + Provider.origin(type) + ".");
    provider.close(connection, wrong, redactor());
    throw wrong;
  }

  /**
   * Looks whether adapters can be connected, before any is. Checks all settings of all of them, and
   * that each secret can be read; connects to nothing.
   *
   * @param settings those of {@link #connect}, by the adapter's id
   * @return everything that is wrong, one sentence each, by id; empty if nothing is. It shows no
   *     value that may be a secret
   */
  public List<String> preflight(Map<String, Map<String, String>> settings) {
    Preflight preflight = new Preflight(discovery(), surroundings.secrets(), redactor());
    return new TreeMap<>(settings)
        .entrySet().stream()
            .flatMap(one -> preflight.problems(one.getKey(), one.getValue()).stream())
            .toList();
  }

  private Map<String, Permits> permits(String id, Declaration declaration) {
    Map<String, Permits> permits = new HashMap<>();
    declaration
        .quotas()
        .forEach((name, quotas) -> permits.put(name, limits.configure(id + "/" + name, quotas)));
    return permits;
  }

  /** Two threads that come first both search, so that no lock is held while providers are made. */
  private Discovery discovery() {
    Discovery known = found.get();
    if (known != null) {
      return known;
    }
    Discovery fresh = search.get();
    Discovery first = found.compareAndExchange(null, fresh);
    return first == null ? fresh : first;
  }

  /** Collects what adapters need of their host. Not safe for many threads. */
  public static final class Builder {
    private final Function<String, @Nullable String> environment;
    private final Map<String, Provider> registered = new TreeMap<>();
    private Optional<Limits> limits = Optional.empty();
    private Optional<SecretResolver> secrets = Optional.empty();
    private Optional<ClassLoader> loader = Optional.empty();
    private Time time = Time.system();
    private RandomGenerator random = new Random();
    private Redactor redactor = new Redactor();
    private OutboundGate gate = OutboundGate.open();
    private TransferBudget transferBudget = TransferBudget.unlimited();
    private boolean isDiscovering = true;

    private Builder(Function<String, @Nullable String> environment) {
      this.environment = environment;
    }

    /**
     * Sets the limiters that the adapters' quotas are kept by. Default new ones; a runner has to
     * share them to keep to the same limits.
     */
    public Builder limits(Limits limits) {
      this.limits = Optional.of(limits);
      return this;
    }

    /** Sets the gate that adapters ask before a change leaves. Default always open. */
    public Builder gate(OutboundGate gate) {
      this.gate = Objects.requireNonNull(gate, "gate");
      return this;
    }

    /**
     * Sets the memory that the buffered transfers of all adapters together may hold, such as core's
     * {@code MemoryBudget}. Default unlimited.
     */
    public Builder transferBudget(TransferBudget budget) {
      this.transferBudget = Objects.requireNonNull(budget, "budget");
      return this;
    }

    /** Sets the clock and the waiting. Default {@link Time#system}. */
    public Builder time(Time time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /** Sets the source of chance; it need not be safe for many threads. Default one of its own. */
    public Builder random(RandomGenerator random) {
      this.random = Objects.requireNonNull(random, "random");
      return this;
    }

    /** Sets what resolves {@code host:} references. Default none: those are refused. */
    public Builder secrets(SecretResolver secrets) {
      this.secrets = Optional.of(secrets);
      return this;
    }

    /** Sets the redactor that is told of every secret that is read. Default a new one. */
    public Builder redactor(Redactor redactor) {
      this.redactor = Objects.requireNonNull(redactor, "redactor");
      return this;
    }

    /**
     * Adds an adapter by hand. It takes the place of one that is found.
     *
     * @throws AdapterException if it was compiled against an SPI level that this core does not
     *     take, or has no proper id
     * @throws IllegalArgumentException if there is one with its id already
     */
    public Builder register(Adapter adapter) {
      Provider provider = Provider.of(Objects.requireNonNull(adapter, "adapter"), redactor);
      Provider other = registered.putIfAbsent(provider.id(), provider);
      if (other != null) {
        throw new IllegalArgumentException("adapter must have an id that no other one has, was "
            + provider.id() + " of " + provider.origin() + " and of " + other.origin());
      }
      return this;
    }

    /** Leaves it at the adapters that are registered by hand. */
    public Builder withoutDiscovery() {
      this.isDiscovering = false;
      return this;
    }

    /** Sets where adapters are found. Default the class loader of the thread that builds. */
    public Builder classLoader(ClassLoader loader) {
      this.loader = Optional.of(loader);
      return this;
    }

    /**
     * {@return the adapters; they are looked for when they are first asked for}
     *
     * @throws IllegalStateException if there is a class loader, but no discovery
     */
    public Adapters build() {
      if (!isDiscovering && loader.isPresent()) {
        throw new IllegalStateException(
            "classLoader must not be set without discovery, was " + loader.get());
      }
      return new Adapters(this);
    }

    private ClassLoader loader() {
      return loader
          .or(() -> Optional.ofNullable(Thread.currentThread().getContextClassLoader()))
          .orElseGet(Adapters.class::getClassLoader);
    }
  }
}
