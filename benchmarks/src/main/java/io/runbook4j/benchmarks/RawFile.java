package io.runbook4j.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The hand-written loop that also appends the bytes of one of our ledgers to a file, a part for
 * each chunk: what no ledger that writes them can be faster than.
 */
final class RawFile implements Engine {
  private final List<Ticket> tickets;
  private final Service service;
  private final boolean forced;
  private final ByteBuffer bytes;
  private final Path folder = Folders.create();

  private RawFile(List<Ticket> tickets, Service service, boolean forced, byte[] bytes) {
    this.tickets = tickets;
    this.service = service;
    this.forced = forced;
    this.bytes = ByteBuffer.allocateDirect(bytes.length).put(bytes);
  }

  static Engine notForced(List<Ticket> tickets, Service service, Workload workload)
      throws Exception {
    return new RawFile(tickets, service, false, Runbook.ledger(tickets, service, workload));
  }

  static Engine forced(List<Ticket> tickets, Service service, Workload workload) throws Exception {
    return new RawFile(tickets, service, true, Runbook.ledger(tickets, service, workload));
  }

  @Override
  public void run() throws IOException {
    try (FileChannel file = FileChannel.open(
        folder.resolve("raw"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      bytes.clear();
      long size = bytes.capacity();
      for (int from = 0; from < tickets.size(); from += CHUNK) {
        int to = Math.min(from + CHUNK, tickets.size());
        service.takeAllOrNone(tickets.subList(from, to));
        append(file, bytes.limit((int) (size * to / tickets.size())));
      }
    }
  }

  private void append(FileChannel file, ByteBuffer part) throws IOException {
    while (part.hasRemaining()) {
      if (file.write(part) == 0) {
        throw new IOException("the file must take some bytes, took none of " + part);
      }
    }
    if (forced) {
      file.force(false);
    }
  }

  @Override
  public void clean() {
    Folders.empty(folder);
  }

  @Override
  public void close() {
    Folders.remove(folder);
  }
}
