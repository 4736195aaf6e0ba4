package io.runbook4j.alert;

import io.runbook4j.alert.Incident.Duty;
import io.runbook4j.alert.Incident.Entry;
import io.runbook4j.spi.alert.Severity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The draft of a post-mortem, with the sections of PagerDuty's template
 * (https://response.pagerduty.com/after/post_mortem_template/): what the timeline knows is filled
 * in, the rest is left to people.
 */
final class PostMortem {
  private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);
  private static final String TODO = "TODO";

  private final Incident incident;
  private final StringBuilder text = new StringBuilder();

  private PostMortem(Incident incident) {
    this.incident = incident;
  }

  static String of(Incident incident) {
    return new PostMortem(incident).write();
  }

  /** Writes a draft, unless there is one: somebody may have worked on it. */
  static void write(Path folder, Incident incident) {
    String again = incident.reopenings() == 0 ? "" : "-reopened-" + incident.reopenings();
    // Numbers begin at 1 again where no state is kept, or it was lost.
    String opened = second(incident.opened()).replaceAll("[-:]", "");
    Path file = folder.resolve("incident-" + incident.number() + "-" + opened + again + ".md");
    try {
      Files.createDirectories(folder);
      Files.write(
          file, of(incident).getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      LOG.debug("The draft {} is there already and left as it is.", file, e);
    } catch (IOException e) {
      LOG.warn(
          "The draft {} cannot be written; Incidents.postMortem({}) gives its text.",
          file,
          incident.number(),
          e);
    }
  }

  private String write() {
    line("# Post-mortem: incident " + incident.number() + ", job " + inline(incident.job()));
    line("");
    facts();
    section("Overview", TODO + ": two sentences on what happened");
    section("What triggered it", bulleted(texts(Entry.Kind.ALERT)));
    section("Likely causes, by the triage table", bulleted(texts(Entry.Kind.ADVICE)));
    section(
        "Root cause" + due(Duty.ROOT_CAUSE),
        TODO + ": what caused it; which regression tests guard against it");
    section("Resolution", bulleted(texts(Entry.Kind.RESOLVED)));
    impact();
    section("Responders", bulleted(responders()));
    section("Job ids", incident.jobIds().isEmpty() ? "none recorded" : bulleted(incident.jobIds()));
    timeline();
    section("What went well", TODO);
    section("What did not go so well", TODO);
    section("Action items", "- [ ] " + TODO + ": mitigations (automation, alert tuning)");
    section("Messages", "Internal: " + TODO + "\n\nExternal: " + TODO);
    return text.toString();
  }

  private void facts() {
    line("| | |");
    line("| --- | --- |");
    row("Severity", incident.severity() + " (" + incident.severity().priority() + ")");
    row("State", incident.state().toString());
    row("Key", inline(incident.dedupKey()));
    row("Opened", second(incident.opened()));
    row(
        "Acknowledged",
        incident.acknowledged().map(PostMortem::second).orElseGet(this::acknowledgedBefore)
            + incident
                .acknowledgedAfter()
                .map(it -> ", after " + Words.roughly(it))
                .orElse(""));
    row("Resolved", incident.resolved().map(PostMortem::second).orElse("not yet"));
    row(
        "Lasted",
        incident
            .resolved()
            .map(end -> Words.roughly(Duration.between(incident.opened(), end)))
            .orElse("still open"));
    row("Opened again", incident.reopenings() + " times");
    row("Told last", inline(incident.toldTo()));
    row("Owner of this post-mortem", TODO + due(Duty.POST_MORTEM));
  }

  /** An incident that is opened again has to be acknowledged again. */
  private String acknowledgedBefore() {
    return incident.timeline().stream()
        .filter(entry -> entry.kind() == Entry.Kind.ACKNOWLEDGED)
        .reduce((one, later) -> later)
        .map(entry -> second(entry.at()) + ", before it was opened again")
        .orElse("never");
  }

  private String due(Duty duty) {
    Instant by = incident.owed().get(duty);
    return by == null ? "" : " (due by " + second(by) + ")";
  }

  private void impact() {
    line("");
    line("## Impact");
    line("");
    severities().forEach((severity, time) -> line("- Time in " + severity + ": " + time));
    incident.impact().forEach(it -> line("- " + it));
    line("- Affected users, as people saw it: " + TODO);
  }

  /** {@return how long each severity was the highest} */
  private Map<Severity, String> severities() {
    Map<Severity, String> times = new TreeMap<>();
    List<Map.Entry<Severity, Instant>> steps = List.copyOf(incident.reached().entrySet());
    for (int i = 0; i < steps.size(); i++) {
      Instant from = steps.get(i).getValue();
      boolean isLast = i + 1 == steps.size();
      String time = isLast && incident.resolved().isEmpty()
          ? "since " + second(from)
          : Words.roughly(Duration.between(
              from, isLast ? incident.resolved().orElse(from) : steps.get(i + 1).getValue()));
      times.put(steps.get(i).getKey(), time);
    }
    return times;
  }

  private List<String> responders() {
    return incident.timeline().stream()
        .map(Entry::who)
        .filter(who -> !who.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  private List<String> texts(Entry.Kind kind) {
    return incident.timeline().stream()
        .filter(entry -> entry.kind() == kind)
        .map(entry -> second(entry.at()) + " " + entry.text())
        .distinct()
        .toList();
  }

  private void timeline() {
    line("");
    line("## Timeline (UTC)");
    line("");
    line("| time | what | who | |");
    line("| --- | --- | --- | --- |");
    List<Entry> entries = incident.timeline();
    for (int i = 0; i < entries.size(); i++) {
      if (i == Timeline.FIRST && incident.leftOut() > 0) {
        line("| | | | " + incident.leftOut() + " entries left out |");
      }
      Entry entry = entries.get(i);
      line("| " + second(entry.at()) + " | " + entry.kind() + " | " + inline(entry.who()) + " | "
          + inline(entry.text()) + " |");
    }
  }

  private void section(String title, String body) {
    line("");
    line("## " + title);
    line("");
    line(body);
  }

  private void row(String name, String value) {
    line("| " + name + " | " + value + " |");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static String bulleted(List<String> lines) {
    return lines.isEmpty()
        ? TODO
        : lines.stream().map(line -> "- " + inline(line)).collect(Collectors.joining("\n"));
  }

  // What services say is shown as it is and never read as Markdown or HTML.
  private static String inline(String text) {
    return text.replaceAll("[\\r\\n]+", " ").replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1");
  }

  private static String second(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
