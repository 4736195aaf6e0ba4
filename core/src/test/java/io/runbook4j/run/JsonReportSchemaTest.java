package io.runbook4j.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.runbook4j.alert.Rule;
import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JsonReportSchemaTest {
  private static final Path SCHEMA = Path.of("../docs/run-report.schema.json");

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z"));
  private final Schema schema;
  private final Runner runner = Runner.builder()
      .time(time)
      .random(new SplittableRandom(1))
      .listener(new RunListener() {
        @Override
        public void onAlert(Alert alert) {
          throw new IllegalStateException("a listener that throws is a problem in the report");
        }
      })
      .build();
  private final SyncJob<String> job = SyncJob.<String>named("schema")
      .from(ListSource.of(IntStream.range(0, 500).mapToObj(i -> "k" + i).toList()))
      .to(this::apply)
      .alertWhen(Rule.failuresInRunOver(5))
      .build();
  private int calls;

  JsonReportSchemaTest() throws IOException {
    schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(SCHEMA), InputFormat.JSON);
  }

  private ChunkResult apply(Chunk<String> chunk) {
    if (++calls == 3) {
      return ChunkResult.refused(
          Failure.of(FailureKind.RATE_LIMITED, "slow down").withRetryAfter(Duration.ofSeconds(7)));
    }
    ChunkResult.Builder results = ChunkResult.builder();
    for (String key : chunk.keys()) {
      results.outcome(key, outcome(key));
    }
    return results.build();
  }

  private static Outcome outcome(String key) {
    if (key.endsWith("7")) {
      return Outcome.failed(Failure.of(FailureKind.INVALID, "bad").withCode("E7"));
    }
    return key.endsWith("8") ? Outcome.skipped("nothing to do") : Outcome.succeeded();
  }

  private List<Error> errors(String json) {
    return schema.validate(
        json,
        InputFormat.JSON,
        context -> context.executionConfig(c -> c.formatAssertionsEnabled(true)));
  }

  @Test
  void json_runWithFailuresLimitsAndAlerts_isAsTheSchemaSays() {
    RunReport report = runner.run(job);

    assertThat(report.reasons()).hasSize(2);
    assertThat(report.limits()).hasSize(1);
    assertThat(report.alerts()).hasSize(1);
    assertThat(report.problems()).isNotEmpty();
    assertThat(report.sizeChanges()).isNotEmpty();
    assertThat(errors(report.json())).isEmpty();
  }

  @Test
  void jsonAndText_keysThatNoFileCanHold_areWritable() throws Exception {
    List<String> keys = List.of("\ud800lone", "nul\u0000\u001b[2J", "日本😀");
    SyncJob<String> odd = SyncJob.<String>named("odd")
        .from(ListSource.of(keys))
        .to(chunk -> ChunkResult.refused(Failure.of(FailureKind.INVALID, "bad")))
        .build();

    RunReport report = runner.run(odd);

    assertThat(report.reasons().get(0).samples()).containsExactlyElementsOf(keys);
    String json = report.json();
    assertThat(utf8(json)).isEqualTo(json);
    assertThat(errors(json)).isEmpty();
    assertThat(json).contains("\"\\uD800lone\"", "\"nul\\u0000\\u001B[2J\"", "\"日本😀\"");
    String text = report.text();
    assertThat(utf8(text)).isEqualTo(text);
    assertThat(text).contains("\ufffdlone, nul  [2J, 日本😀");
  }

  /** {@return the text after it was in a file, which refuses what is not Unicode} */
  private static String utf8(String text) throws CharacterCodingException {
    return UTF_8.decode(UTF_8.newEncoder().encode(CharBuffer.wrap(text))).toString();
  }

  @Test
  void json_spotCheckFindsItemsGone_isAsTheSchemaSays() {
    Target<String> target = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return ChunkResult.succeeded();
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) {
        return Optional.of(Map.of(keys.get(0), Verdict.ABSENT));
      }
    };
    SyncJob<String> checked = SyncJob.<String>named("checked")
        .from(ListSource.of(List.of("a", "b", "c")))
        .to(target)
        .spotCheck(SpotCheck.of(3, 3))
        .build();

    String json = runner.run(checked).json();

    assertThat(json).contains("\"check\" : \"spot-check\"", "=ABSENT");
    assertThat(errors(json)).isEmpty();
  }

  @Test
  void json_moreReasonsThanAReportHolds_endsWithTheOthersAndIsAsTheSchemaSays() {
    SyncJob<String> diverse = SyncJob.<String>named("diverse")
        .from(ListSource.of(IntStream.range(0, 300).mapToObj(i -> "k" + i).toList()))
        .to(chunk -> {
          ChunkResult.Builder results = ChunkResult.builder();
          chunk
              .keys()
              .forEach(key -> results.failed(
                  key, Failure.of(FailureKind.INVALID, "bad").withCode("code-" + key)));
          return results.build();
        })
        .build();

    RunReport report = runner.run(diverse);

    List<FailureReason> reasons = report.reasons();
    assertThat(errors(report.json())).isEmpty();
    assertThat(reasons).hasSize(100).filteredOn(FailureReason::isOthers).hasSize(1);
    assertThat(reasons.get(99).isOthers()).isTrue();
    assertThat(reasons.get(99).count()).isEqualTo(201);
    assertThat(reasons.stream().mapToLong(FailureReason::count).sum()).isEqualTo(300);
    assertThat(report.json()).containsOnlyOnce("\"others\" : true");
    assertThat(report.text()).contains("OTHERS").doesNotContain("SKIPPED");
  }

  @Test
  void json_rerunAndReplay_areAsTheSchemaSays() {
    RunReport first = runner.run(job);

    RunReport rerun = runner.rerunFailed(job, first.runId());
    RunReport replay = runner.replayAll(job, "the photo host was wiped");

    assertThat(rerun.json()).contains("\"parent\"");
    assertThat(errors(rerun.json())).isEmpty();
    assertThat(errors(replay.json())).isEmpty();
  }

  @Test
  void schema_reportThatIsDifferent_isRefused() {
    String json = runner.run(job).json();

    assertThat(errors(json.replace("\"format\" : 1", "\"format\" : 2"))).hasSize(1);
    assertThat(errors(json.replace("\"COMPLETED\"", "\"DONE\""))).hasSize(1);
    assertThat(errors(json.replace("\"succeeded\"", "\"success\""))).hasSize(2);
    assertThat(errors(json.replaceAll("\"startedAt\" : \"[^\"]*\"", "\"startedAt\" : \"now\"")))
        .isNotEmpty();
  }
}
