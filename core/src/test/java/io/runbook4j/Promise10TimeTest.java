package io.runbook4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Promise 10: all waiting, and all looks at a clock, go through {@code io.runbook4j.spi.time}. */
class Promise10TimeTest {
  /** Waits, and clocks; what a class calls or hands on as a method reference. */
  private static final Pattern FORBIDDEN = Pattern.compile(
      String.join(
          "|",
          List.of(
              "java\\.lang\\.Thread\\.(sleep|join|onSpinWait|yield)",
              "java\\.lang\\.Object\\.wait",
              "java\\.lang\\.System\\.(nanoTime|currentTimeMillis)",
              "java\\.lang\\.Process\\.waitFor",
              "java\\.time\\.(Instant|LocalDate|LocalTime|LocalDateTime|ZonedDateTime|OffsetDateTime)\\.now",
              "java\\.time\\.Clock\\.(system|tick).*",
              "java\\.util\\.Date\\.<init>",
              "java\\.util\\.Timer\\..*",
              "java\\.util\\.concurrent\\.locks\\.LockSupport\\.park.*",
              "java\\.util\\.concurrent\\.locks\\.Condition\\.await.*",
              "java\\.util\\.concurrent\\.TimeUnit\\.(sleep|timedWait|timedJoin)",
              "java\\.util\\.concurrent\\.(Semaphore|CountDownLatch|CyclicBarrier|Phaser|Exchanger)\\."
                  + "(acquire.*|tryAcquire|await.*|arriveAndAwait.*|exchange)",
              "java\\.util\\.concurrent\\.\\w*(Future|Queue|Deque)\\.(get|join|take|put|poll)",
              "java\\.util\\.concurrent\\.Executors\\.new.*Scheduled.*",
              "java\\.util\\.concurrent\\.CompletableFuture\\.(delayedExecutor|orTimeout|completeOnTimeout)")));

  /** Those that may, and why. */
  private static final Set<String> ALLOWED = Set.of(
      // the one door
      "io.runbook4j.spi.time.SystemTime uses java.lang.System.nanoTime",
      "io.runbook4j.spi.time.SystemTime uses java.time.Instant.now",
      "io.runbook4j.spi.time.SystemTime uses java.util.concurrent.Semaphore.tryAcquire",
      "io.runbook4j.spi.time.SystemTime uses java.util.concurrent.TimeUnit.sleep",
      // a lost race is tried again at once; nothing is waited for
      "io.runbook4j.ledger.RunLocks uses java.lang.Thread.onSpinWait",
      // a lost race for a cache line: steps aside for microseconds, and for no permit
      "io.runbook4j.limit.PacedWindow uses java.util.concurrent.locks.LockSupport.parkNanos");

  @Test
  void nobodyButSystemTime_waitsOrLooksAtAClock() {
    assertThat(ArchitectureTest.MAIN.size()).as("classes seen").isGreaterThan(200);
    assertThat(offenders(ArchitectureTest.MAIN)).isEqualTo(new TreeSet<>(ALLOWED));
  }

  @Test
  void offenders_callAndMethodReference_areBothFound() {
    JavaClasses offender = new ClassFileImporter().importClasses(Offender.class);

    assertThat(offenders(offender))
        .extracting(offence -> offence.replaceAll(".* uses ", ""))
        .containsExactly("java.lang.Thread.sleep", "java.time.Instant.now");
  }

  static final class Offender {
    Supplier<Instant> clock() {
      return Instant::now;
    }

    void nap() throws InterruptedException {
      Thread.sleep(1);
    }
  }

  private static Set<String> offenders(JavaClasses types) {
    return types.stream()
        .flatMap(type -> type.getAccessesFromSelf().stream())
        .filter(access -> FORBIDDEN.matcher(nameOf(access)).matches())
        .map(access -> topLevel(access.getOriginOwner()) + " uses " + nameOf(access))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String nameOf(JavaAccess<?> access) {
    return access.getTargetOwner().getFullName() + "." + access.getTarget().getName();
  }

  private static String topLevel(JavaClass type) {
    return type.getEnclosingClass().map(Promise10TimeTest::topLevel).orElse(type.getName());
  }
}
