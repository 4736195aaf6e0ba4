package io.runbook4j.alert;

import io.runbook4j.alert.Triage.Advice;
import io.runbook4j.spi.sync.FailureKind;
import java.util.List;

/** The runbooks' own rows, word for word where they say something. */
final class RunbookTriage {
  private static final String ALL = "";

  private RunbookTriage() {}

  static Triage table() {
    Triage.Builder table = Triage.builder();
    everywhere(table);
    dataOfAnyService(table);
    photos(table);
    destinations(table);
    functions(table);
    caches(table);
    return table.build();
  }

  private static Advice advice(String symptom, String cause, String action) {
    return new Advice(symptom, cause, action);
  }

  private static void everywhere(Triage.Builder table) {
    table.add(
        FailureKind.RATE_LIMITED,
        ALL,
        advice(
            "429 Too Many Requests",
            "more calls than the service allows",
            "reduce batch size; wait and retry remaining users"));
    table.add(
        FailureKind.AUTHENTICATION,
        ALL,
        advice(
            "Invalid or expired token",
            "the credential was rotated, revoked or has expired",
            "rotate credentials (admin only). Do not commit secrets"));
    for (FailureKind kind :
        List.of(FailureKind.SERVER_ERROR, FailureKind.NETWORK, FailureKind.TIMEOUT)) {
      table.add(
          kind,
          ALL,
          advice(
              "5xx, network errors, no answer in time",
              "the service is degraded or cannot be reached",
              "verify client backoff/retry bounds; enable/decrease concurrency if needed; consider"
                  + " feature-flag \"local-only\" on server degradation; inspect queue length, batch"
                  + " sizes, and latencies"));
    }
    table.add(
        FailureKind.INTEGRITY,
        ALL,
        advice(
            "Data corruption indicators",
            "versions that go backwards, hashes that do not match, orphans, duplicate keys, schema"
                + " drift",
            "enable feature-flag \"local-only\"; find the rows with the integrity queries; gradually"
                + " re-enable (10% → 50% → 100%) after mitigation and verification"));
  }

  private static void dataOfAnyService(Triage.Builder table) {
    table.add(
        FailureKind.MAPPING_MISSING,
        ALL,
        advice(
            "No mapping",
            "users missing the id of the other service",
            "export list, correct mappings, rerun those users only"));
    table.add(
        FailureKind.PERMISSION,
        ALL,
        advice(
            "The service refuses access (403)",
            "the credential lacks a scope or a right",
            "grant the right to the credential's user, then rerun the failed items only"));
    table.add(
        FailureKind.NOT_FOUND,
        ALL,
        advice(
            "The service does not know the record (404)",
            "it was deleted, or its id is wrong",
            "check the ids with the service; correct or remove them, then rerun those only"));
    table.add(
        FailureKind.INVALID,
        ALL,
        advice(
            "The data cannot be read, or the service refuses it (400, 422)",
            "the item's data, or schema drift (unknown fields, type mismatches) after a deploy",
            "look at the reasons, correct the data, then rerun those only"));
    table.add(
        FailureKind.CONFLICT,
        ALL,
        advice(
            "Somebody else changed or holds the record (409)",
            "two writers at a time",
            "see that no other run or person writes the same records, then rerun those only"));
    table.add(
        FailureKind.TOO_LARGE,
        ALL,
        advice(
            "Larger than the service takes (413)",
            "the item, or the chunk",
            "reduce batch size; shrink or skip the item and record it for manual review"));
    table.add(
        FailureKind.CANCELLED,
        ALL,
        advice(
            "Given up by the caller",
            "the run was stopped, or the gate kept the call in",
            "resume the run; rerun what failed when the gate is open"));
    table.add(
        FailureKind.UNKNOWN,
        ALL,
        advice(
            "The service said nothing that is known",
            "its answer has changed, or lacks the item",
            "look at the service's log and at the item there before it is sent again"));
  }

  private static void photos(Triage.Builder table) {
    table.add(
        FailureKind.AUTHENTICATION,
        "salesforce",
        advice(
            "Invalid or expired token",
            "the credential was rotated, revoked or has expired",
            "rotate credentials in the Named Credential `NC_[SERVICE]_JWT` (admin only). Do not"
                + " commit secrets"));
    table.add(
        FailureKind.MAPPING_MISSING,
        "slack",
        advice(
            "No Slack mapping",
            "users missing `Slack_User_Id__c`",
            "export list, correct mappings, rerun those users only"));
    for (FailureKind kind : List.of(
        FailureKind.NOT_FOUND,
        FailureKind.PERMISSION,
        FailureKind.INVALID,
        FailureKind.CONFLICT,
        FailureKind.TOO_LARGE,
        FailureKind.SERVER_ERROR,
        FailureKind.TIMEOUT)) {
      table.add(
          kind,
          "image",
          advice(
              "Image fetch errors (3xx/4xx/5xx)",
              "the image has moved, is gone or is guarded",
              "retry a small number of times; if persistent, skip and record for manual review"));
    }
  }

