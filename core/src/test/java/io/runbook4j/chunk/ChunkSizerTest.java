package io.runbook4j.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkSizerTest {
  @Test
  void start_defaults_beginsAtTheGeometricMean() {
    assertThat(ChunkSize.defaults().start(Integer.MAX_VALUE).size()).isEqualTo(100);
  }

  @Test
  void onRateLimited_again_halvesDownToTheMinimumAndNamesTheCause() {
    ChunkSizer sizer = ChunkSize.adaptive(50, 200).start(Integer.MAX_VALUE);

    assertThat(sizer.onRateLimited("429")).contains(new ChunkSizer.SizeChange(100, 50, "429"));
    assertThat(sizer.onRateLimited("429")).isEmpty();
    assertThat(sizer.size()).isEqualTo(50);
  }

  @Test
  void onClean_everyThird_growsByATenthOfTheRangeUpToTheMaximum() {
    ChunkSizer sizer = ChunkSize.adaptive(50, 200).start(Integer.MAX_VALUE);

    assertThat(sizer.onClean()).isEmpty();
    assertThat(sizer.onClean()).isEmpty();
    assertThat(sizer.onClean())
        .contains(new ChunkSizer.SizeChange(100, 115, "3 clean chunks in a row"));
    for (int i = 0; i < 100; i++) {
      sizer.onClean();
    }
    assertThat(sizer.size()).isEqualTo(200);
  }

  @Test
  void onClean_serviceWithAHardLimit_doesNotOscillate() {
    ChunkSizer sizer = ChunkSize.adaptive(10, 200).start(Integer.MAX_VALUE);
    List<Integer> refused = new ArrayList<>();
    for (int chunk = 0; chunk < 300; chunk++) {
      if (sizer.size() > 120) {
        refused.add(chunk);
        sizer.onTooLarge(sizer.size(), "too large");
      } else {
        sizer.onClean();
      }
    }

    assertThat(refused).as("the chunks that were too large").hasSizeLessThanOrEqualTo(5);
  }

  @Test
  void onTooLarge_oneItem_saysNothingOfTheSize() {
    ChunkSizer sizer = ChunkSize.adaptive(10, 160).start(Integer.MAX_VALUE);

    assertThat(sizer.onTooLarge(1, "timed out")).isEmpty();
    assertThat(sizer.size()).isEqualTo(40);
  }

  @Test
  void onTooLarge_chunkOfBefore_saysNothingOfTheSizeOfNow() {
    ChunkSizer sizer = ChunkSize.adaptive(10, 160).start(Integer.MAX_VALUE);

    assertThat(sizer.onTooLarge(40, "timed out")).isPresent();
    assertThat(sizer.onTooLarge(40, "timed out")).isEmpty();
    assertThat(sizer.size()).isEqualTo(20);
  }

  @Test
  void onTooLarge_chunkThatTheSmallerSizeWouldNotCut_isNoCeiling() {
    ChunkSizer sizer = ChunkSize.adaptive(10, 160).start(Integer.MAX_VALUE);
    for (int i = 0; i < 5; i++) {
      sizer.onTooLarge(3, "timed out");
    }

    for (int i = 0; i < 30; i++) {
      sizer.onClean();
    }

    assertThat(sizer.size()).isEqualTo(160);
  }

  @Test
  void onRateLimited_oftenAndThenNoMore_growsBackToTheMaximum() {
    ChunkSizer sizer = ChunkSize.adaptive(10, 160).start(Integer.MAX_VALUE);
    for (int i = 0; i < 5; i++) {
      sizer.onRateLimited("429");
    }

    for (int i = 0; i < 60; i++) {
      sizer.onClean();
    }

    assertThat(sizer.size()).isEqualTo(160);
  }

  @Test
  void start_targetTakesLess_staysWithinIt() {
    ChunkSizer sizer = ChunkSize.adaptive(50, 200).start(25);

    assertThat(sizer.size()).isEqualTo(25);
    assertThat(sizer.max()).isEqualTo(25);
  }

  @Test
  void fixed_troubleOrNot_staysFixed() {
    ChunkSizer sizer = ChunkSize.fixed(7).start(Integer.MAX_VALUE);

    assertThat(sizer.onRateLimited("429")).isEmpty();
    for (int i = 0; i < 10; i++) {
      assertThat(sizer.onClean()).isEmpty();
    }
    assertThat(sizer.size()).isEqualTo(7);
  }

  @Test
  void of_badBounds_namesThem() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChunkSize.fixed(0))
        .withMessage("size must be at least 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChunkSize.adaptive(50, 49))
        .withMessage("max must be at least min (50), was 49");
  }
}
