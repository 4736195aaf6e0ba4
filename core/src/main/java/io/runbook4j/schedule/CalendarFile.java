package io.runbook4j.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.runbook4j.file.internal.Claim;
import io.runbook4j.file.internal.Disk;
import io.runbook4j.schedule.MaintenanceCalendar.Done;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a calendar remembers, as a JSON file that is replaced whole. Not safe for many threads. */
final class CalendarFile {
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final Claim claim;

  private CalendarFile(Path path, Claim claim) {
    this.path = path;
    this.claim = claim;
  }

  /**
   * Claims the file, for one calendar at a time.
   *
   * @throws IllegalStateException if another one has it
   */
  static CalendarFile claim(Path file) {
    Path path = file.toAbsolutePath();
    try {
      return new CalendarFile(path, Claim.of(path, "Maintenance calendar"));
    } catch (IOException e) {
      throw new UncheckedIOException("Maintenance calendar " + path + " cannot be claimed", e);
    }
  }

  /** Lets go of the file, which must not be written any more. A second time does nothing. */
  void close() {
    try {
      claim.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Maintenance calendar " + path + " cannot be let go", e);
    }
  }

  /** {@return each task's progress; nothing if there is no file} */
  Map<String, Progress> read() {
    try {
      return progress(JSON.readTree(Files.readAllBytes(path)));
    } catch (NoSuchFileException e) {
      return Map.of(); // the first calendar on it makes the file
    } catch (JsonProcessingException | DateTimeException e) {
      throw new IllegalStateException(
          "Maintenance calendar " + path + " is damaged: " + e.getMessage()
              + ". It was left as it is. Restore it, or remove it to begin anew.",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("Maintenance calendar " + path + " cannot be read", e);
    }
  }

  private Map<String, Progress> progress(JsonNode root) {
    int format = root.path("format").asInt();
    if (format != FORMAT) {
      throw new IllegalStateException("Maintenance calendar " + path + " must be of format "
          + FORMAT + ", was " + (format == 0 ? "damaged" : format)
          + ". It was left as it is. Use the version that wrote it, or restore it.");
    }
    Map<String, Progress> tasks = new LinkedHashMap<>();
    root.path("tasks").properties().forEach(task -> {
      JsonNode kept = task.getValue();
      List<Done> done = new ArrayList<>();
      kept.path("done").forEach(entry -> done.add(done(task.getKey(), entry)));
      tasks.put(
          task.getKey(), new Progress(instant(kept, "settled"), instant(kept, "warned"), done));
    });
    return tasks;
  }

  private static Done done(String task, JsonNode entry) {
    Optional<Instant> due =
        entry.has("due") ? Optional.of(instant(entry, "due")) : Optional.empty();
    return new Done(task, entry.path("who").asText(), instant(entry, "at"), due);
  }

  private static Instant instant(JsonNode node, String name) {
    return Instant.parse(node.path(name).asText());
  }

  void write(Map<String, Progress> tasks) {
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
    ObjectNode all = root.putObject("tasks");
    tasks.forEach((name, progress) -> {
      ObjectNode task = all.putObject(name)
          .put("settled", progress.settled().toString())
          .put("warned", progress.warned().toString());
      var done = task.putArray("done");
      progress.done().forEach(entry -> {
        ObjectNode line =
            done.addObject().put("who", entry.who()).put("at", entry.at().toString());
        entry.due().ifPresent(due -> line.put("due", due.toString()));
      });
    });
    try {
      byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
      Disk.system().replace(path, file -> file.append(text, text.length));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Maintenance calendar " + path + " cannot be written, nothing was recorded", e);
    }
  }
}
