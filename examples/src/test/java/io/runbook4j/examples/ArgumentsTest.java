package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.limit.Quota;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
  private static Arguments real(String... more) {
    String[] all = new String[4 + more.length];
    System.arraycopy(
        new String[] {"--users", "u.csv", "--url", "https://p.example/api"}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return Arguments.parse(all);
  }

  @Test
  void parse_realInput_keepsWhatWasSaid() {
    Arguments arguments = real("--new", "--limit", "7/30", "--ledger", "r");

    assertThat(arguments.isReal()).isTrue();
    assertThat(arguments.isNew()).isTrue();
    assertThat(real().isNew()).isFalse();
    assertThat(arguments.url()).isEqualTo(URI.create("https://p.example/api"));
    assertThat(arguments.limit()).isEqualTo(Quota.of(7, Duration.ofSeconds(30)));
    assertThat(arguments.ledger(Path.of("other"))).isEqualTo(Path.of("r"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--user x | argument must be one of",
        "--users | --users must be followed by a value, was the last argument",
        "--users --url | --users must be followed by a value, was followed by --url",
        "--users a --users b | --users must be given once, was given with b again",
        "--users a --url http://h --new --new | --new must be given once, was given again",
        "--users a --url http://h --new --rerun failed | --new must be given without --rerun",
        "--new | --url must be given with --new, was missing",
        "--users a | --url must be given with --users, was missing",
        "--limit 1/2 | --url must be given with --limit, was missing",
        "--users a --url http://h --serve 1 | --serve must be given without --url",
      })
  void parse_argumentsThatMakeNoSense_saysWhatWouldBeRight(String line, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.parse(line.split(" ")))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"50", "0/60", "50/0", "x/60", "-1/60", "50/60/60"})
  void limit_noCallsPerSeconds_isRefusedWithItsValue(String limit) {
    Arguments arguments = real("--limit", limit);

    assertThatIllegalArgumentException()
        .isThrownBy(arguments::limit)
        .withMessage("--limit must be CALLS/SECONDS such as 50/60, both above 0, was " + limit);
  }

  @Test
  void users_noSuchFile_isRefusedWithItsName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> real().users())
        .withMessage("--users must be a file that can be read, was u.csv");
  }
}
