package io.runbook4j.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/integrity.md, as they stand there. */
class IntegrityDocsTest {
  @TempDir
  Path folder;

  @Test
  void checks_example_findsWhatIsPlanted() throws Exception {
    Path file = Files.writeString(folder.resolve("snapshots.jsonl"), """
        {"id": 1, "user_id": "u", "version": 2, "created_at": "2026-11-23T04:00:00Z", "payload": "abc", "content_hash": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "delta": 0, "updated_at": "2026-11-23T04:00:00Z"}
        {"id": 2, "user_id": "u", "version": 1, "created_at": "2026-11-23T05:00:00Z", "payload": "abc", "content_hash": "00", "delta": -1, "updated_at": "2026-11-23T05:00:00+01:00"}
        {"id": 2, "user_id": "v", "version": 1, "created_at": "2026-11-23T05:00:00Z", "payload": null, "content_hash": null, "delta": null, "updated_at": null}
        """);

    List<Finding> findings = Checks.of(
            Check.unique("id"),
            Check.versionsForward("user_id", "version", "created_at"),
            Check.sha256("payload", "content_hash"),
            Check.invariant("delta-not-negative", row -> row.whole("delta").orElse(0L) >= 0),
            Check.utc("updated_at"))
        .over("snapshots", Sources.jsonLines(file, "id"));

    assertThat(findings)
        .extracting(Finding::text)
        .containsExactly(
            "duplicate-keys in snapshots: 1 (corruption): id=2 (2 times)",
            "versions-backwards in snapshots: 1 (corruption): 2: user_id=u version=1 after 2",
            "sha-256 in snapshots: 1 (corruption): 2: content_hash is \"00\" but should be"
                + " ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "delta-not-negative in snapshots: 1 (corruption): 2",
            "utc in snapshots: 1: 2: updated_at is \"2026-11-23T05:00:00+01:00\"");
  }

  @Test
  void reconciliation_example_comparesRows() throws Exception {
    Instant runStarted = Instant.EPOCH;
    Source<Map<String, @Nullable Object>> crm = Rows.of(Rows.row("a", 1), Rows.row("a", 2));
    Source<Map<String, @Nullable Object>> mirror = Rows.of(Rows.row("a", 1L), Rows.row("a", 3));

    Reconciliation.Result result = Reconciliation.inAnyOrder(Workspace.defaults())
        .watermark(runStarted)
        .compare("users", crm.map(Fingerprint::ofRow), mirror.map(Fingerprint::ofRow));

    assertThat(result.findings())
        .containsExactly(new Finding("different", "users", false, 1, List.of("r1")));
  }
}
