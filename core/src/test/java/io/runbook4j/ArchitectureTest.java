package io.runbook4j;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house rules that a compiler does not know: arrows go down only, and doors are narrow. */
class ArchitectureTest {
  private static final JavaClasses ALL = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("io.runbook4j");
  private static final JavaClasses SPI = ALL.that(resideInAPackage("io.runbook4j.spi.."));
  static final JavaClasses MAIN = ALL.that(not(resideInAPackage("io.runbook4j.testkit..")));
  private static final JavaClasses CORE = ALL.that(not(resideInAPackage("io.runbook4j.spi.."))
      .and(not(resideInAPackage("io.runbook4j.testkit.."))));

  /**
   * What a user of core sees. A new name here is a deliberate act: who needs it outside of its
   * package?
   */
  private static final Map<String, Set<String>> DOORS = Map.ofEntries(
      Map.entry(
          "io.runbook4j.adapter",
          Set.of("AdapterException", "Adapters", "Redactor", "SecretResolver")),
      Map.entry(
          "io.runbook4j.alert",
          Set.of(
              "AlertRouter",
              "BackTest",
              "Incident",
              "Incidents",
              "LogChannel",
              "PrometheusRules",
              "Rule",
              "RunbookRules",
              "Triage",
              "Watch")),
      Map.entry("io.runbook4j.backoff", Set.of("BackOff")),
      Map.entry("io.runbook4j.chunk", Set.of("ChunkSize", "ChunkSizer")),
      Map.entry(
          "io.runbook4j.file.internal",
          Set.of("Ascii", "Claim", "Disk", "JsonLine", "JsonScan", "Lines")),
      Map.entry(
          "io.runbook4j.gate",
          Set.of(
              "Change",
              "Drain",
              "Gate",
              "GateException",
              "GateFlag",
              "GateState",
              "Guard",
              "MemoryBudget",
              "OpenFeatureFlag",
              "Order",
              "Outbox",
              "OutboxFullException",
              "PausedMessage",
              "Ramp")),
      Map.entry(
          "io.runbook4j.integrity",
          Set.of(
              "CacheEntry",
              "Check",
              "Checks",
              "DuplicateKeys",
              "Fingerprint",
              "Freshness",
              "FreshnessReport",
              "Reconciliation",
              "Row",
              "Schema",
              "SpotCheck",
              "SqlChecks",
              "Workspace")),
      Map.entry(
          "io.runbook4j.ledger", Set.of("FileLedger", "ItemsCsv", "MemoryLedger", "Retention")),
      Map.entry(
          "io.runbook4j.limit",
          Set.of("Limits", "Quota", "RateLimiter", "Reservation", "RetryBudget")),
      Map.entry("io.runbook4j.report", Set.of("Diary", "Evidence", "History", "HtmlReport")),
      Map.entry(
          "io.runbook4j.run",
          Set.of(
              "ChunkReport",
              "FailureReason",
              "InDoubt",
              "Progress",
              "ProgressDisplay",
              "Reaction",
              "RunControl",
              "RunListener",
              "RunReport",
              "Runner",
              "SyncJob",
              "Wait",
              "WhileClosed")),
      Map.entry(
          "io.runbook4j.health",
          Set.of(
              "Capacity", "HealthCheck", "HealthReport", "Objective", "ServiceLevels", "WarmUp")),
      Map.entry(
          "io.runbook4j.schedule", Set.of("MaintenanceCalendar", "MaintenanceTask", "RunWindow")),
      Map.entry("io.runbook4j.source", Set.of("JdbcQuery", "Sources")),
      Map.entry(
          "io.runbook4j.sql.internal", Set.of("ReadOnlyDatabase", "SqlFailures", "SqlNames")));

