package io.runbook4j.rest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("io.runbook4j.rest", "io.runbook4j.webhook");

  @Test
  void module_dependencies_areTheSpiAndThreeLibraries() {
    assertThat(CLASSES.size()).isGreaterThan(30);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "javax.crypto..",
            "javax.net.ssl..",
            "org.jspecify.annotations..",
            "org.slf4j..",
            "com.fasterxml.jackson..",
            "io.runbook4j.spi..",
            "io.runbook4j.rest..",
            "io.runbook4j.webhook..")
        .check(CLASSES);
  }

  @Test
  void rest_knowsNoAdapter() {
    noClasses()
        .that()
        .resideInAPackage("io.runbook4j.rest..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.runbook4j.webhook..")
        .check(CLASSES);
    slices().matching("io.runbook4j.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
