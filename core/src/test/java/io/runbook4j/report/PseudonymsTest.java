package io.runbook4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.adapter.Redactor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PseudonymsTest {
  private final Pseudonyms pseudonyms = new Pseudonyms(new byte[16]);

  private String replaced(String text, String... keys) {
    pseudonyms.know(List.of(keys), new Redactor());
    return pseudonyms.replaceIn(text);
  }

  @Test
  void of_testCase2OfRfc4231_isItsBeginning() {
    Pseudonyms jefe = new Pseudonyms("Jefe".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    assertThat(jefe.of("what do ya want for nothing?")).isEqualTo("k-5bdcc146bf60754e");
  }

  @Test
  void of_otherSecret_isAnotherName() {
    assertThat(new Pseudonyms(new byte[17]).of("k1"))
        .isNotEqualTo(
            new Pseudonyms("0123456789abcdefg".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .of("k1"));
  }

  @Test
  void replaceIn_keyInsideOfAWord_stays() {
    String name = pseudonyms.of("12");

    assertThat(replaced("12, (12) a12 123 12-12 http://x/12?", "12"))
        .isEqualTo(
            name + ", (" + name + ") a12 123 " + name + "-" + name + " http://x/" + name + "?");
  }

  @Test
  void replaceIn_keysThatBeginAlike_takesTheLongest() {
    assertThat(replaced("a.b a.b.c a.c", "a", "a.b", "a.b.c"))
        .isEqualTo(
            pseudonyms.of("a.b") + " " + pseudonyms.of("a.b.c") + " " + pseudonyms.of("a") + ".c");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      ann.user15@example.com | GET /users/ann.user15%40example.com: HTTP 404 | GET /users/K: HTTP 404
      ann.user15@example.com | of Ann.User15@example.com?                    | of Ann.User15@example.com?
      Ann.User15@Example.com | of ann.user15@example.com, ann.user15%40example.com | of K, K
      a/b                    | a%2Fb a%2fb                                   | K K
      Müller, Ann            | M%C3%BCller%2C+Ann M%c3%bcller%2c%20Ann m%C3%BCller%2C%20ann | K K K
      `O"Brien`              | `no O\\"Brien here`                          | no K here
      ann.user15@example.com | /next?at=%2Fusers%2Fann.user15%40example.com  | /next?at=%2Fusers%2FK
      20                     | a%20b                                         | a%20b
      """)
  void replaceIn_keyAsItStandsInUrlsAndJson_isReplaced(String key, String text, String expected) {
    assertThat(replaced(text, key)).isEqualTo(expected.replace("K", pseudonyms.of(key)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"line break", "line\\nbreak", "line%0Abreak", "line\nbreak"})
  void replaceIn_keyWithALineBreak_isReplaced(String form) {
    assertThat(replaced("(" + form + ")", "line\nbreak"))
        .isEqualTo("(" + pseudonyms.of("line\nbreak") + ")");
  }

  @Test
  void replaceIn_otherKeyInLowerCase_isItself() {
    assertThat(replaced("ab AB Ab", "AB", "ab"))
        .isEqualTo(pseudonyms.of("ab") + " " + pseudonyms.of("AB") + " Ab");
  }

  @Test
  void replaceIn_randomTexts_isAsTryingEveryKeyDoes() {
    long seed = System.identityHashCode(this);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 3_000; round++) {
      Pseudonyms some = new Pseudonyms(new byte[16]);
      List<String> keys = new ArrayList<>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        keys.add(word(random, 1 + random.nextInt(5)));
      }
      String text = word(random, random.nextInt(40));
      some.know(keys, new Redactor());

      assertThat(some.replaceIn(text))
          .as("seed %d round %d keys %s text <%s>", seed, round, keys, text)
          .isEqualTo(naive(some, keys, text));
    }
  }

  private static String word(SplittableRandom random, int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append("aab.- ".charAt(random.nextInt(6)));
    }
    return word.toString();
  }

  private static String naive(Pseudonyms some, List<String> keys, String text) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < text.length(); ) {
      int from = at;
      String key = keys.stream()
          .filter(k -> !k.isBlank() && text.startsWith(k, from))
          .filter(k -> isBorder(text, from) && isBorder(text, from + k.length()))
          .max(Comparator.comparingInt(String::length))
          .orElse("");
      out.append(key.isEmpty() ? text.substring(at, at + 1) : some.of(key));
      at += Math.max(1, key.length());
    }
    return out.toString();
  }

  private static boolean isBorder(String text, int at) {
    return at == 0
        || at == text.length()
        || !Character.isLetterOrDigit(text.charAt(at - 1))
        || !Character.isLetterOrDigit(text.charAt(at));
  }
}
