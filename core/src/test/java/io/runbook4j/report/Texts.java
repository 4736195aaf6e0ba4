package io.runbook4j.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Secrets in the shapes that services publish, put together at run time, and hostile texts. */
final class Texts {
  private static final String LETTERS = "Zq7Lm2Xw9Rt4Vb6Nk1Hs8Jd3Fg5Pc0Ya";

  static final String ESCAPE = "\u001b[31mred\u001b[0m";
  static final String RIGHT_TO_LEFT = "abc\u202egpj.exe\u2066x\u2069";
  static final String END_OF_SCRIPT =
      "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
  static final String FORMULA = "=HYPERLINK(\"http://evil.example.test\",\"x\")";
  static final String MARKUP =
      "x`` [a](javascript:alert(1)) <b>b</b> `|` ![i](http://evil.example.test/p.png)";

  private Texts() {}

  /**
   * {@return a secret in many shapes: the part that must not be seen, by the text that tells it}
   */
  static Map<String, String> secrets() {
    Map<String, String> secrets = new LinkedHashMap<>();
    for (String head : List.of("ghp", "gho", "ghs")) {
      String body = body(secrets, 36);
      secrets.put(head + "_" + body, body);
    }
    for (String head : List.of(
        "github_" + "pat_",
        "xoxb" + "-",
        "xoxp" + "-",
        "glpat" + "-",
        "sk_" + "live_",
        "rk_" + "test_",
        "whsec" + "_")) {
      String body = body(secrets, 32);
      secrets.put(head + body, body);
    }
    String cloud = body(secrets, 16).toUpperCase(java.util.Locale.ROOT);
    secrets.put("AK" + "IA" + cloud, cloud);
    String claims = body(secrets, 30);
    secrets.put("ey" + "JhbGciOiJI." + "ey" + "J" + claims + ".sig" + claims, claims);
    String key = body(secrets, 64);
    secrets.put(
        "-----BEGIN RSA PRIV" + "ATE KEY-----" + key + "-----END RSA PRIV" + "ATE KEY-----", key);
    String bearer = body(secrets, 24);
    secrets.put("Authorization: Bea" + "rer " + bearer, bearer);
    String basic = body(secrets, 20);
    secrets.put("https://user:" + basic + "@photos.example.test/x", basic);
    String parameter = body(secrets, 20);
    secrets.put("https://photos.example.test/x?access_tok" + "en=" + parameter, parameter);
    String password = body(secrets, 20);
    secrets.put("pass" + "word=" + password, password);
    return secrets;
  }

  /** Every secret differs, so that a leak names itself. */
  private static String body(Map<String, String> before, int length) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; body.length() < length; i++) {
      body.append(LETTERS.charAt((i * 7 + before.size() * 5 + i / 32) % LETTERS.length()));
    }
    return body.toString();
  }

  static Map<String, byte[]> unzip(Path bundle) {
    Map<String, byte[]> files = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(bundle))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), zip.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
