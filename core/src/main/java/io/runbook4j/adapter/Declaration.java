package io.runbook4j.adapter;

import io.runbook4j.limit.Quota;
import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.QuotaSpec;
import io.runbook4j.spi.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an adapter declares, checked: a mistake here is its author's.
 *
 * @param settings by name, in the order in which they were declared
 * @param quotas by the name of the limiter that keeps them together
 */
record Declaration(Map<String, Setting> settings, Map<String, List<Quota>> quotas) {
  static Declaration of(Provider provider, Redactor redactor) {
    Adapter adapter = provider.adapter();
    List<Setting> settings = provider.call("settings()", redactor, adapter::settings);
    List<QuotaSpec> quotas = provider.call("quotas()", redactor, adapter::quotas);
    return new Declaration(settings(provider, settings), quotas(provider, quotas));
  }

  private static Map<String, Setting> settings(Provider provider, List<Setting> declared) {
    Map<String, Setting> byName = new LinkedHashMap<>();
    for (Setting setting : declared) {
      if (setting == null) {
        throw provider.fault("declares a setting that is null.");
      }
      checkSetting(provider, setting);
      if (byName.put(setting.name(), setting) != null) {
        throw provider.fault("declares the setting " + setting.name() + " twice.");
      }
    }
    return byName;
  }

  private static void checkSetting(Provider provider, Setting setting) {
    if (!Provider.NAME.matcher(setting.name()).matches()) {
      throw provider.fault("declares a setting whose name is not of lower case letters, digits"
          + " and dashes (at most 64), was \"" + setting.name() + "\".");
    }
    Optional<String> problem =
        setting.need().value().flatMap(value -> SettingValue.problem(setting.type(), value));
    if (problem.isPresent()) {
      throw provider.fault(
          "declares a default of the setting " + setting.name() + " that " + problem.get() + ".");
    }
  }

  private static Map<String, List<Quota>> quotas(Provider provider, List<QuotaSpec> declared) {
    Map<String, List<Quota>> byName = new LinkedHashMap<>();
    for (QuotaSpec spec : declared) {
      if (spec == null) {
        throw provider.fault("declares a quota that is null.");
      }
      if (spec.name().isBlank()) {
        throw provider.fault("declares a quota whose name is blank, of " + spec.permits() + " in "
            + spec.window() + ".");
      }
      byName.computeIfAbsent(spec.name(), name -> new ArrayList<>()).add(quota(provider, spec));
    }
    return byName;
  }

  private static Quota quota(Provider provider, QuotaSpec spec) {
    try {
      return Quota.of(spec.permits(), spec.window());
    } catch (IllegalArgumentException e) {
      throw provider.fault(
          "declares the quota " + spec.name() + ", which cannot be kept: " + e.getMessage() + ".",
          e);
    }
  }
}
