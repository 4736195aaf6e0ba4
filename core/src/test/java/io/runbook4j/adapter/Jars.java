package io.runbook4j.adapter;

import io.runbook4j.spi.Adapter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Puts adapters of these tests into jars of their own, and loads them from there. */
final class Jars {
  private static final String SERVICES = "META-INF/services/" + Adapter.class.getName();

  private final Path folder;
  private final List<URL> urls = new ArrayList<>();

  Jars(Path folder) {
    this.folder = folder;
  }

  /** Adds a jar with one class, which its services file names. */
  Jars with(String jar, Class<?> provider) throws IOException {
    return with(jar, provider.getName(), Set.of(provider));
  }

  /** Adds a jar with any services file. */
  Jars with(String jar, String services, Set<Class<?>> classes) throws IOException {
    Path file = folder.resolve(jar);
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream entries = new JarOutputStream(out)) {
      entries.putNextEntry(new JarEntry(SERVICES));
      entries.write(services.getBytes(StandardCharsets.UTF_8));
      for (Class<?> type : classes) {
        entries.putNextEntry(new JarEntry(path(type)));
        try (InputStream code = type.getClassLoader().getResourceAsStream(path(type))) {
          Objects.requireNonNull(code, path(type)).transferTo(entries);
        }
      }
    }
    urls.add(file.toUri().toURL());
    return this;
  }

  /** {@return a loader that finds the adapters of the jars and no others} */
  URLClassLoader open() {
    return new URLClassLoader(urls.toArray(URL[]::new), new WithoutTests());
  }

  private static String path(Class<?> type) {
    return type.getName().replace('.', '/') + ".class";
  }

  /** The class path, but for the adapters of these tests. */
  private static final class WithoutTests extends ClassLoader {
    WithoutTests() {
      super(Jars.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("io.runbook4j.adapter.jar.")) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.equals(SERVICES) ? Collections.emptyEnumeration() : super.getResources(name);
    }
  }
}
