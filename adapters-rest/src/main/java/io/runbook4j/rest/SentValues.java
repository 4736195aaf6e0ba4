package io.runbook4j.rest;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a base URL and a request hold that may be a secret, and that a service may repeat in its
 * answer: as it is sent, and as it was given. Short values and plain words stay out, for the sake
 * of what is prose.
 */
final class SentValues {
  private static final int SHORTEST = 8;
  private static final Pattern WORD = Pattern.compile("[a-z._~-]*");
  private static final Pattern PLAIN_HEADER = Pattern.compile(
      "(accept|content|if)(-.*)?|idempotency-key|prefer|traceparent|tracestate|user-agent");

  private final Set<String> values = new LinkedHashSet<>();

  private SentValues() {}

  static Collection<String> of(URI base) {
    SentValues sent = new SentValues();
    String path = base.getRawPath() == null ? "" : base.getRawPath();
    sent.add(path);
    for (String segment : path.split("/", -1)) {
      if (!WORD.matcher(segment).matches()) {
        sent.add(segment);
      }
    }
    sent.addQuery(base.getRawQuery() == null ? "" : base.getRawQuery());
    return sent.values;
  }

  static Collection<String> of(RestRequest request) {
    SentValues sent = new SentValues();
    String[] link = request.link().orElse("").split("[?#]", 3);
    sent.addQuery(link.length > 1 ? link[1] : "");
    request.query().forEach(sent::addQuery);
    request.headers().forEach((name, value) -> {
      if (!PLAIN_HEADER.matcher(name).matches()) {
        sent.add(value);
      }
      if (name.equals("authorization")) {
        sent.add(value.substring(value.lastIndexOf(' ') + 1));
      }
    });
    return sent.values;
  }

  private void addQuery(String query) {
    for (String parameter : List.of(query.split("&", -1))) {
      String[] nameAndValue = parameter.split("=", 2);
      add(nameAndValue[nameAndValue.length - 1]);
    }
  }

  private void add(String value) {
    if (value.length() >= SHORTEST) {
      values.add(value);
    }
    try {
      String given = URLDecoder.decode(value, StandardCharsets.UTF_8);
      if (given.length() >= SHORTEST) {
        values.add(given);
      }
    } catch (IllegalArgumentException notEncoded) {
      return; // a percent sign that stands for itself
    }
  }
}
