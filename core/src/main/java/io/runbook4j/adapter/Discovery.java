package io.runbook4j.adapter;

import io.runbook4j.spi.Adapter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.Spliterator;
import java.util.TreeMap;

/**
 * The adapters that there are: those registered by hand, and, for other ids, those that
 * {@link ServiceLoader} finds. What is wrong with one hides no other. Immutable once made.
 */
final class Discovery {
  // A loader that only ever fails must not be asked for ever.
  private static final int MOST_FAILURES = 1_000;

  private final TreeMap<String, Provider> providers = new TreeMap<>();
  private final TreeMap<String, List<String>> ambiguous = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private final Redactor redactor;

  private Discovery(Collection<Provider> registered, Redactor redactor) {
    this.redactor = redactor;
    registered.forEach(provider -> providers.put(provider.id(), provider));
  }

  static Discovery of(Collection<Provider> registered, Redactor redactor) {
    return new Discovery(registered, redactor);
  }

  static Discovery of(Collection<Provider> registered, ClassLoader loader, Redactor redactor) {
    Discovery discovery = new Discovery(registered, redactor);
    Set<String> taken = Set.copyOf(discovery.providers.keySet());
    Map<String, List<Provider>> found = new TreeMap<>();
    for (Provider provider : discovery.load(loader)) {
      if (!taken.contains(provider.id())) {
        found.computeIfAbsent(provider.id(), id -> new ArrayList<>()).add(provider);
      }
    }
    found.forEach(discovery::add);
    return discovery;
  }

  Set<String> ids() {
    return Set.copyOf(providers.keySet());
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  Provider find(String id) {
    Provider provider = providers.get(id);
    if (provider != null) {
      return provider;
    }
    List<String> origins = ambiguous.get(id);
    if (origins != null) {
      throw AdapterException.of(id, tooMany(id, origins));
    }
    String summary = "No adapter has the id " + Spelling.quoted(id, redactor)
        + Spelling.suggestion(id, providers.keySet()) + "; there are " + providers.keySet()
        + ". Is its jar on the class path?";
    throw problems.isEmpty()
        ? AdapterException.of("", summary)
        : AdapterException.listing("", summary + " These could not be used:", problems);
  }

  private void add(String id, List<Provider> same) {
    if (same.size() == 1) {
      providers.put(id, same.get(0));
    } else {
      List<String> origins = same.stream().map(Provider::origin).sorted().toList();
      ambiguous.put(id, origins);
      problems.add(tooMany(id, origins));
    }
  }

  private static String tooMany(String id, List<String> origins) {
    return "Adapter id " + id + " must be that of one provider, was that of " + origins.size()
        + ": " + String.join(" and ", origins)
        + ". Take all but one of the jars away, or register the right one by hand.";
  }

  private List<Provider> load(ClassLoader loader) {
    List<Provider> loaded = new ArrayList<>();
    Spliterator<ServiceLoader.Provider<Adapter>> found =
        ServiceLoader.load(Adapter.class, loader).stream().spliterator();
    boolean isMore = true;
    while (isMore && problems.size() < MOST_FAILURES) {
      try {
        isMore = found.tryAdvance(candidate -> instantiate(candidate, loaded));
      } catch (ServiceConfigurationError | LinkageError e) {
        // The loader goes on behind the entry that it stumbled over.
        problems.add("An adapter could not be loaded: " + redactor.redact(e.toString()));
      }
    }
    return loaded;
  }

  private void instantiate(ServiceLoader.Provider<Adapter> candidate, List<Provider> loaded) {
    try {
      loaded.add(Provider.of(candidate.get(), redactor));
    } catch (AdapterException e) {
      problems.addAll(e.problems());
    } catch (ServiceConfigurationError | LinkageError e) {
      Throwable reason = e.getCause() != null ? e.getCause() : e;
      problems.add("Adapter " + Provider.origin(candidate.type()) + " could not be made: "
          + redactor.redact(reason.toString()));
    }
  }
}