  /** What each package but {@code run} may know of core; {@code report} alone stands above it. */
  private static final Map<String, Set<String>> KNOWN = Map.ofEntries(
      Map.entry("adapter", Set.of("limit")),
      Map.entry("alert", Set.of("backoff", "file.internal")),
      Map.entry("backoff", Set.of()),
      Map.entry("chunk", Set.of()),
      Map.entry("file.internal", Set.of()),
      Map.entry("gate", Set.of("file.internal", "limit")),
      Map.entry("integrity", Set.of("sql.internal")),
      Map.entry("ledger", Set.of("file.internal")),
      Map.entry("limit", Set.of()),
      Map.entry("health", Set.of("alert", "file.internal")),
      Map.entry(
          "report", Set.of("adapter", "chunk", "file.internal", "integrity", "ledger", "run")),
      Map.entry("schedule", Set.of("file.internal")),
      Map.entry("source", Set.of("sql.internal")),
      Map.entry("sql.internal", Set.of()));

  @Test
  void classes_ofBothModules_areSeen() {
    assertThat(SPI.size()).as("classes of spi").isBetween(60, 200);
    assertThat(CORE.size()).as("classes of core").isBetween(150, 1_000);
  }

  @Test
  void core_dependsOnSpiAndItsLibraries_andNothingElse() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.crypto..",
            "javax.sql..",
            "jdk.jfr..",
            "io.runbook4j..",
            "org.jspecify.annotations..",
            "org.slf4j..",
            "com.fasterxml.jackson..",
            "dev.failsafe..",
            "io.github.resilience4j.core..",
            "com.cronutils..",
            "dev.openfeature.sdk..")
        .check(CORE);
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.runbook4j.gate.OpenFeatureFlag")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.openfeature..")
        .because("it is optional at run time")
        .check(CORE);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.runbook4j.testkit..", "io.runbook4j.adapters..", "io.runbook4j.rest..")
        .check(CORE);
  }

  @Test
  void spi_dependsOnTheJdkOnly() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "io.runbook4j.spi..", "org.jspecify.annotations..")
        .check(SPI);
  }

  /** None that the JDK chooses is safe for many threads. */
  @Test
  void core_leavesTheChoiceOfAGeneratorToNobody() {
    noClasses().should().callMethod(RandomGenerator.class, "getDefault").check(CORE);
  }

  @Test
  void packages_ofCore_formNoCycle() {
    slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(CORE);
  }

  @Test
  void packages_ofSpi_formNoCycle() {
    slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(SPI);
  }

  /** Each package is a slice, and the one that others are in too. */
  private static final class ByPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  @Test
  void run_isKnownToNoOtherPackageButReport() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.runbook4j.run..", "io.runbook4j.report..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.runbook4j.run..")
        .check(CORE);
  }

  @Test
  void packages_knowNoOthersThanTheyMay() {
    KNOWN.forEach((room, known) -> {
      Set<String> seen = CORE.that(resideInAPackage("io.runbook4j." + room)).stream()
          .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
          .map(dependency -> dependency.getTargetClass().getPackageName())
          .filter(name -> name.startsWith("io.runbook4j.") && !name.startsWith("io.runbook4j.spi"))
          .map(name -> name.substring("io.runbook4j.".length()))
          .filter(name -> !name.equals(room))
          .collect(Collectors.toSet());

      assertThat(known).as("what " + room + " knows").containsAll(seen);
    });
  }

  @Test
  void internalPackages_areKnownToThoseThatAreNamedAboveOnly() {
    noClasses()
        .that()
        .resideInAnyPackage("io.runbook4j.run..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..internal..")
        .check(CORE);
  }

  @Test
  void packages_areAllNamedHere() {
    Set<String> seen =
        CORE.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));

    assertThat(seen).isEqualTo(new TreeSet<>(DOORS.keySet()));
  }

  @Test
  void publicTypes_areTheDoorAndNoMore() {
    Map<String, Set<String>> seen = new TreeMap<>();
    topLevel()
        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
        .forEach(type -> seen.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
            .add(type.getSimpleName()));

    assertThat(seen).isEqualTo(DOORS);
  }

  @Test
  void publicTypes_areAtMostHalfOfAll() {
    long open = topLevel()
        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
        .count();

    assertThat(open).isLessThanOrEqualTo(topLevel().count() / 2);
  }

  private static Stream<JavaClass> topLevel() {
    return CORE.stream()
        .filter(JavaClass::isTopLevelClass)
        .filter(type -> !type.getSimpleName().equals("package-info"));
  }
}
