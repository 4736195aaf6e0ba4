package io.runbook4j.benchmarks;

import com.google.api.core.ApiFuture;
import com.google.api.core.ApiFutures;
import com.google.api.core.SettableApiFuture;
import com.google.api.gax.batching.BatchEntry;
import com.google.api.gax.batching.Batcher;
import com.google.api.gax.batching.BatcherImpl;
import com.google.api.gax.batching.BatchingDescriptor;
import com.google.api.gax.batching.BatchingException;
import com.google.api.gax.batching.BatchingRequestBuilder;
import com.google.api.gax.batching.BatchingSettings;
import com.google.api.gax.batching.FlowController;
import com.google.api.gax.rpc.ApiCallContext;
import com.google.api.gax.rpc.UnaryCallable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** The batcher of Google's API clients. The future of an item is its outcome; they are not kept. */
final class Gax implements Engine {
  private final List<Ticket> tickets;
  private final Service service;
  private final Workload workload;
  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

  Gax(List<Ticket> tickets, Service service, Workload workload) {
    this.tickets = tickets;
    this.service = service;
    this.workload = workload;
  }

  @Override
  public void run() throws Exception {
    BatchingSettings settings = BatchingSettings.newBuilder()
        .setElementCountThreshold((long) CHUNK)
        .setRequestByteThreshold(Long.MAX_VALUE)
        .setDelayThresholdDuration(Duration.ofDays(1)) // full chunks only
        .build();
    FlowController flow = new FlowController(settings.getFlowControlSettings());
    Batcher<Ticket, Boolean> batcher =
        new BatcherImpl<>(new Tickets(), new Call(), List.of(), settings, executor, flow, null);
    for (Ticket ticket : tickets) {
      ApiFuture<Boolean> outcome = batcher.add(ticket);
      if (outcome.isCancelled()) {
        throw new IllegalStateException("ticket " + ticket + " must be taken, was cancelled");
      }
    }
    try {
      batcher.close();
    } catch (BatchingException e) {
      if (!workload.isAnswered()) {
        throw e; // else it says that some tickets were refused
      }
    }
  }

  @Override
  public void close() {
    executor.shutdown(); // its thread would keep the process
  }

  /** One call with a chunk of tickets. */
  private final class Call extends UnaryCallable<List<Ticket>, List<Boolean>> {
    @Override
    public ApiFuture<List<Boolean>> futureCall(
        List<Ticket> chunk, @Nullable ApiCallContext context) {
      if (!workload.isAnswered()) {
        service.takeAllOrNone(chunk);
        return ApiFutures.immediateFuture(List.of());
      }
      service.call();
      List<Boolean> taken = new ArrayList<>(chunk.size());
      for (Ticket ticket : chunk) {
        taken.add(service.take(ticket));
      }
      return ApiFutures.immediateFuture(taken);
    }
  }

  /** Says how tickets become a call, and its answer outcomes. */
  private static final class Tickets
      implements BatchingDescriptor<Ticket, Boolean, List<Ticket>, List<Boolean>> {
    @Override
    public BatchingRequestBuilder<Ticket, List<Ticket>> newRequestBuilder(List<Ticket> prototype) {
      List<Ticket> chunk = new ArrayList<>(CHUNK);
      return new BatchingRequestBuilder<>() {
        @Override
        public void add(Ticket ticket) {
          chunk.add(ticket);
        }

        @Override
        public List<Ticket> build() {
          return chunk;
        }
      };
    }

    @Override
    public void splitResponse(List<Boolean> taken, List<BatchEntry<Ticket, Boolean>> entries) {
      for (int i = 0; i < entries.size(); i++) {
        SettableApiFuture<Boolean> outcome = entries.get(i).getResultFuture();
        if (taken.isEmpty() || taken.get(i)) {
          outcome.set(true);
        } else {
          outcome.setException(new Service.Refused());
        }
      }
    }

    @Override
    public void splitException(Throwable thrown, List<BatchEntry<Ticket, Boolean>> entries) {
      entries.forEach(entry -> entry.getResultFuture().setException(thrown));
    }

    @Override
    public long countBytes(Ticket ticket) {
      return ticket.id().length();
    }
  }
}
