package io.runbook4j.report;

import io.runbook4j.spi.ledger.RunId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The diary as text. An entry stands between two comments on lines of their own that name its run;
 * in it, all behind the heading of the notes is people's. If the second comment is missing, because
 * somebody deleted it or copied half a file, the entry ends where the next one begins.
 */
final class DiaryText {
  private static final String HEADING = "\n### Notes\n";
  private static final Pattern NOTES = Pattern.compile("^### Notes[ \t]*\r?\n", Pattern.MULTILINE);
  private static final String BEGIN = "<!-- run ";
  private static final Pattern NEXT = Pattern.compile("^<!-- run ", Pattern.MULTILINE);

  private DiaryText() {}

  /** {@return the diary with this entry, its notes kept, at its place or at the end} */
  static String put(String diary, RunId run, String entry) {
    Optional<Place> place = find(diary, run);
    if (place.isEmpty()) {
      return separated(diary) + framed(run, entry, "\n");
    }
    Place old = place.get();
    return diary.substring(0, old.begin)
        + framed(run, entry, notes(old.body(diary)))
        + diary.substring(old.end);
  }

  /** {@return the diary with a line more in the notes of a run; empty if it has no entry} */
  static Optional<String> note(String diary, RunId run, String line) {
    return find(diary, run).map(place -> {
      String body = place.body(diary);
      String notes = notes(body);
      String kept = notes.endsWith("\n") ? notes : notes + "\n";
      return diary.substring(0, place.begin)
          + framed(run, head(body), kept + line)
          + diary.substring(place.end);
    });
  }

  /** {@return the entry of a run with its notes, without the comments around it} */
  static Optional<String> entry(String diary, RunId run) {
    return find(diary, run).map(place -> place.body(diary));
  }

  /** {@return the notes in an entry; a blank line if there are none} */
  static String notes(String body) {
    Matcher heading = NOTES.matcher(body);
    return heading.find() ? body.substring(heading.end()) : "\n";
  }

  /** {@return an entry without its notes} */
  private static String head(String body) {
    Matcher heading = NOTES.matcher(body);
    return (heading.find() ? body.substring(0, heading.start()) : body).stripTrailing() + "\n";
  }

  private static String framed(RunId run, String head, String notes) {
    return BEGIN + run + " -->\n" + head + HEADING + notes + (notes.endsWith("\n") ? "" : "\n")
        + end(run);
  }

  private static String end(RunId run) {
    return "<!-- end of run " + run + " -->\n";
  }

  private static String separated(String diary) {
    return diary.isEmpty() || diary.endsWith("\n\n")
        ? diary
        : diary.endsWith("\n") ? diary + "\n" : diary + "\n\n";
  }

  private static Optional<Place> find(String diary, RunId run) {
    Matcher opening = line(BEGIN + run + " -->").matcher(diary);
    if (!opening.find()) {
      return Optional.empty();
    }
    int body = opening.end();
    Matcher next = NEXT.matcher(diary);
    int border = next.find(body) ? next.start() : diary.length();
    Matcher closing = line(end(run).strip()).matcher(diary).region(body, border);
    return Optional.of(
        closing.find()
            ? new Place(opening.start(), body, closing.start(), closing.end())
            : new Place(opening.start(), body, border, border));
  }

  /** A line of its own, ended by any editor. */
  private static Pattern line(String text) {
    return Pattern.compile("^" + Pattern.quote(text) + "[ \t]*(?:\r?\n|\\z)", Pattern.MULTILINE);
  }

  /** Where an entry stands: from the first comment to behind the second, its body in between. */
  private record Place(int begin, int bodyBegin, int bodyEnd, int end) {
    String body(String diary) {
      return diary.substring(bodyBegin, bodyEnd);
    }
  }
}
