package io.runbook4j.adapter;

import io.runbook4j.spi.Setting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The settings of one connection, checked. Immutable. */
final class Settings {
  private static final int SHORTEST_SECRET = 8;

  private final Map<String, Setting> declared;
  private final Map<String, String> given;

  private Settings(Map<String, Setting> declared, Map<String, String> given) {
    this.declared = declared;
    this.given = given;
  }

  /**
   * Checks all settings at once.
   *
   * @param canResolve whether the host resolves references by itself
   * @throws AdapterException that lists everything that is wrong; it shows no value that may be a
   *     secret
   */
  static Settings check(
      Declaration declaration,
      Map<String, String> given,
      Provider provider,
      Redactor redactor,
      boolean canResolve) {
    Map<String, Setting> declared = declaration.settings();
    Map<String, String> values = new HashMap<>(given);
    Map<String, String> wrong = new LinkedHashMap<>();
    Map<String, String> sound = new HashMap<>();
    for (Setting setting : declared.values()) {
      String name = setting.name();
      problem(setting, values, canResolve)
          .ifPresentOrElse(
              problem -> wrong.put(name, problem),
              () -> value(setting, values).ifPresent(value -> sound.put(name, value)));
      remember(setting, values, redactor);
    }
    refusals(provider, declared, sound, redactor).forEach(wrong::putIfAbsent);
    List<String> problems = new ArrayList<>();
    wrong.forEach((name, problem) -> problems.add(name + " " + problem));
    values.keySet().stream()
        .map(String::valueOf)
        .filter(name -> !declared.containsKey(name))
        .sorted()
        .map(name -> "unknown setting " + Spelling.quoted(name, redactor)
            + Spelling.suggestion(name, declared.keySet()))
        .forEach(problems::add);
    if (!problems.isEmpty()) {
      throw AdapterException.listing(
          provider.id(),
          "Adapter " + provider.id() + " was not connected, its settings are wrong; it knows "
              + declared.keySet() + ":",
          problems);
    }
    return new Settings(declared, values);
  }

  /** {@return what the adapter itself finds wrong} */
  private static Map<String, String> refusals(
      Provider provider,
      Map<String, Setting> declared,
      Map<String, String> sound,
      Redactor redactor) {
    Map<String, String> refusals = provider.call("check()", redactor, () -> {
      Map<String, String> found = provider.adapter().check(Map.copyOf(sound));
      return found == null ? null : new TreeMap<>(found);
    });
    refusals.keySet().stream().filter(name -> !declared.containsKey(name)).forEach(name -> {
      throw provider.fault("finds fault with the setting " + name + ", which it does not declare.");
    });
    refusals.replaceAll((name, refusal) -> redactor.redact(String.valueOf(refusal)));
    return refusals;
  }

  private static Optional<String> problem(
      Setting setting, Map<String, String> values, boolean canResolve) {
    String value = values.get(setting.name());
    if (value == null) {
      boolean isWrong = setting.need().required() || values.containsKey(setting.name());
      String was = values.containsKey(setting.name()) ? "null" : "missing";
      return isWrong
          ? Optional.of("must be given (" + setting.help() + "), was " + was)
          : setting
              .need()
              .value()
              .filter(ignored -> setting.type() == Setting.Type.SECRET)
              .flatMap(byDefault -> unresolvable(byDefault, canResolve));
    }
    if (setting.need().required() && value.isBlank()) {
      return Optional.of("must be given (" + setting.help() + "), was blank");
    }
    Optional<String> malformed = SettingValue.problem(setting.type(), value);
    return malformed.isPresent() || setting.type() != Setting.Type.SECRET
        ? malformed
        : unresolvable(value, canResolve);
  }

  private static Optional<String> unresolvable(String reference, boolean canResolve) {
    return canResolve || !reference.startsWith("host:")
        ? Optional.empty()
        : Optional.of("must be env:NAME or file:PATH, because Adapters.builder().secrets() was"
            + " given no resolver, was host: and " + (reference.length() - 5)
            + " characters (not shown)");
  }

  /** A secret that was given where its name belongs must not turn up anywhere later on. */
  private static void remember(Setting setting, Map<String, String> values, Redactor redactor) {
    String value = values.getOrDefault(setting.name(), "");
    if (setting.type() == Setting.Type.SECRET
        && value != null
        && value.strip().length() >= SHORTEST_SECRET
        && SettingValue.problem(setting.type(), value).isPresent()) {
      redactor.register(value);
    }
  }

  /**
   * {@return the text of a setting; its default if it was not given; empty if it has none}
   *
   * @throws IllegalArgumentException if no setting of that name and type was declared
   */
  Optional<String> value(String name, Setting.Type type) {
    Setting setting = declared.get(Objects.requireNonNull(name, "setting"));
    if (setting == null || setting.type() != type) {
      throw new IllegalArgumentException("setting must be declared as " + type + ", was " + name
          + (setting == null ? ", which is not declared" : " of type " + setting.type()));
    }
    return value(setting, given);
  }

  private static Optional<String> value(Setting setting, Map<String, String> given) {
    String value = given.get(setting.name());
    return value == null ? setting.need().value() : Optional.of(value);
  }
}
