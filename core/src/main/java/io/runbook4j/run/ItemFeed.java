package io.runbook4j.run;

import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes items from a source in order, leaving out those that have their outcome from an earlier
 * process of the run.
 */
final class ItemFeed<T> implements AutoCloseable {
  private static final int PAGE_LIMIT = 1_000;

  /**
   * After so many items without a match, outcomes that matched nothing belong to items that the
   * source no longer has.
   */
  private static final int GONE_AFTER = 10_000;

  /** What a process may have had open between two outcomes: a horizon of chunks of this size. */
  private static final int MOST_EXPECTED_CHUNK = 1_000;

  private final Source<T> source;
  private final boolean seekable;
  private final Redaction redaction;
  private final Position resumed;
  private final Map<String, Integer> settled;

  /** The outcomes that items got in other runs since. */
  private final Map<String, Outcome> elsewhere;

  private final Map<String, OpenChunk<T>> open = new LinkedHashMap<>();

  /** Chunks with an item that came up and cannot be read any more; they stay in doubt. */
  private final Set<OpenChunk<T>> incomplete = new LinkedHashSet<>();

  private final DistinctKeys distinct = new DistinctKeys();
  private int unresolved;
  private int sinceMatch;
  private final int goneAfter;

  private @Nullable PageReader<T> reader;
  private Page<T> page = Page.<T>builder(0).next(Cursor.start());
  private int index;
  private Position pagePosition;

  /**
   * Whether none of this page's items was left out, so that the ledger knows all of them by this
   * process's page numbers.
   */
  private boolean pageMatched;

  private @Nullable Cursor nextCursor;
  private int nextPage;
  private @Nullable Failure failure;
  private @Nullable Cursor landmark;
  private long pagesUntilLandmark;
  private long pagesToNextLandmark = 1;

  /**
   * Makes a feed.
   *
   * @param seekable whether the source's cursors mean something in a later process; a rerun's do
   *     not, it begins again
   * @param elsewhere the outcomes that items got in other runs since, by key
   */
  ItemFeed(
      Source<T> source,
      ResumePoint resume,
      boolean seekable,
      Map<String, Outcome> elsewhere,
      Redaction redaction) {
    this.source = source;
    this.redaction = redaction;
    this.elsewhere = elsewhere;
    this.seekable = seekable;
    this.resumed = seekable ? resume.position() : Position.start();
    this.settled = new HashMap<>(resume.settledSince());
    int sent = resume.open().stream().mapToInt(chunk -> chunk.keys().size()).sum();
    int between = resume.attempts().size() + settled.size() + sent;
    this.goneAfter = GONE_AFTER + Frontier.HORIZON * MOST_EXPECTED_CHUNK + 2 * between;
    this.pagePosition = resumed;
    this.nextCursor = resumed.cursor();
    this.nextPage = Math.max(resume.nextPage(), resumed.page());
  }

  /** Leaves out one more occurrence of the key. */
  void leaveOut(String key) {
    settled.merge(key, 1, Integer::sum);
  }

  /** Collects the chunk's items as they come up, instead of giving them out. */
  void collect(OpenChunk<T> chunk) {
    chunk.intent().keys().forEach(key -> open.put(key, chunk));
  }

  /**
   * {@return the chunks that could not be collected because the source no longer has all of their
   * items}
   */
  Set<OpenChunk<T>> uncollected() {
    Set<OpenChunk<T>> uncollected = new LinkedHashSet<>(incomplete);
    uncollected.addAll(open.values());
    return uncollected;
  }

  void forgetUncollected() {
    open.clear();
    incomplete.clear();
  }

  boolean isExhausted() {
    return index >= page.size() && nextCursor == null;
  }

  /** {@return whether the next item can be had without asking the source} */
  boolean isBuffered() {
    return index < page.size();
  }

  /** {@return the number of the page that the source is asked for next} */
  int nextPage() {
    return nextPage;
  }

  /**
   * {@return from where to read if nothing that was given out were open} While outcomes of an
   * earlier process are still being matched, that is where this process began.
   */
  Position position() {
    if (index < page.size() || nextCursor == null) {
      return pageStart();
    }
    return isMatched() ? new Position(nextCursor, nextPage) : resumed;
  }

  /** {@return from where to read to find the items of this page} */
  private Position pageStart() {
    return pageMatched ? pagePosition : resumed;
  }

  private boolean isMatched() {
    return seekable
        && settled.isEmpty()
        && open.isEmpty()
        && incomplete.isEmpty()
        && unresolved == 0;
  }

  /**
   * A chunk of an earlier process is in doubt: which of its items come up again is not known yet.
   */
  void hold() {
    unresolved++;
  }

  /** The chunk is in doubt no more. */
  void release() {
    unresolved--;
  }

  /**
   * Takes up to {@code most} items. Stops early before a key that is in the draft already or among
   * {@code busy}, so that items of one key keep their order, and where the source fails.
   */
  Draft<T> draft(int most, Set<String> busy) throws InterruptedException {
    Draft<T> draft = new Draft<>(most);
    distinct.clear();
    boolean more = true;
    boolean turned = false;
    while (more && draft.size() < most && draft.reapplied().isEmpty()) {
      if (index < page.size()) {
        more = isPlain(busy) ? takeRange(draft, most) : takeNext(draft, busy);
      } else if (turned && draft.isEmpty()) {
        more = false; // a page that gave nothing: let the run look around before the next
      } else {
        more = turnPage(draft);
        turned = true;
      }
    }
    return draft;
  }

  /** {@return how the source failed at the last draft, once; empty if it did not} */
  Optional<Failure> takeFailure() {
    Optional<Failure> taken = Optional.ofNullable(failure);
    failure = null;
    return taken;
  }

