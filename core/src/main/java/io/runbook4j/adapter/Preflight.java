package io.runbook4j.adapter;

import io.runbook4j.spi.SecretRef;
import io.runbook4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks for all that would keep adapters from being connected, and connects to nothing. */
record Preflight(Discovery discovery, Secrets secrets, Redactor redactor) {
  /** {@return what is wrong with the settings of one adapter, one sentence each} */
  List<String> problems(String id, Map<String, String> given) {
    try {
      Provider provider = discovery.find(id);
      Declaration declaration = Declaration.of(provider, redactor);
      List<String> problems = new ArrayList<>();
      try {
        Settings.check(declaration, given, provider, redactor, secrets.canResolve());
      } catch (AdapterException e) {
        problems.addAll(e.problems());
      }
      declaration.settings().values().stream()
          .filter(setting -> setting.type() == Setting.Type.SECRET)
          .flatMap(setting -> unreadable(setting, given).stream())
          .forEach(problems::add);
      return problems.stream().map(problem -> id + ": " + problem).toList();
    } catch (AdapterException e) {
      return List.of(e.getMessage());
    }
  }

  /** What is malformed has been told already. */
  private Optional<String> unreadable(Setting setting, Map<String, String> given) {
    String value = given.getOrDefault(setting.name(), setting.need().value().orElse(""));
    if (value == null
        || SettingValue.problem(Setting.Type.SECRET, value).isPresent()
        || (value.startsWith("host:") && !secrets.canResolve())) {
      return Optional.empty();
    }
    try {
      secrets.read(SecretRef.parse(value));
      return Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.of(setting.name() + " leads nowhere: " + e.getMessage());
    }
  }
}
