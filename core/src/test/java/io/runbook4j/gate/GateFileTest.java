package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.gate.GateState.Cause;
import io.runbook4j.gate.GateState.LocalOnly;
import io.runbook4j.gate.GateState.Open;
import io.runbook4j.gate.GateState.Ramping;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateFileTest {
  private static final Order ANN = Order.of("ann", "corruption").ticket("OPS-7");
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir
  private Path folder;

  private final VirtualTime time = VirtualTime.builder().build();
  private final HungDisk hung = new HungDisk();

  private Gate gate() {
    return Gate.builder("sync", time).folder(folder).build();
  }

  private Path state() {
    return folder.resolve("sync.json");
  }

  private Path switchFile() {
    return folder.resolve("sync.local-only");
  }

  private static LocalOnly localOnly(Gate gate) {
    return (LocalOnly) gate.state();
  }

  private static List<String> keys(Gate gate) {
    return IntStream.range(0, 500).mapToObj(i -> "k" + i).filter(gate::allows).toList();
  }

  @Test
  void build_again_isWhatItWas() {
    GateState before;
    try (Gate gate = gate()) {
      gate.localOnly(ANN.until(time.now().plusSeconds(600)));
      before = gate.state();
    }
    try (Gate gate = gate()) {
      assertThat(gate.state()).isEqualTo(before);
      gate.open(ANN);
      before = gate.state();
    }
    try (Gate gate = gate()) {
      assertThat(gate.state()).isEqualTo(before).isInstanceOf(Open.class);
    }
  }

  @Test
  void build_duringARamp_keepsItemsCountsAndTimeHeld() {
    List<String> before;
    try (Gate gate = gate()) {
      gate.ramp(ANN);
      before = keys(gate);
      gate.report(150, 3);
      time.advance(Duration.ofMinutes(6));
    }
    time.advance(Duration.ofDays(2)); // nobody runs: this does not count
    try (Gate gate = gate()) {
      assertThat(keys(gate)).isEqualTo(before).isNotEmpty();
      assertThat(((Ramping) gate.state()).step())
          .isEqualTo(new Guard.Step(10, Duration.ofMinutes(6), 150, 3));
      gate.report(50, 0);
      time.advance(Duration.ofMinutes(4));
      assertThat(((Ramping) gate.state()).step().percent()).isEqualTo(50);
    }
  }

  @Test
  void build_afterABreach_goesOnWaiting() {
    try (Gate gate = gate()) {
      gate.ramp(ANN);
      gate.report(100, 50);
      time.advance(SECOND);
      assertThat(localOnly(gate).cause()).isEqualTo(Cause.BREACH);
    }
    try (Gate gate = gate()) {
      assertThat(localOnly(gate).cause()).isEqualTo(Cause.BREACH);
      time.advance(Duration.ofMinutes(20));
      assertThat(gate.state()).isInstanceOf(Ramping.class);
      gate.report(100, 50);
      time.advance(SECOND);
      assertThat(gate.state().order().reason()).startsWith("breach 2 of 3");
    }
  }

  @Test
  void build_killedDuringARamp_losesAtMostTenSecondsOfCounts() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (Gate gate = gate()) {
      gate.ramp(ANN);
      gate.report(70, 0);
      time.advance(Duration.ofSeconds(10));
      assertThat(gate.isLocalOnly()).isFalse();
      Files.copy(state(), copy.resolve("sync.json")); // what a killed process leaves behind
    }
    try (Gate gate = Gate.builder("sync", time).folder(copy).build()) {
      assertThat(((Ramping) gate.state()).step().operations()).isEqualTo(70);
    }
  }

  @Test
  void build_damagedState_isLocalOnlyAndSaysWhy() throws IOException {
    try (Gate gate = gate()) {
      gate.open(ANN);
    }
    byte[] whole = Files.readAllBytes(state());
    for (int length = 0; length < whole.length; length++) {
      checkDamage(Arrays.copyOf(whole, length));
    }
    for (int at = 0; at < whole.length; at++) {
      byte[] bytes = whole.clone();
      bytes[at] ^= 1;
      checkDamage(bytes);
    }
  }

  private void checkDamage(byte[] bytes) throws IOException {
    Files.write(state(), bytes);
    try (Gate gate = gate()) {
      assertThat(gate.allows("a")).isFalse();
      assertThat(localOnly(gate).cause()).isEqualTo(Cause.DAMAGE);
      assertThat(gate.state().text()).contains("gate file sync.json cannot be read");
      time.advance(Duration.ofDays(1));
      assertThat(gate.isLocalOnly()).isTrue();
    }
  }

  @Test
  void build_stateOfANewerVersion_isLocalOnly() throws IOException {
    Files.writeString(state(), "{\"format\":2,\"crc\":\"00000000\"}\n");

    try (Gate gate = gate()) {
      assertThat(localOnly(gate).cause()).isEqualTo(Cause.DAMAGE);
      gate.open(ANN);
      assertThat(gate.allows("a")).isTrue();
    }
    try (Gate gate = gate()) {
      assertThat(gate.state()).isInstanceOf(Open.class);
    }
  }

  @Test
  void build_secondOnTheSameFile_isRefused() {
    try (Gate gate = gate()) {
      assertThatExceptionOfType(GateException.class)
          .isThrownBy(this::gate)
          .withMessageContainingAll("sync.json", "is held by another gate");
      assertThat(gate.allows("a")).isTrue();
    }
    gate().close();
  }

  @Test
  void build_noSuchFolder_isRefused() {
    assertThatExceptionOfType(GateException.class)
        .isThrownBy(() -> Gate.builder("x", time).folder(folder.resolve("none")).build())
        .withMessageContaining("Check that its folder exists");
  }

  @Test
  void switchFile_touched_keepsInUntilRemovedThenRampsUp() throws IOException {
    try (Gate gate = gate()) {
      assertThat(gate.allows("a")).isTrue();
      Files.createFile(switchFile());
      time.advance(SECOND);
      assertThat(gate.allows("a")).isFalse();
      assertThat(localOnly(gate).cause()).isEqualTo(Cause.SWITCH_FILE);
      assertThat(gate.state().order())
          .hasToString("switch file: switch file sync.local-only is there");
      time.advance(Duration.ofDays(1));
      assertThat(gate.isLocalOnly()).isTrue();

      Files.delete(switchFile());
      time.advance(SECOND);

      assertThat(((Ramping) gate.state()).step().percent()).isEqualTo(10);
    }
  }

  @Test
  void switchFile_removedWhileNobodyRan_rampsUpAtTheNextStart() throws IOException {
    Files.createFile(switchFile());
    try (Gate gate = gate()) {
      assertThat(gate.isLocalOnly()).isTrue();
    }
    Files.delete(switchFile());
    try (Gate gate = gate()) {
      assertThat(gate.state()).isInstanceOf(Ramping.class);
    }
  }

  @Test
  void switchFile_withText_firstLineIsTheReason() throws IOException {
    Files.writeString(switchFile(), "CRM restores a backup\u0007, ask Ben\nmore\n");

    try (Gate gate = gate()) {
      assertThat(gate.isLocalOnly()).isTrue();
      assertThat(gate.state().order().reason()).isEqualTo("CRM restores a backup , ask Ben");
    }
  }

  @Test
  void switchFile_garbageOrNoFile_isLocalOnly() throws IOException {
    byte[] garbage = new byte[100_000];
    Arrays.fill(garbage, (byte) 0xff);
    Files.write(switchFile(), garbage);
    assertKeptIn("switch file sync.local-only is there");

    Files.delete(switchFile());
    Files.createDirectory(switchFile());
    assertKeptIn("switch file sync.local-only is there, and is no file");

    Files.delete(switchFile());
    Files.createSymbolicLink(switchFile(), folder.resolve("nowhere"));
    assertKeptIn("switch file sync.local-only is there, and is no file");
  }

  private void assertKeptIn(String reason) {
    try (Gate gate = gate()) {
      assertThat(gate.allows("a")).isFalse();
      assertThat(gate.state().order().reason()).isEqualTo(reason);
    }
    state().toFile().delete();
  }

  @Test
  void switchFile_cannotBeLookedAt_isLocalOnly() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    try (Gate gate =
        Gate.builder("x", time).switchFile(file.resolve("below-a-file")).build()) {
      assertThat(gate.allows("a")).isFalse();
      assertThat(gate.state().order().reason())
          .isIn(
              "switch file below-a-file cannot be read (FileSystemException)", // JDK 17
              "switch file below-a-file cannot be read (its folder is a file)");
    }
  }

  @Test
  void switchFile_there_refusesToOpen() throws IOException {
    Files.writeString(switchFile(), "stop");
    try (Gate gate = gate()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> gate.open(ANN))
          .withMessageContaining("kept local-only by its switch file: stop");
    }
  }

  @Test
  void switchFile_removedAfterAnOrder_theOrderStands() throws IOException {
    Files.createFile(switchFile());
    try (Gate gate = gate()) {
      assertThat(localOnly(gate).cause()).isEqualTo(Cause.SWITCH_FILE);
      gate.localOnly(ANN);
      Files.delete(switchFile());
      time.advance(Duration.ofDays(1));

      assertThat(localOnly(gate).order()).isEqualTo(ANN);
    }
  }

  @Test
  void localOnly_diskFull_isLocalOnlyAllTheSameAndSaysSo() {
    FullDisk disk = new FullDisk();
    try (Gate gate = Gate.builder("sync", time).folder(folder).disk(disk).build()) {
      disk.full = true;
      assertThatExceptionOfType(GateException.class)
          .isThrownBy(() -> gate.localOnly(ANN))
          .withMessageContainingAll("sync.json", "could not be written", "no room");
      assertThat(gate.allows("a")).isFalse();
      assertThatExceptionOfType(GateException.class).isThrownBy(() -> gate.open(ANN));
      assertThat(gate.allows("a")).isFalse();

      disk.full = false;
      time.advance(Duration.ofSeconds(10));
      assertThat(gate.isLocalOnly()).isTrue();
      assertThat(state()).content().contains("local-only"); // written as soon as there was room
    }
  }

  @Test
  void ramp_diskFull_lettingMoreThroughWaitsForTheDisk() {
    FullDisk disk = new FullDisk();
    try (Gate gate = Gate.builder("sync", time).folder(folder).disk(disk).build()) {
      gate.ramp(ANN);
      gate.report(200, 0);
      disk.full = true;
      time.advance(Duration.ofMinutes(10));
      assertThat(((Ramping) gate.state()).step().percent()).isEqualTo(10);

      disk.full = false;
      time.advance(SECOND);
      assertThat(((Ramping) gate.state()).step().percent()).isEqualTo(50);
    }
  }

  @Test
  void ramp_breachedOnAFullDisk_isLocalOnly() {
    FullDisk disk = new FullDisk();
    try (Gate gate = Gate.builder("sync", time).folder(folder).disk(disk).build()) {
      gate.ramp(ANN);
      gate.report(200, 100);
      disk.full = true;
      time.advance(SECOND);
      assertThat(gate.isLocalOnly()).isTrue();
      disk.full = false;
    }
    try (Gate gate = gate()) {
      assertThat(localOnly(gate).cause()).isEqualTo(Cause.BREACH);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"the counts", "the next step", "an order to open"})
  @Timeout(10)
  void localOnly_theDiskHangs_letsNothingMoreThroughAtOnce(String written) throws Exception {
    try (Gate gate = Gate.builder("sync", time).folder(folder).disk(hung).build();
        hung) {
      gate.ramp(ANN);
      Future<?> writer = writes(gate, written);

      Future<?> order = hung.run(() -> gate.localOnly(ANN));
      until(gate::isLocalOnly);
      assertThat(keys(gate)).isEmpty();
      assertThat(writer).isNotDone();
      assertThat(order).as("an order that is not written down").isNotDone();

      hung.goOn();
      order.get();
      assertThat(localOnly(gate).order()).isEqualTo(ANN);
      assertThat(state()).content().contains("\"state\":\"local-only\"");
    }
  }

  /** Lets somebody write, and returns while he does. */
  private Future<?> writes(Gate gate, String what) throws InterruptedException {
    if (what.equals("an order to open")) {
      return hung.hang(() -> gate.open(ANN));
    }
    gate.report(200, 0);
    time.advance(what.equals("the counts") ? Duration.ofSeconds(10) : Duration.ofMinutes(10));
    return hung.hang(gate::state);
  }

  @Test
  @Timeout(10)
  void switchFile_touchedWhileTheDiskHangs_letsNothingMoreThrough() throws Exception {
    try (Gate gate = Gate.builder("sync", time).folder(folder).disk(hung).build();
        hung) {
      gate.ramp(ANN);
      Future<?> writer = writes(gate, "the counts");
      Files.createFile(switchFile());
      time.advance(SECOND);

      // One of them sees the file and has to write that down; the other one is told.
      CountDownLatch told = new CountDownLatch(1);
      List<Future<?>> asking = IntStream.range(0, 2)
          .<Future<?>>mapToObj(i -> hung.run(() -> {
            until(gate::isLocalOnly);
            told.countDown();
          }))
          .toList();
      told.await();

      assertThat(writer).isNotDone();
      hung.goOn();
      for (Future<?> asked : asking) {
        asked.get();
      }
      assertThat(localOnly(gate).cause()).isEqualTo(Cause.SWITCH_FILE);
      assertThat(state()).content().contains("SWITCH_FILE");
    }
  }

  @Test
  @Timeout(10)
  void open_madeLocalOnlyWhileItIsWritten_isRefusedAndSaysWhy() throws Exception {
    try (Gate gate = Gate.builder("sync", time).folder(folder).disk(hung).build();
        hung) {
      Future<?> opening = hung.hang(() -> gate.open(ANN));
      Future<?> order = hung.run(() -> gate.localOnly(ANN));
      until(gate::isLocalOnly);
      hung.goOn();

      order.get();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(opening::get)
          .withCauseInstanceOf(IllegalStateException.class)
          .withMessageContaining("Gate sync became local-only while this order was written down");
    }
  }

  @Test
  @Timeout(10)
  void open_switchFileTouchedWhileItIsWritten_isRefusedAndNothingLeaves() throws Exception {
    try (Gate gate = Gate.builder("sync", time).folder(folder).disk(hung).build();
        hung) {
      gate.localOnly(ANN);
      Future<?> opening = hung.hang(() -> gate.open(ANN));
      Files.createFile(switchFile());
      time.advance(SECOND);
      assertThat(gate.isLocalOnly()).isTrue();
      hung.goOn();

      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(opening::get)
          .withCauseInstanceOf(IllegalStateException.class);
      assertThat(keys(gate)).isEmpty();
      assertThat(state()).content().contains("\"state\":\"local-only\"");
    }
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
  }

  /** Has writes that do not end before they are told to. */
  private static final class HungDisk implements Disk, AutoCloseable {
    private final CountDownLatch hangs = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);
    private volatile boolean hung;

    /** Lets somebody write, and returns when the write has begun. */
    Future<?> hang(Runnable writing) throws InterruptedException {
      hung = true;
      Future<?> writer = run(writing);
      hangs.await();
      return writer;
    }

    /** Runs it on a thread of its own. */
    Future<?> run(Runnable task) {
      FutureTask<Void> future = new FutureTask<>(task, null);
      Thread thread = new Thread(future, "of a hung disk");
      thread.setDaemon(true);
      thread.start();
      return future;
    }

    void goOn() {
      goesOn.countDown();
    }

    @Override
    public void close() {
      goOn(); // a test that fails must not hang, too
    }

    @Override
    public AppendedFile open(Path path) throws IOException {
      if (hung) {
        hangs.countDown();
        awaitGoOn();
      }
      return Disk.system().open(path);
    }

    private void awaitGoOn() throws IOException {
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
      Disk.system().forceFolder(folder);
    }
  }

  /** Has room, or has none. */
  private static final class FullDisk implements Disk {
    private boolean full;

    @Override
    public AppendedFile open(Path path) throws IOException {
      if (full) {
        throw new IOException("no room");
      }
      return Disk.system().open(path);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
      Disk.system().forceFolder(folder);
    }
  }
}
