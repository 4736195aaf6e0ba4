package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.alert.Triage.Advice;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.sync.FailureKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TriageTest {
  @ParameterizedTest
  @EnumSource
  void defaults_everyKind_hasARow(FailureKind kind) {
    assertThat(Triage.defaults().advice(kind, "")).isPresent();
    assertThat(Triage.defaults().advice(kind, "a.service.nobody.knows")).isPresent();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      RATE_LIMITED    | slack.com            | reduce batch size; wait and retry remaining users
      RATE_LIMITED    | tiktok               | Reduce sync frequency, ensure cookie rotation not expired
      TIMEOUT         | www.TikTok.com       | Check TikTok availability, rotate cookies, rerun sync job
      EMPTY_FEED      | tiktok               | Validate username, ensure account still public
      AUTHENTICATION  | x.my.salesforce.com  | rotate credentials in the Named Credential `NC_[SERVICE]_JWT`
      AUTHENTICATION  | other                | rotate credentials
      AUTHENTICATION  | youtube              | Verify refresh token valid; check Google API quota
      MAPPING_MISSING | slack                | export list, correct mappings, rerun those users only
      INVALID         | graph.instagram.com  | check video format and IG business account mapping
      TOO_LARGE       | api.twitter.com      | ensure media < 512MB/140 seconds
      SERVER_ERROR    | image                | retry a small number of times; if persistent, skip and record for manual review
      TOO_LARGE       | image                | if persistent, skip and record for manual review
      CONFLICT        | image                | if persistent, skip and record for manual review
      TIMEOUT         | image                | if persistent, skip and record for manual review
      NOT_FOUND       | image                | if persistent, skip and record for manual review
      PERMISSION      | image                | if persistent, skip and record for manual review
      INVALID         | image                | if persistent, skip and record for manual review
      RATE_LIMITED    | youtube              | check Google API quota
      PERMISSION      | youtube              | Verify refresh token valid
      MAPPING_MISSING | graph.instagram.com  | check video format and IG business account mapping
      UNKNOWN         | api.twitter.com      | Confirm consumer/app credentials
      SERVER_ERROR    | graph.instagram.com  | Inspect Graph API response
      TIMEOUT         | api.twitter.com      | ensure media < 512MB/140 seconds
      SERVER_ERROR    | slack                | consider feature-flag "local-only" on server degradation
      TIMEOUT         | wordpress            | Test WordPress endpoint directly
      INTEGRITY       | any                  | enable feature-flag "local-only"
      HEALTH_CHECK    | drivehr              | Monitor DriveHR status, wait for recovery
      health_check    | netlify              | Verify all required env vars in Netlify dashboard
      """)
  void defaults_symptomOfAService_saysWhatTheRunbookSays(
      String symptom, String service, String action) {
    assertThat(Triage.defaults().advice(symptom, service).orElseThrow().action())
        .contains(action);
  }

  @Test
  void toBuilder_hostsRow_winsAndLeavesTheDefaultsAlone() {
    Advice own = new Advice("HTTP 429", "the month's quota is used up", "ask for more");

    Triage table = Triage.defaults().toBuilder()
        .add(FailureKind.RATE_LIMITED, "Slack", own)
        .add("QUEUE_STUCK", "", own)
        .build();

    assertThat(table.advice(FailureKind.RATE_LIMITED, "api.slack.com")).contains(own);
    assertThat(table.advice(FailureKind.RATE_LIMITED, "slackers.com"))
        .isEqualTo(Triage.defaults().advice(FailureKind.RATE_LIMITED, ""));
    assertThat(table.advice("QUEUE_STUCK", "x")).contains(own);
    assertThat(Triage.defaults().advice("QUEUE_STUCK", "x")).isEmpty();
  }

  @Test
  void symptoms_ofAlerts_areTheLikeliestFirst() {
    assertThat(Symptoms.of(new Alert("corruption", Severity.SEV1, "j", "versions go back")))
        .containsExactly("INTEGRITY");
    assertThat(Symptoms.of(new Alert("authentication", Severity.SEV3, "j", "AUTHENTICATION: 401")))
        .containsExactly("AUTHENTICATION");
    for (Rule rule : RunbookRules.healthChecks().subList(0, 1)) {
      assertThat(Symptoms.of(new Alert(rule.name(), Severity.SEV1, "j", "failed")))
          .containsExactly(Triage.HEALTH_CHECK);
    }
    assertThat(Symptoms.of(
            new Alert(RunbookRules.cacheFreshness().get(0).name(), Severity.WARNING, "j", "old")))
        .containsExactly(Triage.STALE_CACHE);
    for (Rule rule : List.of(
        RunbookRules.healthChecks().get(1), RunbookRules.serviceObjectives().get(0))) {
      assertThat(Symptoms.of(new Alert(rule.name(), Severity.WARNING, "j", "slow")))
          .as(rule.name())
          .containsExactly(Triage.SLOW);
    }
  }

  @Test
  void badRows_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Advice("s", "", "a"))
        .withMessage("symptom, cause and action must be given, was \"s\", \"\", \"a\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Triage.builder().add(" ", "", new Advice("s", "c", "a")))
        .withMessage("symptom must be non-empty, was \" \"");
  }
}
