package io.runbook4j.adapter;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Blots out what looks like a secret, though nobody has named it.
 *
 * <p>Every pattern takes time in proportion to the text, whatever the text is: it begins at a
 * literal or at the beginning of a run of characters, its loops are over one class of characters,
 * and what it has run over without a match is bounded or cannot hold the beginning of another one.
 * What is blotted already stays as it is.
 */
final class TokenPatterns {
  static final String BLOT = "[redacted]";

  private static final Pattern KEY_BLOCK =
      Pattern.compile("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
          + "[^-]*+(?:-----END [A-Z0-9 ]{0,60}-----)?+");

  // The last @ of the authority counts.
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^\\s/?#\"'<>]*@");

  // Authorization: Bearer x, "Authorization":"Basic x", {Authorization=[Bearer x]}
  private static final Pattern HEADER =
      Pattern.compile("(?i)\\b((?:Proxy-)?Authorization|Set-Cookie|Cookie|X-Api-Key)"
          + "(\\\\{0,3}+[\"']?+[ \\t]{0,8}+[:=][ \\t]{0,8}+\\\\{0,3}+[\"']?+)"
          + "[^\"'\\\\\\r\\n]++");

  private static final Pattern BEARER =
      Pattern.compile("(?i)\\b(Bearer\\s{1,8}+)[A-Za-z0-9._~+/=-]{8,}+");

  // A word without a digit or a capital inside is more likely prose: "Basic authentication".
  private static final Pattern BASIC =
      Pattern.compile("\\b((?i:Basic)\\s{1,8}+)(?=[A-Za-z+/_-]{0,200}?(?:[0-9=]|[a-z][A-Z]))"
          + "[A-Za-z0-9+/_-]{6,}+=*+");

  private static final Pattern TOKEN =
      Pattern.compile("(?<![A-Za-z0-9_-])(?:xox[a-z]-|xapp-|gh[opsur]_|github_pat_|glpat-"
          + "|[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9_-]{10,}+");

  private static final String[] TOKEN_MARKS = {
    "xox",
    "xapp-",
    "gho_",
    "ghp_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "k_live_",
    "k_test_",
    "whsec_"
  };

  // At least as long as published, so that a word which begins like one stays.
  private static final Pattern LONG_TOKEN = Pattern.compile("(?<![A-Za-z0-9_-])(?:"
      + "AIza[A-Za-z0-9_-]{35,}+" // Google
      + "|SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43,}+" // SendGrid
      + "|npm_[A-Za-z0-9]{36,}+"
      + "|nfp_[A-Za-z0-9_]{36,}+" // Netlify
      + "|ntn_[A-Za-z0-9]{40,}+|secret_[A-Za-z0-9]{43,}+" // Notion
      + "|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32,}+" // Shopify
      + "|pypi-AgE[A-Za-z0-9_-]{40,}+"
      + "|do[opr]_v1_[a-f0-9]{64,}+" // DigitalOcean
      + "|hf_[A-Za-z0-9]{34,}+" // Hugging Face
      + "|sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}+" // OpenAI
      + "|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20,}+" // OpenAI
      + "|sk-ant-[A-Za-z0-9_-]{32,}+" // Anthropic
      + "|ya29\\.[A-Za-z0-9_-]{20,}+" // Google, OAuth
      + "|hvs\\.[A-Za-z0-9_-]{24,}+" // Vault
      + "|lin_api_[A-Za-z0-9]{40,}+" // Linear
      + "|ATATT3[A-Za-z0-9_=-]{40,}+" // Atlassian
      + "|dapi[a-f0-9]{32,}+)"); // Databricks

  private static final String[] LONG_TOKEN_MARKS = {
    "aiza",
    "sg.",
    "npm_",
    "nfp_",
    "ntn_",
    "secret_",
    "shpat_",
    "shpca_",
    "shppa_",
    "shpss_",
    "pypi-age",
    "_v1_",
    "hf_",
    "sk-proj-",
    "sk-svcacct-",
    "sk-admin-",
    "t3blbkfj",
    "sk-ant-",
    "ya29.",
    "hvs.",
    "lin_api_",
    "atatt3",
    "dapi"
  };

  // Who has the URL of an incoming webhook may post; slashes may be escaped, as in JSON.
  private static final Pattern SLACK_HOOK = Pattern.compile(
      "(hooks\\.slack(?:-gov)?\\.com\\\\{0,3}+/(?:services|workflows|triggers)\\\\{0,3}+/)"
          + "(?:[A-Za-z0-9_-]++\\\\{0,3}+/){2,3}+[A-Za-z0-9_-]{16,}+");

