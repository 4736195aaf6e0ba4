package io.runbook4j.testkit.contract;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the contract that a class extends. {@link #failed} and {@link #skipped} name the methods,
 * {@link #message} says why one failed.
 */
final class ContractRun implements TestExecutionListener {
  private final List<String> failed = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();
  private final List<String> passed = new ArrayList<>();
  private final Map<String, String> messages = new HashMap<>();

  static ContractRun of(Class<?> contract) {
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
        .selectors(DiscoverySelectors.selectClass(contract))
        .build();
    ContractRun run = new ContractRun();
    LauncherFactory.create().execute(request, run);
    return run;
  }

  List<String> failed() {
    return failed.stream().distinct().sorted().toList();
  }

  List<String> skipped() {
    return skipped.stream().distinct().sorted().toList();
  }

  int passed() {
    return passed.size();
  }

  String message(String method) {
    return messages.getOrDefault(method, "");
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest()) {
      String method =
          test.getSource().map(s -> ((MethodSource) s).getMethodName()).orElse("?");
      result.getThrowable().ifPresent(thrown -> messages.put(method, String.valueOf(thrown)));
      switch (result.getStatus()) {
        case SUCCESSFUL -> passed.add(method);
        case FAILED -> failed.add(method);
        case ABORTED -> skipped.add(method);
      }
    }
  }
}
