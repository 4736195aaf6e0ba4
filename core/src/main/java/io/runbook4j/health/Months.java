package io.runbook4j.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.runbook4j.spi.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tallies of the last months, and of which kind this process's last sample was. Not safe for
 * threads.
 */
final class Months {
  private static final int FORMAT = 1;
  private static final int MOST = 13;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TreeMap<YearMonth, Tally> months = new TreeMap<>();
  private @Nullable Sample last;

  private record Sample(long nanos, boolean isUp) {}

  static YearMonth monthOf(Instant instant) {
    return YearMonth.from(instant.atOffset(ZoneOffset.UTC));
  }

  /** {@return the tally that counts for an instant; the oldest is dropped for a new one} */
  Tally at(Instant instant) {
    Tally tally = months.computeIfAbsent(monthOf(instant), month -> new Tally());
    if (months.size() > MOST) {
      months.pollFirstEntry();
    }
    return tally;
  }

  Tally of(YearMonth month) {
    return months.getOrDefault(month, new Tally());
  }

  /**
   * Counts the time since the last sample as the last sample was, in the month in which it passed;
   * nothing if that is longer than {@code most}. How long it is does not depend on whether somebody
   * sets the clock, or the machine sleeps.
   */
  void sample(Time time, boolean isUp, Duration most) {
    Sample before = last;
    last = new Sample(time.nanoTime(), isUp);
    if (before == null || last.nanos() - before.nanos() > most.toNanos()) {
      return;
    }
    Instant now = time.now();
    Instant from = now.minusNanos(last.nanos() - before.nanos());
    while (from.isBefore(now)) {
      Instant next = monthOf(from).plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
      Instant to = next.isBefore(now) ? next : now;
      add(from, to, before.isUp());
      from = to;
    }
  }

  private void add(Instant from, Instant to, boolean isUp) {
    // of the instants, not of the difference: what each loses below a millisecond, the next has
    long millis = to.toEpochMilli() - from.toEpochMilli();
    Tally tally = at(from);
    tally.upMillis += isUp ? millis : 0;
    tally.downMillis += isUp ? 0 : millis;
  }

  byte[] bytes() {
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
    ObjectNode all = root.putObject("months");
    months.forEach((month, tally) -> tally.writeTo(all.putObject(month.toString())));
    return root.toPrettyString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * {@return what the file holds; nothing if there is none}
   *
   * @throws IllegalStateException if it is damaged or of another version
   */
  static Months read(Path file) {
    try {
      return of(JSON.readTree(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return new Months(); // the first save makes it
    } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "Service levels " + file + " are damaged: " + e.getMessage()
              + ". The file was left as it is. Restore it, or remove it to begin anew.",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("Service levels " + file + " cannot be read", e);
    }
  }

  private static Months of(JsonNode root) {
    if (root.path("format").asInt() != FORMAT) {
      throw new IllegalArgumentException(
          "format must be " + FORMAT + ", was " + root.path("format"));
    }
    Months read = new Months();
    root.path("months").properties().stream()
        .map(month -> YearMonth.parse(month.getKey()))
        .sorted()
        .forEach(
            month -> read.months.put(month, Tally.of(root.path("months").path(month.toString()))));
    return read;
  }
}
