package io.runbook4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SourceContractTest {
  private static final String READ = "read_fromTheStart_givesAllKeysInOrder";
  private static final String RESUME = "open_atEachCursor_givesExactlyTheRest";
  private static final String FOREIGN = "open_foreignCursor_isRefused";
  private static final String TWO_READERS = "open_twoReadersInTurn_eachGivesAll";

  abstract static class Checked extends SourceContract<String> {
    @Override
    protected List<String> expectedKeys() {
      return ListSource.KEYS;
    }
  }

  static final class Honest extends Checked {
    @Override
    protected Source<String> source() {
      return new ListSource();
    }
  }

  @Test
  void honest_source_passesAll() {
    ContractRun run = ContractRun.of(Honest.class);

    assertThat(run.failed()).isEmpty();
    assertThat(run.skipped()).isEmpty();
    assertThat(run.passed()).isEqualTo(16); // two of them with 4 limits each
  }

  static final class Bare extends Checked {
    @Override
    protected Source<String> source() {
      return from -> new ListSource().open(from); // nothing but what must be
    }
  }

  @Test
  void missingCapabilities_areSkippedVisibly() {
    ContractRun run = ContractRun.of(Bare.class);

    assertThat(run.failed()).isEmpty();
    assertThat(run.skipped())
        .containsExactly(
            "count_known_isAboutTheNumberOfItems",
            "fetch_someKnownSomeNot_givesTheKnownOnes",
            "fetch_unknownKey_givesAnEmptyPage");
  }

  static final class SkipsOneWhenResumed extends Checked {
    @Override
    protected Source<String> source() {
      return new ListSource() {
        @Override
        int position(Cursor from) {
          return from.isStart() ? 0 : super.position(from) + 1;
        }
      };
    }
  }

  @Test
  void cursorOneOff_isFound() {
    assertThat(ContractRun.of(SkipsOneWhenResumed.class).failed())
        .contains(RESUME)
        .doesNotContain(READ);
  }

  static final class ForgetsTheCursor extends Checked {
    @Override
    protected Source<String> source() {
      return new ListSource() {
        @Override
        int position(Cursor from) {
          return 0;
        }
      };
    }
  }

  @Test
  void cursorIgnored_isFound() {
    assertThat(ContractRun.of(ForgetsTheCursor.class).failed())
        .contains(RESUME, "map_always_keepsKeysAndCursors", "filter_refusesAll_keepsCursors");
  }

  /** Begins again at what it cannot read. */
  static class BeginsAgain extends Checked {
    @Override
    protected Source<String> source() {
      return new ListSource() {
        @Override
        int position(Cursor from) {
          return from.value().matches("\\d+") ? super.position(from) : 0;
        }
      };
    }
  }

  static final class BeginsAgainByAgreement extends BeginsAgain {
    @Override
    protected Optional<Cursor> foreignCursor() {
      return Optional.empty();
    }
  }

  static final class OnePage extends Checked {
    @Override
    protected Source<String> source() {
      return from -> limit -> new ListSource().page(0, ListSource.KEYS.size());
    }
  }

  @Test
  void foreignCursorTaken_isFoundWhereTheSourceHasCursors() {
    ContractRun run = ContractRun.of(BeginsAgain.class);

    assertThat(run.failed()).containsExactly(FOREIGN);
    assertThat(run.message(FOREIGN)).contains("no cursor of this source", "must not begin again");
    assertThat(ContractRun.of(BeginsAgainByAgreement.class).skipped()).containsExactly(FOREIGN);
    assertThat(ContractRun.of(OnePage.class).skipped()).contains(FOREIGN);
  }

  static final class NeverEnds extends Checked {
    @Override
    protected Source<String> source() {
      return from -> limit -> Page.<String>builder(0).next(new Cursor("again"));
    }
  }

  @Test
  void endlessSource_isFound() {
    assertThat(ContractRun.of(NeverEnds.class).failed()).contains(READ);
  }

  static final class WrongOrder extends Checked {
    @Override
    protected Source<String> source() {
      return from -> {
        PageReader<String> reader = new ListSource().open(from);
        return limit -> reversed(reader.next(limit));
      };
    }

    private static Page<String> reversed(Page<String> page) {
      Page.Builder<String> reversed = Page.builder(page.size());
      for (int i = page.size() - 1; i >= 0; i--) {
        reversed.add(page.key(i), page.value(i));
      }
      return page.next().map(reversed::next).orElseGet(reversed::last);
    }
  }

  @Test
  void wrongOrder_isFound() {
    assertThat(ContractRun.of(WrongOrder.class).failed()).contains(READ);
  }

  static final class SharesItsReader extends Checked {
    @Override
    protected Source<String> source() {
      PageReader<String> onlyOne = new ListSource().open(Cursor.start());
      return from -> onlyOne;
    }
  }

  @Test
  void sharedReader_isFound() {
    assertThat(ContractRun.of(SharesItsReader.class).failed()).contains(TWO_READERS);
  }

  static final class Misfetches extends Checked {
    @Override
    protected Source<String> source() {
      return new ListSource() {
        @Override
        public Optional<Page<String>> fetch(List<String> keys) {
          return Optional.of(page(0, 3));
        }

        @Override
        public OptionalLong count() {
          return OptionalLong.of(23);
        }
      };
    }
  }

  @Test
  void fetchAndCountWrong_areFound() {
    assertThat(ContractRun.of(Misfetches.class).failed())
        .containsExactly(
            "count_known_isAboutTheNumberOfItems",
            "fetch_someKnownSomeNot_givesTheKnownOnes",
            "fetch_unknownKey_givesAnEmptyPage");
  }

  static final class FetchesNull extends Checked {
    @Override
    protected Source<String> source() {
      return new ListSource() {
        @Override
        @SuppressWarnings("NullAway") // an author without a checker
        public Optional<Page<String>> fetch(List<String> keys) {
          return null;
        }
      };
    }
  }

  @Test
  void fetchThatGivesNull_isFound() {
    ContractRun run = ContractRun.of(FetchesNull.class);

    assertThat(run.failed())
        .containsExactly(
            "fetch_someKnownSomeNot_givesTheKnownOnes", "fetch_unknownKey_givesAnEmptyPage");
    assertThat(run.message("fetch_unknownKey_givesAnEmptyPage")).contains("fetch", "never null");
  }

  static final class MapsBadly extends Checked {
    @Override
    protected Source<String> source() {
      return new ListSource() {
        @Override
        public <R> Source<R> map(Function<? super String, ? extends R> mapping) {
          return from -> limit -> {
            Page.Builder<R> page = Page.builder(1);
            return page.add("key-0", mapping.apply("value")).last();
          };
        }
      };
    }
  }

  @Test
  void mapOfItsOwn_isFound() {
    assertThat(ContractRun.of(MapsBadly.class).failed())
        .containsExactly(
            "map_always_keepsKeysAndCursors", "map_mappingThrows_makesItemsUnreadable");
  }
}
