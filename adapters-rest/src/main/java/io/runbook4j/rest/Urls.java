package io.runbook4j.rest;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a request goes: below the base URL, or to a link of the same scheme, host and port. */
final class Urls {
  private Urls() {}

  /** Refuses a base URL that is none; shows no user information, path or query of it. */
  static void checkBase(URI base) {
    String scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
    String was;
    if (!scheme.equals("http") && !scheme.equals("https")) {
      was = scheme.isEmpty() ? "a URL without a scheme" : "a URL of scheme " + scheme;
    } else if (base.getRawUserInfo() != null || base.getRawFragment() != null) {
      was = "one with user information or a fragment";
    } else if (base.getHost() == null) {
      was = "an " + scheme + " URL " + noHost(base.getRawAuthority());
    } else if (base.getPort() > 65_535) {
      was = "an " + scheme + " URL with port " + base.getPort();
    } else {
      return;
    }
    throw new IllegalArgumentException("base must be an http or https URL with a host, without user"
        + " information and fragment, was " + was);
  }

  private static String noHost(@Nullable String authority) {
    if (authority == null) {
      return "without a host";
    }
    return authority.contains("@")
        ? "with a host that Java cannot read"
        : "with " + authority + ", which is no host name: it has letters, digits, dots and dashes";
  }

  static URI of(URI base, Exchange exchange) {
    RestRequest request = exchange.request();
    if (request.link().isEmpty()) {
      return below(base, request);
    }
    try {
      URI target = base.resolve(request.link().get());
      if (origin(target).equals(origin(base)) && target.getRawUserInfo() == null) {
        return target;
      }
      throw refusedLink(exchange, "must lead to " + origin(base) + ", led to " + origin(target));
    } catch (IllegalArgumentException noUri) { // its message repeats the link with its query
      throw refusedLink(exchange, "must be a URL, was none");
    }
  }

  private static URI below(URI base, RestRequest request) {
    String root = base.toString().split("\\?", 2)[0];
    String path = request.path();
    boolean isSlashTwice = !path.isEmpty() && root.endsWith("/");
    List<String> query = new ArrayList<>(request.query());
    if (base.getRawQuery() != null) {
      query.add(0, base.getRawQuery());
    }
    return URI.create((isSlashTwice ? root.substring(0, root.length() - 1) : root)
        + path
        + (query.isEmpty() ? "" : "?" + String.join("&", query)));
  }

  private static RestException refusedLink(Exchange exchange, String problem) {
    return RestException.refused(Failure.of(
        FailureKind.INVALID,
        "link of " + exchange.host() + " " + exchange.redactor().redact(problem)
            + "; nothing was sent"));
  }

  private static String origin(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    return scheme + "://" + host + ":" + port;
  }

  static String host(URI uri) {
    return uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }
}
