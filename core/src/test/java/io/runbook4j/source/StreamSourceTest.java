package io.runbook4j.source;

import io.runbook4j.spi.sync.Source;
import io.runbook4j.testkit.contract.SourceContract;
import java.util.List;
import java.util.stream.IntStream;

class StreamSourceTest extends SourceContract<Integer> {
  @Override
  protected Source<Integer> source() {
    return Sources.stream(() -> IntStream.range(0, 30).boxed().parallel(), number -> "k" + number);
  }

  @Override
  protected List<String> expectedKeys() {
    return IntStream.range(0, 30).mapToObj(number -> "k" + number).toList();
  }
}