  /** {@return whether nothing but a key's repetition can keep the page's items from being sent} */
  private boolean isPlain(Set<String> busy) {
    return busy.isEmpty()
        && settled.isEmpty()
        && open.isEmpty()
        && elsewhere.isEmpty()
        && page.isReadable();
  }

  /** {@return false if the next item has to wait for another one of its key} */
  private boolean takeRange(Draft<T> draft, int most) {
    int last = Math.min(page.size(), index + most - draft.size());
    int end = distinct.addWhileNew(page, index, last);
    while (end < last && !isRepeated(page.key(end), draft, end)) { // two keys of one hash
      end = distinct.addWhileNew(page, end + 1, last);
    }
    draft.addRange(page, index, end, pagePosition.page(), pageStart());
    index = end;
    return end == last;
  }

  /**
   * {@return whether the key is in the draft, or among the items of the page from the next one to
   * before {@code end}}
   */
  private boolean isRepeated(String key, Draft<T> draft, int end) {
    return draft.contains(key) || page.keys(index, end).contains(key);
  }

  /** {@return false if the next item has to wait for another one of its key} */
  private boolean takeNext(Draft<T> draft, Set<String> busy) {
    String key = page.key(index);
    if (!settled.isEmpty() && isSettled(key)) {
      index++;
      return true;
    }
    OpenChunk<T> chunk = open.isEmpty() ? null : open.get(key);
    Failure unreadable = page.unreadable(index).orElse(null);
    if (chunk != null) {
      open.remove(key);
      if (unreadable == null) {
        gather(chunk, key, draft);
      } else {
        incomplete.add(chunk);
      }
      index++;
      return true;
    }
    if ((!busy.isEmpty() && busy.contains(key))
        || (!distinct.add(key) && isRepeated(key, draft, index))) {
      return false;
    }
    Outcome known = elsewhere.get(key);
    if (known == null && unreadable != null) { // what another run has done with it stays true
      known = Outcome.failed(redaction.clean(unreadable));
    }
    if (known != null) {
      draft.addUnsent(new Draft.Unsent(key, pagePosition.page(), known), pageStart());
    } else {
      draft.add(key, page.value(index), pagePosition.page(), pageStart());
    }
    noteUnmatched();
    index++;
    return true;
  }

  private void gather(OpenChunk<T> chunk, String key, Draft<T> draft) {
    chunk.gather(key, page.value(index), pagePosition.page());
    if (chunk.isWhole()) {
      draft.addReapplied(chunk.batch());
    }
  }

  /** Counts an item that was not settled, while some that were have not come up. */
  private void noteUnmatched() {
    if (!settled.isEmpty() && ++sinceMatch > goneAfter) {
      settled.clear();
    }
  }

  private boolean isSettled(String key) {
    Integer times = settled.get(key);
    if (times == null) {
      return false;
    }
    sinceMatch = 0;
    if (times == 1) {
      settled.remove(key);
    } else {
      settled.put(key, times - 1);
    }
    return true;
  }

  /** {@return whether there is another page} */
  private boolean turnPage(Draft<T> draft) throws InterruptedException {
    if (nextCursor == null) {
      return false;
    }
    try {
      page = checked(read(nextCursor), nextCursor);
    } catch (FailureException e) {
      failure = e.failure(); // what is in hand goes first
      return false;
    } catch (InterruptedException e) {
      if (draft.isEmpty()) {
        throw e;
      }
      Thread.currentThread().interrupt();
      return false;
    }
    index = 0;
    pageMatched = isMatched();
    pagePosition = new Position(nextCursor, nextPage++);
    nextCursor = page.next().orElse(null);
    return true;
  }

  /**
   * Pages that lead back to one of them would be read for ever. Any such loop is noticed before it
   * was gone through three times: the landmark moves on at the first, second, fourth, eighth page..
   * (R. P. Brent, "An improved Monte Carlo factorization algorithm", BIT 20, 1980).
   */
  private Page<T> checked(Page<T> read, Cursor from) {
    if (pagesUntilLandmark == 0) {
      landmark = from;
      pagesToNextLandmark *= 2;
      pagesUntilLandmark = pagesToNextLandmark;
    }
    pagesUntilLandmark--;
    Cursor next = read.next().orElse(null);
    if (next != null && (next.equals(from) || next.equals(landmark))) {
      close();
      String back = next.equals(from) ? "it" : "\"" + next.value() + "\", which was read before";
      throw new FailureException(Failure.of(
          FailureKind.UNKNOWN,
          "the source gave a page at cursor \"" + from.value() + "\" that leads back to " + back));
    }
    return read;
  }

  private Page<T> read(Cursor from) throws InterruptedException {
    try {
      if (reader == null) {
        reader = source.open(from);
      }
      return Objects.requireNonNull(reader.next(PAGE_LIMIT), "the source gave no page");
    } catch (FailureException | InterruptedException e) {
      closeAfter(e);
      throw e;
    } catch (RuntimeException e) {
      closeAfter(e);
      throw new FailureException(Failure.of(FailureKind.UNKNOWN, "the source threw " + e), e);
    }
  }

  /** {@return the keys of the items that were read and not given out} */
  List<String> unread() {
    Map<String, Integer> left = new HashMap<>(settled);
    List<String> keys = new ArrayList<>(page.size() - index);
    for (int i = index; i < page.size(); i++) {
      String key = page.key(i);
      Integer times = left.get(key);
      if (times == null) {
        keys.add(key);
      } else if (times == 1) {
        left.remove(key);
      } else {
        left.put(key, times - 1);
      }
    }
    return keys;
  }

  private void closeAfter(Exception failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    PageReader<T> open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
