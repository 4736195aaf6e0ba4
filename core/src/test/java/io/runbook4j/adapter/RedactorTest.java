package io.runbook4j.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
  private static final String SECRET = "pa/ss \"wörd\"\\~*+1";
  private static final int HOSTILE = 1 << 18;

  private final Redactor redactor = new Redactor();

  @Test
  void redact_registered_isBlottedOutWhereverItStands() {
    redactor.register("swordfish");
    redactor.register("word");

    assertThat(redactor.redact("swordfish")).isEqualTo("[redacted]");
    assertThat(redactor.redact("aswordfishword sword")).isEqualTo("a[redacted] s[redacted]");
    assertThat(redactor.redact("swordfis")).isEqualTo("s[redacted]fis");
    assertThat(redactor.redact("Swordfis")).isEqualTo("S[redacted]fis");
    assertThat(redactor.redact("nothing")).isEqualTo("nothing");
  }

  @Test
  void redact_urlEncoded_isBlottedOut() {
    redactor.register(SECRET);
    String form = URLEncoder.encode(SECRET, StandardCharsets.UTF_8);

    assertBlotted(form);
    assertBlotted("pa%2Fss%20%22w%C3%B6rd%22%5C~%2A%2B1");
    assertBlotted("pa%2fss%20%22w%c3%b6rd%22%5c~%2a%2b1");
    assertBlotted("pa%2fss+%22w%c3%b6rd%22%5c%7e*%2b1");
  }

  @Test
  void redact_base64_isBlottedOutInAnyPlace() {
    redactor.register(SECRET);

    for (String user : List.of("", "u:", "me:", "you:", "them:")) {
      for (String rest : List.of("", "a", "bc", "def")) {
        byte[] bytes = (user + SECRET + rest).getBytes(StandardCharsets.UTF_8);
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
          String clean = redactor.redact("<" + encoder.encodeToString(bytes) + ">");

          assertThat(clean).contains("[redacted]");
          assertThat(clean.replace("[redacted]", "").length()).isLessThan(16);
        }
      }
    }
  }

  @Test
  void redact_jsonEscaped_isBlottedOut() {
    redactor.register(SECRET);
    redactor.register("line one\nline\ttwo\u0001");

    assertBlotted("pa/ss \\\"wörd\\\"\\\\~*+1");
    assertBlotted("pa\\/ss \\\"wörd\\\"\\\\~*+1");
    assertBlotted("pa/ss \\\"w\\u00f6rd\\\"\\\\~*+1");
    assertBlotted("pa/ss \\\"w\\u00F6rd\\\"\\\\~*+1");
    assertBlotted("line one\\nline\\ttwo\\u0001");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tok\\/en+1&2==",
        "tok/en+1\\u00262==",
        "tok/en+1\\u00262\\u003d\\u003d",
        "tok/en+1\\u00262\\u003D\\u003D",
        "tok/en\\u002B1\\u00262==",
        "tok\\/en\\u002b1\\u00262\\u003d\\u003d",
        "tok\\u002Fen\\u002B1\\u00262\\u003D\\u003D"
      })
  void redact_needlesslyEscapedInJson_isBlottedOut(String form) {
    redactor.register("tok/en+1&2==");

    assertBlotted(form);
  }

  @Test
  void redact_linesOfASecret_areBlottedOut() {
    redactor.register("MIIEvQIBADANBgkqhkiG9w0\nBAQEFAASCBKcwggSjAgEAAo\nshort\n");

    assertBlotted("MIIEvQIBADANBgkqhkiG9w0");
    assertBlotted("BAQEFAASCBKcwggSjAgEAAo");
    assertThat(redactor.redact("short")).isEqualTo("short");
  }

  @Test
  void redact_shortSecret_isBlottedOutOnlyAsItIs() {
    redactor.register("ab+");

    assertThat(redactor.redact("ab+ ab%2B YWIr")).isEqualTo("[redacted] ab%2B YWIr");
  }

  @Test
  void redact_secretThatIsPartOfTheBlot_changesNothingTwice() {
    redactor.register("a");
    redactor.register("edac");

    String once = redactor.redact("banana");

    assertThat(once).isEqualTo("b[redacted]n[redacted]n[redacted]");
    assertThat(redactor.redact(once)).isEqualTo(once);
  }

  @Test
  void register_blank_isRefused() {
    for (String blank : List.of("", " ", "\n")) {
      assertThatThrownBy(() -> redactor.register(blank))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void register_moreThanItRemembers_forgetsTheOneToldOfLeastRecently() {
    for (int i = 0; i < Redactor.MOST_SECRETS; i++) {
      redactor.register("secret-number-" + i + "-");
    }
    redactor.register("secret-number-0-");
    redactor.register("one-more-secret");

    assertBlotted("secret-number-0-");
    assertBlotted("secret-number-2-");
    assertBlotted("one-more-secret");
    assertThat(redactor.redact("secret-number-1-")).isEqualTo("secret-number-1-");
  }

  @Test
  void register_longSecrets_keepsFewer() {
    String oldest = "a\n".repeat(Secrets.MOST_BYTES / 2);
    String newest = "b\n".repeat(Secrets.MOST_BYTES / 2);
    redactor.register(oldest);
    redactor.register("c\n".repeat(Secrets.MOST_BYTES / 2));
    redactor.register(newest);

    assertBlotted(newest);
    assertThat(redactor.redact(oldest)).isEqualTo(oldest);
  }

  @Test
  void redact_registeredMeanwhile_isSeenByAllThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch start = new CountDownLatch(1);
    try {
      List<Future<Boolean>> seen = IntStream.range(0, 4)
          .mapToObj(thread -> threads.submit(() -> {
            start.await();
            return isEachBlottedOnceRegistered("thread-" + thread + "-secret-");
          }))
          .toList();
      start.countDown();

      for (Future<Boolean> each : seen) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean isEachBlottedOnceRegistered(String prefix) {
    for (int i = 0; i < Redactor.MOST_SECRETS / 4; i++) {
      redactor.register(prefix + i + ".");
      if (!redactor.redact(prefix + i + ".").equals("[redacted]")) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
          sent Bearer abcDEF123.-_~+/== now      | sent Bearer [redacted] now
          bearer  eyJhbGciOi                     | bearer  [redacted]
          Basic dXNlcjpwYXNz to                  | Basic [redacted] to
          Basic authentication is               | Basic authentication is
          token xoxb-1234567890-abcdefABC.       | token [redacted].
          xapp-1-A012-3456-abcdef                | [redacted]
          ghp_16C7e42F292c6912E7710c838347Ae178B | [redacted]
          `{"k":"glpat-abcdefghij1234567890"}`   | `{"k":"[redacted]"}`
          whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | [redacted]
          id AKIAIOSFODNN7EXAMPLE.               | id [redacted].
          a eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM b | a [redacted] b
          sid 00D5g000004ABcD!AQcAQH0dMHEXAMPLE.vZ_x1; | sid [redacted];
          `"00D5g000004ABcDEAU!AQcAQH0dMHEXAMPLEvZx"` | `"[redacted]"`
          frontdoor.jsp?sid=00D5g000004ABcDEAU%21AQcAQH0dMHEXAMPLEvZx&x | frontdoor.jsp?sid=[redacted]&x
          org 00D5g000004ABcDEAU!                | org 00D5g000004ABcDEAU!
          org 00D5g000004ABcDEAU! Try it again   | org 00D5g000004ABcDEAU! Try it again
          00D5g000004ABcD!AQcAQH0dMHEXAMPLEvZx    | [redacted]
          00D5g000004ABcD!AQcAQH0dMHEXAMPLEvZ     | 00D5g000004ABcD!AQcAQH0dMHEXAMPLEvZ
          00D5g000004ABcDE!AQcAQH0dMHEXAMPLEvZx   | 00D5g000004ABcDE!AQcAQH0dMHEXAMPLEvZx
          x00D5g000004ABcD!AQcAQH0dMHEXAMPLEvZx   | x00D5g000004ABcD!AQcAQH0dMHEXAMPLEvZx
          0055g000004ABcD!AQcAQH0dMHEXAMPLEvZx    | 0055g000004ABcD!AQcAQH0dMHEXAMPLEvZx
          Authorization: Digest a=b, c=d         | Authorization: [redacted]
          `"authorization":"Token abc","n":1`    | `"authorization":"[redacted]","n":1`
          `{Authorization=[Bearer abc], H=[x]}`  | {Authorization=[redacted]
          `\\"Authorization\\": \\"Basic eA==\\" x` | `\\"Authorization\\": \\"[redacted]\\" x`
          Set-Cookie: sid=1; HttpOnly            | Set-Cookie: [redacted]
          GET https://u:p@h.example/a@b          | GET https://[redacted]@h.example/a@b
          redis://:p@ss@h:6379                   | redis://[redacted]@h:6379
          https://h.example/?q=me@x.org          | https://h.example/?q=me@x.org
          https://h/?a=1&token=x%20y&b=2         | https://h/?a=1&token=[redacted]&b=2
          https://h/?access_token=x#f            | https://h/?access_token=[redacted]#f
          https://h/?key=x                       | https://h/?key=[redacted]
          https://h/?X-Amz-Signature=ab          | https://h/?X-Amz-Signature=[redacted]
          https://h/?password=&b=2               | https://h/?password=&b=2
          https://h/?u=http://i/?token=x&b=2     | https://h/?u=http://i/?token=[redacted]&b=2
          client_secret=x&grant=y                | client_secret=[redacted]&grant=y
          Config[user=u, dbPassword=x, n=1]      | Config[user=u, dbPassword=[redacted], n=1]
          `password="a b" c`                     | `password="[redacted]" c`
          `{"apiKey": "a\\"b", "n": 1}`          | `{"apiKey": "[redacted]", "n": 1}`
          `{\\"token\\":\\"abc\\",\\"n\\":1}`    | `{\\"token\\":\\"[redacted]\\",\\"n\\":1}`
          `{"key":"u1","status":"ok"}`           | `{"key":"u1","status":"ok"}`
          run=r1 key=U123 items=4                | run=r1 key=U123 items=4
          tokenBucketSize=5 tokens left          | tokenBucketSize=5 tokens left
          `Invalid token: expired`               | `Invalid token: expired`
          password: opensesame                   | password: [redacted]
          `  client_secret:   a1b2c3`            | `  client_secret:   [redacted]`
          `- private_key: "ab cd ef"`            | `- private_key: "[redacted]"`
          user: bob, password: swordfish, n: 1   | user: bob, password: [redacted], n: 1
          `{token: abcdef, n: 1}`                | `{token: [redacted], n: 1}`
          login with password: hunter22 failed   | login with password: [redacted] failed
          X-Auth-Token: 0a1b2c                   | X-Auth-Token: [redacted]
          Routing-Key: 0a1b2c3d4e5f              | Routing-Key: [redacted]
          DB_PASS=x PGPASS=y credential=z        | DB_PASS=[redacted] PGPASS=[redacted] credential=[redacted]
          credentials: opensesame                | credentials: [redacted]
          `{"message":"password: a1b2c3"}`       | `{"message":"password: [redacted]"}`
          `unexpected token: 'identifier'`       | `unexpected token: 'identifier'`
          unexpected token: END_OBJECT at 3      | unexpected token: END_OBJECT at 3
          HTTP 401: token: expired               | HTTP 401: token: expired
          token: expired an hour ago             | token: expired an hour ago
          password: must not be blank            | password: must not be blank
          secret: none                           | secret: none
          bypass=true compass=north tokens: 123456 | bypass=true compass=north tokens: 123456
          token:abcdef1                          | token:abcdef1
          """)
  void redact_whatLooksLikeASecret_isBlottedOut(String text, String expected) {
    String clean = redactor.redact(text);

    assertThat(clean).isEqualTo(expected);
    assertThat(redactor.redact(clean)).isEqualTo(clean);
  }

  /** Prefix, alphabet and length of the rest as published by the services and by gitleaks. */
  @ParameterizedTest
  @CsvSource({
    "AIza, word, 35",
    "npm_, alnum, 36",
    "nfp_, alnum, 36",
    "ntn_, alnum, 46",
    "secret_, alnum, 43",
    "shpat_, hex, 32",
    "shpca_, hex, 32",
    "shppa_, hex, 32",
    "shpss_, hex, 32",
    "pypi-AgEIcHlwaS5vcmc, word, 50",
    "dop_v1_, hex, 64",
    "doo_v1_, hex, 64",
    "dor_v1_, hex, 64",
    "hf_, alnum, 34",
    "sk-proj-, word, 148",
    "sk-svcacct-, word, 148",
    "sk-admin-, word, 148",
    "sk-ant-api03-, word, 95",
    "sk-ant-oat01-, word, 95",
    "ya29., word, 100",
    "hvs., word, 95",
    "lin_api_, alnum, 40",
    "ATATT3, word, 180",
    "dapi, hex, 32",
  })
  void redact_tokenOfAPublishedShape_isBlottedOutAndAShorterOneIsNot(
      String prefix, String alphabet, int length) {
    String token = prefix + characters(alphabet, length);

    assertBlotted(token);
    assertThat(redactor.redact("(" + token + ").")).isEqualTo("([redacted]).");
    assertThat(redactor.redact("{\"k\":\"" + token + "\"}")).isEqualTo("{\"k\":\"[redacted]\"}");
    assertUnchanged("a" + token);
    assertUnchanged(prefix);
    assertUnchanged(prefix + characters(alphabet, Math.min(length / 2, 19)));
  }

  @Test
  void redact_tokensOfSeveralParts_areBlottedOut() {
    String sendGrid = "SG." + characters("word", 22) + "." + characters("word", 43);
    String openAi = "sk-" + characters("alnum", 20) + "T3BlbkFJ" + characters("alnum", 20);
    String hook = "T0000000A/B0000000A/" + characters("alnum", 24);

    assertBlotted(sendGrid);
    assertBlotted(openAi);
    for (String path : List.of("services", "workflows", "triggers")) {
      assertThat(redactor.redact("POST https://hooks.slack.com/" + path + "/" + hook + " x"))
          .isEqualTo("POST https://hooks.slack.com/" + path + "/[redacted] x");
    }
    assertThat(
            redactor.redact("https:\\/\\/hooks.slack.com\\/services\\/" + hook.replace("/", "\\/")))
        .isEqualTo("https:\\/\\/hooks.slack.com\\/services\\/[redacted]");
    for (String host : List.of("discord", "discordapp")) {
      String url = "https://" + host + ".com/api/webhooks/1234567890123/";
      assertThat(redactor.redact("POST " + url + characters("word", 68) + " x"))
          .isEqualTo("POST " + url + "[redacted] x");
    }
  }

  @Test
  void redact_connectionString_losesItsKeyOnly() {
    assertThat(redactor.redact("AccountName=photos;AccountKey=" + characters("alnum", 86) + "=="))
        .isEqualTo("AccountName=photos;AccountKey=[redacted]");
  }

  private static String characters(String alphabet, int length) {
    String all = switch (alphabet) {
      case "hex" -> "0a1b2c3d4e5f6789";
      case "alnum" -> "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7c";
      default -> "aB3-dE6_gH9jK2mN5pQ8sT1vW4yZ";
    };
    return all.repeat(length / all.length() + 1).substring(0, length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secret_key_name is not set; client_secret_key_of_the_production_environment_is_not_either",
        "use hf_ or HF_, such as hf_transfer_is_enabled_for_all_the_downloads_of_this_job",
        "npm_config_registry and npm_package_dependencies_of_the_whole_workspace_are_set",
        "npm_lifecycle nfp_ ntn_ shpat_ dop_v1_ sk- sk-proj- sk-ant- pypi- SG. AIza",
        "PROJ-1234, ticket SK-2026-0001, task-sk-42, locale sk-SK, disk-proj-1, risk-ant-2",
        "pypi-server-2.0.1-py3-none-any.whl and pypi-attestations were not found",
        "msg.text of MSG.2026.01, SG.Singapore.example.com, a.SG.b",
        "see https://hooks.slack.com/services/ and https://hooks.slack.com/services/T0/B0",
        "secret_0a1b2c3d4e5f67890a1b2c3d4e5f6789 is an id of 32",
      })
  void redact_wordsAndKeysThatBeginLikeAToken_stay(String text) {
    assertUnchanged(text);
  }

  private void assertUnchanged(String text) {
    assertThat(redactor.redact(text)).isEqualTo(text);
  }

  @Test
  void redact_privateKey_isBlottedOut() {
    String text =
        "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ\nIBADAN\n-----END RSA PRIVATE KEY-----\nb";

    assertThat(redactor.redact(text)).isEqualTo("a\n[redacted]\nb");
    assertThat(redactor.redact(text.substring(0, 45))).isEqualTo("a\n[redacted]");
  }

  @Test
  void redact_header_endsWithItsLine() {
    assertThat(redactor.redact("Authorization: Bearer a b\r\nHost: h"))
        .isEqualTo("Authorization: [redacted]\r\nHost: h");
  }

  @ParameterizedTest
  @Timeout(10) // a tenth of a second if in proportion to the text, a minute if to its square
  @ValueSource(
      strings = {
        "a",
        "A",
        "=",
        "\"",
        "\\",
        " ",
        "/",
        "://",
        "://a:",
        "@",
        "eyJ",
        "eyJ-",
        "-eyJ",
        "eyJaaaaa.",
        "eyJaaaaa.eyJaaaa.",
        "xoxb-",
        "xox",
        "ghp_",
        "AKIA",
        "AIza",
        "secret_",
        "nfp_",
        "nfp_ ",
        "npm_a",
        "sk-proj-",
        "sk-",
        "sk-ant-.",
        "T3BlbkFJ sk-a",
        "SG.",
        "SG.aaaaaaaaaaaaaaaaaaaaaa.",
        "pypi-AgE",
        "hooks.slack.com/services/",
        "hooks.slack.com/services/a",
        "discord.com/api/webhooks/1/",
        "discord.com/api/webhooks/",
        "ya29.",
        "ATATT3-",
        "00D",
        "00Dabcdefghijkl!",
        "Bearer ",
        "Bearer",
        "Basic ",
        "Basic a",
        "Authorization",
        "Authorization:",
        "Authorization:\"",
        "Authorization\\",
        "Cookie \"",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----a",
        "?",
        "&",
        "?a=",
        "?token=",
        "?token",
        "token=",
        "token=\"",
        "token=\\",
        "password",
        "token: ",
        "token: a",
        "token:",
        "token: abcdef ",
        "token: \"",
        "token: }",
        "pass                 ",
        "a: ",
        "\"token\":",
        "\"token\":\"",
        "\"token\":\"\\",
        "\\\"token\\\":\\\"",
        "\"a",
        "a=",
        "a.",
        "[",
        "[redacted]",
        "[redacted",
        "ab",
        "aab"
      })
  void redact_hostileText_takesTimeInProportion(String piece) {
    redactor.register("a".repeat(5_000) + "b");
    redactor.register("ab".repeat(5_000) + "c");
    String text = piece.repeat(HOSTILE / piece.length());

    String once = redactor.redact(text);

    assertThat(redactor.redact(once).length()).isLessThanOrEqualTo(once.length());
  }

  @Test
  void redact_twice_changesNothingMore() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> pieces = List.of(
        "token=",
        "\"token\":\"",
        "token: ",
        "password: ",
        ")",
        "'",
        "A",
        "\"",
        "abc",
        " ",
        "?key=",
        "&",
        "://",
        "@",
        "u:p",
        "Bearer ",
        "\\",
        "Authorization: ",
        "Authorization=[",
        "]",
        "eyJhbGciOi.eyJhbGciOi",
        ".",
        "[redacted]",
        "xoxb-",
        "https://hooks.slack.com/services/",
        "sk-ant-",
        "SG.0123456789012345678901.",
        "0123456789012345678901234567890123456789012345",
        "00Dabcdefghijkl!",
        "0123456789",
        "swordfish",
        "\n",
        ",",
        "-----BEGIN PRIVATE KEY-----",
        "-",
        "/",
        "#");
    redactor.register("swordfish");

    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      String once = redactor.redact(text.toString());

      assertThat(once).as("seed " + seed).doesNotContain("swordfish");
      assertThat(redactor.redact(once)).as("seed " + seed + ", " + text).isEqualTo(once);
    }
  }

  @Test
  void safe_cleanException_isItself() {
    Throwable clean = new IllegalStateException("a", new IllegalArgumentException("b"));

    assertThat(redactor.safe(clean)).isSameAs(clean);
  }

  @Test
  void safe_secretInACause_isCopiedWithoutIt() {
    redactor.register("swordfish");
    IllegalStateException cause = new IllegalStateException("no swordfish");
    RuntimeException thrown = new RuntimeException("outer", cause);
    thrown.addSuppressed(new IllegalArgumentException("a swordfish"));
    cause.addSuppressed(thrown); // a circle

    Throwable safe = redactor.safe(thrown);

    assertThat(Texts.of(safe))
        .doesNotContain("swordfish")
        .contains("java.lang.RuntimeException: outer")
        .contains("java.lang.IllegalStateException: no [redacted]")
        .contains("java.lang.IllegalArgumentException: a [redacted]");
    assertThat(safe.getStackTrace()).isEqualTo(thrown.getStackTrace());
    assertThat(redactor.safe(safe)).isSameAs(safe);
  }

  private void assertBlotted(String text) {
    assertThat(redactor.redact("<" + text + ">")).isEqualTo("<[redacted]>");
  }
}
