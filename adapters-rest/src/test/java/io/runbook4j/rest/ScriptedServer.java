package io.runbook4j.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A loopback server that answers the nth request with the nth reply, byte by byte as told. */
public final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener;
  private final List<Reply> script;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CountDownLatch cutOff = new CountDownLatch(1);
  private final AtomicInteger served = new AtomicInteger();

  private ScriptedServer(List<Reply> script) throws IOException {
    this.script = script;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** What the server does with one request. */
  @FunctionalInterface
  public interface Reply {
    void to(Request request, Socket socket, ScriptedServer server) throws Exception;
  }

  /** A request as it came. */
  public record Request(String head, String text) {
    public String line() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    public String header(String name) {
      return head.lines()
          .filter(l -> l.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
          .map(l -> l.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }
  }

  /** Starts a server; when the replies are used up, the last one is given again. */
  public static ScriptedServer replying(Reply... script) {
    try {
      return new ScriptedServer(List.of(script));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Reply raw(String text) {
    return (request, socket, server) -> {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    };
  }

  public static Reply json(int status, String body, String... headers) {
    return with(status, "application/json", body, headers);
  }

  public static Reply with(int status, String type, String body, String... headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String extra = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    String head = "HTTP/1.1 " + status + " Whatever\r\nContent-Type: " + type + "\r\n" + extra
        + "Content-Length: " + bytes.length + "\r\nConnection: close\r\n\r\n";
    return (request, socket, server) -> {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(bytes);
    };
  }

  /** Sends this and then neither more nor an end, until the server closes. */
  public static Reply hanging(String text) {
    return (request, socket, server) -> {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      server.closed.await();
    };
  }

  /** Sends a head and then a byte every few milliseconds, for ever. */
  public static Reply dripping(String head) {
    return (request, socket, server) -> {
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.ISO_8859_1));
      server.untilCutOff(() -> {
        out.write(' ');
        boolean done = server.closed.await(10, TimeUnit.MILLISECONDS);
        return !done;
      });
    };
  }

  /** Sends a head and then one piece again and again, as fast as it is taken. */
  public static Reply endless(String head, String piece) {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    return (request, socket, server) -> {
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.ISO_8859_1));
      server.untilCutOff(() -> {
        out.write(bytes);
        return server.closed.getCount() > 0;
      });
    };
  }

  /** Reads the request and resets the connection. */
  public static Reply reset() {
    return (request, socket, server) -> socket.setSoLinger(true, 0);
  }

  public URI url() {
    return url("");
  }

  public URI url(String path) {
    return URI.create("http://localhost:" + listener.getLocalPort() + path);
  }

  public List<Request> requests() {
    return requests;
  }

  /** {@return whether a client hung up on an endless body} */
  public boolean awaitCutOff() throws InterruptedException {
    return cutOff.await(10, TimeUnit.SECONDS);
  }

  /** One piece of a body; false ends it. */
  @FunctionalInterface
  private interface Piece {
    boolean write() throws Exception;
  }

  private void untilCutOff(Piece piece) throws Exception {
    try {
      while (piece.write()) {
        Thread.onSpinWait();
      }
    } catch (IOException hungUp) {
      cutOff.countDown();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Request request = read(socket.getInputStream());
      requests.add(request);
      int number = served.getAndIncrement();
      script.get(Math.min(number, script.size() - 1)).to(request, socket, this);
      socket.getOutputStream().flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      if (!(e instanceof IOException)) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static Request read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("no request");
      }
      head.write(b);
    }
    Request request = new Request(head.toString(StandardCharsets.ISO_8859_1), "");
    if (request.header("Transfer-Encoding").equals("chunked")) {
      return new Request(request.head(), utf8(chunked(in)));
    }
    String length = request.header("Content-Length");
    return length.isEmpty()
        ? request
        : new Request(request.head(), utf8(in.readNBytes(Integer.parseInt(length))));
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] chunked(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      StringBuilder line = new StringBuilder();
      while (line.indexOf("\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          throw new IOException("the request broke off");
        }
        line.append((char) b);
      }
      int size = Integer.parseInt(line.toString().strip(), 16);
      body.writeBytes(in.readNBytes(size));
      in.readNBytes(2);
      if (size == 0) {
        return body.toByteArray();
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdown();
  }
}