  private static final Pattern DISCORD_HOOK = Pattern.compile(
      "(discord(?:app)?\\.com\\\\{0,3}+/api\\\\{0,3}+/webhooks\\\\{0,3}+/[0-9]{1,24}+\\\\{0,3}+/)"
          + "[A-Za-z0-9_-]{32,}+");

  // A session of Salesforce begins with the organisation's id, of 15 or 18 characters.
  private static final Pattern SESSION = Pattern.compile(
      "(?<![A-Za-z0-9])00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?(?:!|%21)[A-Za-z0-9._]{20,}+");

  private static final Pattern CLOUD_KEY = Pattern.compile("\\bA(?:KI|SI)A[A-Z0-9]{16}\\b");

  private static final Pattern JSON_WEB_TOKEN = Pattern.compile(
      "(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}+\\.eyJ[A-Za-z0-9_-]{5,}+(?:\\.[A-Za-z0-9_-]*+)?+");

  // ?token=x&client_secret=y
  private static final Pattern PARAMETER =
      Pattern.compile("(?<=[?&])([A-Za-z0-9_.%\\[\\]-]{1,64}+)=");

  // password=x, at the beginning of a form, in a record's toString, or behind a space
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(?<![A-Za-z0-9_.?&%-])([A-Za-z0-9_.-]{1,64}+)=");

  // "password": "x", and the same inside of a text in quotes
  private static final Pattern FIELD = Pattern.compile(
      "\"([A-Za-z0-9_.-]{1,64}+)\\\\{0,3}+\"[ \\t]{0,8}+:[ \\t]{0,8}+(?=\\\\{0,3}+\")");

  // What an entry needs behind a word that is not its name's: "Invalid token: expired" is prose.
  private static final Pattern MIXED = Pattern.compile("[0-9=]|[a-z][A-Z]");

  private static final Pattern NO_LETTER = Pattern.compile("[^a-z]");
  private static final int SHORTEST_ENTRY = 6;
  private static final int LONGEST_NAME = 64;

  private static final List<String> NAMES = List.of(
      "token",
      "secret",
      "password",
      "passwd",
      "pwd",
      "passphrase",
      "pass",
      "credential",
      "credentials",
      "apikey",
      "secretkey",
      "privatekey",
      "accesskey",
      "accountkey",
      "signingkey",
      "routingkey");
  // Elsewhere than in a URL, a key is an item's, and no secret.
  private static final List<String> NAMES_IN_URLS = List.of("key", "signature", "sig");
  private static final List<String> OTHER_NAMES = List.of("bypass", "compass");

  private TokenPatterns() {}

  static String redact(String text) {
    // Most messages hold no mark at all, and a pattern costs 20 ns a character. What is blotted out
    // makes no mark that was not there before.
    String marks = text.toLowerCase(Locale.ROOT);
    String clean = text;
    clean = replace(clean, KEY_BLOCK, BLOT, holds(marks, "-----begin"));
    clean =
        replace(clean, HEADER, "$1$2" + BLOT, holds(marks, "authorization", "cookie", "x-api-key"));
    clean = replace(clean, BEARER, "$1" + BLOT, holds(marks, "bearer"));
    clean = replace(clean, BASIC, "$1" + BLOT, holds(marks, "basic"));
    clean = replace(clean, TOKEN, BLOT, holds(marks, TOKEN_MARKS));
    clean = replace(clean, LONG_TOKEN, BLOT, holds(marks, LONG_TOKEN_MARKS));
    clean = replace(clean, SLACK_HOOK, "$1" + BLOT, holds(marks, "hooks.slack"));
    clean = replace(clean, DISCORD_HOOK, "$1" + BLOT, holds(marks, "discord"));
    clean = replace(clean, SESSION, BLOT, holds(marks, "00d"));
    clean = replace(clean, CLOUD_KEY, BLOT, holds(marks, "akia", "asia"));
    clean = replace(clean, JSON_WEB_TOKEN, BLOT, holds(marks, "eyj"));
    if (holds(marks, "=")) {
      clean = values(clean, PARAMETER, "&#\"'<>");
      clean = values(clean, ASSIGNMENT, "&#\"'<>,;)}");
    }
    if (holds(marks, "\"")) {
      clean = values(clean, FIELD, "");
    }
    // Behind those, because what they blot out may have held the space that ended an authority.
    clean = replace(clean, USER_INFO, BLOT + "@", holds(marks, "://"));
    // Last, because it depends on how long a value is.
    return entries(clean);
  }

  private static String replace(String text, Pattern pattern, String blotted, boolean isMarked) {
    return isMarked ? pattern.matcher(text).replaceAll(blotted) : text;
  }