  private static void destinations(Triage.Builder table) {
    String tiktok = "tiktok";
    Advice slow = advice(
        "Sync job timeout",
        "TikTok is not available, or the cookies have expired",
        "Check TikTok availability, rotate cookies, rerun sync job (`scheduleProcessingJob` with"
            + " `TIKTOK_SYNC`)");
    table.add(FailureKind.TIMEOUT, tiktok, slow);
    table.add(
        FailureKind.RATE_LIMITED,
        tiktok,
        advice(
            "HTTP 429",
            "synced too often, or the cookies have expired",
            "Reduce sync frequency, ensure cookie rotation not expired"));
    table.add(
        Triage.EMPTY_FEED,
        tiktok,
        advice(
            "Empty feed",
            "the username is wrong, or the account is private",
            "Validate username, ensure account still public"));
    upload(
        table,
        "instagram",
        "Inspect Graph API response; check video format and IG business account mapping. Run token"
            + " refresh job");
    upload(
        table,
        "youtube",
        "Verify refresh token valid; check Google API quota (YouTube Data API). Rotate client"
            + " secret if compromise suspected");
    upload(table, "twitter", "Confirm consumer/app credentials, ensure media < 512MB/140 seconds");
  }

  private static void upload(Triage.Builder table, String service, String action) {
    for (FailureKind kind : List.of(
        FailureKind.AUTHENTICATION,
        FailureKind.PERMISSION,
        FailureKind.INVALID,
        FailureKind.MAPPING_MISSING,
        FailureKind.TOO_LARGE,
        FailureKind.RATE_LIMITED,
        FailureKind.SERVER_ERROR,
        FailureKind.TIMEOUT,
        FailureKind.UNKNOWN)) {
      table.add(
          kind,
          service,
          advice(
              "Destination upload failures", "the credential, the mapping or the media", action));
    }
  }

  private static void functions(Triage.Builder table) {
    table.add(
        Triage.HEALTH_CHECK,
        ALL,
        advice(
            "Health endpoint returns 503 or timeout",
            "missing environment variables, or a service behind it that is down",
            "Verify all required env vars; check the services behind it; review recent deploys and"
                + " rollback if a recent deploy caused it"));
    table.add(
        Triage.HEALTH_CHECK,
        "netlify",
        advice(
            "Health endpoint returns 503 or timeout",
            "Missing environment variables",
            "Verify all required env vars in Netlify dashboard"));
    table.add(
        Triage.HEALTH_CHECK,
        "wordpress",
        advice(
            "Health endpoint returns 503 or timeout",
            "WordPress site down/unreachable",
            "Check WordPress site, verify webhook endpoint"));
    table.add(
        Triage.HEALTH_CHECK,
        "drivehr",
        advice(
            "Health endpoint returns 503 or timeout",
            "DriveHR portal temporarily unavailable",
            "Monitor DriveHR status, wait for recovery"));
    table.add(
        Triage.CONFIGURATION,
        ALL,
        advice(
            "Configuration not loaded",
            "Missing or invalid environment variables",
            "Check Netlify environment variables; verify all required variables are set; redeploy if"
                + " variables were added/changed"));
    table.add(
        FailureKind.AUTHENTICATION,
        "webhook",
        advice(
            "Invalid webhook signature",
            "HMAC signature validation failure",
            "Verify `WEBHOOK_SECRET` matches in all systems; check signature generation in calling"
                + " system; test with manually generated signature"));
    for (FailureKind kind :
        List.of(FailureKind.SERVER_ERROR, FailureKind.NETWORK, FailureKind.TIMEOUT)) {
      table.add(
          kind,
          "wordpress",
          advice(
              "WordPress sync failures",
              "WordPress endpoint issues",
              "Test WordPress endpoint directly; check WordPress logs for errors; verify webhook"
                  + " handler implementation; check network connectivity"));
    }
    table.add(
        Triage.SLOW,
        ALL,
        advice(
            "Slow response times (>5000ms)",
            "cold starts, large datasets, or an external service",
            "Check external service response times; monitor large job datasets, implement pagination"
                + " if needed"));
  }

  private static void caches(Triage.Builder table) {
    table.add(
        Triage.STALE_CACHE,
        ALL,
        advice(
            "Stale cache entries",
            "the replication has not run, or entries expire before it does",
            "Run the cache replication manually; spot check values: expirations at least 6 hours out"
                + " and values that match; invalidate specific mappings if needed"));
    table.add(
        Triage.QUEUE_FAILURE,
        ALL,
        advice(
            "Repeated failures of queued jobs",
            "one step of the workflow fails",
            "Identify failing workflow; inspect DLQ; replay affected messages when the underlying"
                + " issue is resolved; temporarily pause the producer queue if the backlog grows"));
  }
}
