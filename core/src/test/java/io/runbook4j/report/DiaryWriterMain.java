package io.runbook4j.report;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.spi.ledger.RunId;
import java.nio.file.Path;
import java.time.Instant;

/** Another process that writes notes: FILE RUN AUTHOR COUNT. */
final class DiaryWriterMain {
  private DiaryWriterMain() {}

  public static void main(String[] args) {
    Diary diary = Diary.at(Path.of(args[0]), new Redactor());
    write(diary, new RunId(args[1]), args[2], Integer.parseInt(args[3]));
  }

  static void write(Diary diary, RunId run, String author, int count) {
    for (int i = 0; i < count; i++) {
      diary.note(run, Instant.EPOCH, author, "n" + i);
    }
  }
}