  private static boolean holds(String text, String... marks) {
    for (String mark : marks) {
      if (text.contains(mark)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Blots out the values behind the names of secrets. The pattern ends before the value: what
   * stands in the value of another name is looked at too, and nothing is looked at twice.
   *
   * @param stops the characters, besides white space, that end a value without quotes
   */
  private static String values(String text, Pattern names, String stops) {
    Matcher name = names.matcher(text);
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int at = 0;
    while (name.find(at)) {
      at = name.end();
      if (isSecret(name.group(1), names == PARAMETER)) {
        int begin = afterQuote(text, at);
        int end = begin > at ? quoted(text, begin) : unquoted(text, begin, stops);
        if (end > begin) {
          out.append(text, copied, begin).append(BLOT);
          copied = end;
        }
        at = end;
      }
    }
    return copied == 0 ? text : out.append(text, copied, text.length()).toString();
  }

  /**
   * Blots out the values behind a name, a colon and a blank, as in YAML, in logs and in headers. So
   * that prose stays, a value has at least 6 characters, and no blank unless it stands in quotes;
   * and where a word or a colon stands before the name, or a word behind the value, it does not
   * look like a word itself.
   */
  private static String entries(String text) {
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int at = 0;
    for (int colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', at)) {
      int value = afterBlanks(text, colon + 1);
      int name = nameBefore(text, colon);
      at = value;
      if (value > colon + 1 && name < colon && isSecret(text.substring(name, colon), false)) {
        int begin = afterQuote(text, value);
        int end = begin > value ? quoted(text, begin) : entryEnd(text, begin);
        boolean isProse = isBehindWord(text, name) || isBeforeWord(text, end);
        if (end - begin >= SHORTEST_ENTRY
            && (!isProse || MIXED.matcher(text).region(begin, end).find())) {
          out.append(text, copied, begin).append(BLOT);
          copied = end;
          at = end;
        }
      }
    }
    return copied == 0 ? text : out.append(text, copied, text.length()).toString();
  }

  /** {@return where the name begins that ends here; here if there is none, or one too long} */
  private static int nameBefore(String text, int end) {
    int begin = end;
    while (begin > 0 && end - begin <= LONGEST_NAME && isOfName(text.charAt(begin - 1))) {
      begin--;
    }
    boolean isOfUrl = begin > 0 && "?&%".indexOf(text.charAt(begin - 1)) >= 0;
    return isOfUrl || end - begin > LONGEST_NAME ? end : begin;
  }

  private static boolean isOfName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "_.-".indexOf(c) >= 0;
  }

  /** {@return where a value without quotes ends, before the marks that close what it stands in} */
  private static int entryEnd(String text, int begin) {
    int end = unquoted(text, begin, "\"'<>");
    while (end > begin && ",;)}\\".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return end;
  }

  private static boolean isBehindWord(String text, int at) {
    int end = at;
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return end > 0
        && (Character.isLetterOrDigit(text.charAt(end - 1))
            || text.charAt(end - 1) == ':'
            || text.startsWith(BLOT, end - BLOT.length())); // it was a word
  }

  private static boolean isBeforeWord(String text, int at) {
    int begin = afterBlanks(text, at);
    return begin > at
        && begin < text.length()
        && (Character.isLetterOrDigit(text.charAt(begin)) || text.startsWith(BLOT, begin));
  }

  private static int afterBlanks(String text, int at) {
    int after = at;
    while (after < text.length() && isBlank(text.charAt(after))) {
      after++;
    }
    return after;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isSecret(String name, boolean isInUrl) {
    String plain = NO_LETTER.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
    return (NAMES.stream().anyMatch(plain::endsWith)
            && OTHER_NAMES.stream().noneMatch(plain::endsWith))
        || (isInUrl && NAMES_IN_URLS.stream().anyMatch(plain::endsWith));
  }

  /** {@return the place behind the quote, or backslashes and a quote, that stands here if any} */
  private static int afterQuote(String text, int at) {
    int quote = at;
    while (quote < text.length() && quote < at + 3 && text.charAt(quote) == '\\') {
      quote++;
    }
    return quote < text.length() && isQuote(text.charAt(quote)) ? quote + 1 : at;
  }

  /** {@return where the value ends that begins behind a quote} */
  private static int quoted(String text, int begin) {
    char quote = text.charAt(begin - 1);
    boolean isNested = begin > 1 && text.charAt(begin - 2) == '\\';
    int at = begin;
    while (at < text.length() && text.charAt(at) != quote && !isLineEnd(text.charAt(at))) {
      if (text.charAt(at) == '\\') {
        if (isNested) {
          return at;
        }
        at++;
      }
      at++;
    }
    return Math.min(at, text.length());
  }

  private static int unquoted(String text, int begin, String stops) {
    int at = begin;
    while (at < text.length()
        && stops.indexOf(text.charAt(at)) < 0
        && !Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'';
  }

  private static boolean isLineEnd(char c) {
    return c == '\n' || c == '\r';
  }
}
