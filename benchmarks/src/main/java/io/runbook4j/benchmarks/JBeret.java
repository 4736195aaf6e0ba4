package io.runbook4j.benchmarks;

import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.batch.runtime.BatchStatus;
import jakarta.transaction.TransactionManager;
import java.io.Serializable;
import java.util.List;
import java.util.Properties;
import org.jberet.job.model.Job;
import org.jberet.job.model.JobBuilder;
import org.jberet.job.model.StepBuilder;
import org.jberet.operations.AbstractJobOperator;
import org.jberet.repository.InMemoryRepository;
import org.jberet.repository.JobRepository;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.spi.ArtifactFactory;
import org.jberet.spi.BatchEnvironment;
import org.jberet.spi.JobTask;
import org.jberet.spi.JobXmlResolver;
import org.jberet.tx.LocalTransactionManager;
import org.jspecify.annotations.Nullable;

/**
 * JBeret in memory, on the caller's thread; no container looks up its parts. Makes a repository for
 * each run, which else keeps them all.
 */
final class JBeret implements Engine {
  private final List<Ticket> tickets;
  private final Service service;
  private final Job job;

  private JBeret(List<Ticket> tickets, Service service, StepBuilder step) {
    this.tickets = tickets;
    this.service = service;
    this.job = new JobBuilder("job")
        .step(step.reader("reader").writer("writer").itemCount(CHUNK).build())
        .build();
  }

  /** With bad tickets it sends a refused chunk again item by item, and skips the bad ones. */
  static Engine retrying(List<Ticket> tickets, Service service, Workload workload) {
    StepBuilder step = new StepBuilder("step");
    return new JBeret(
        tickets,
        service,
        workload.hasBad()
            ? skipping(step).retryableExceptionsInclude(List.of(Service.Refused.class.getName()))
            : step);
  }

  /** Skips what is refused: a whole chunk. */
  static Engine skipping(List<Ticket> tickets, Service service, Workload workload) {
    return new JBeret(tickets, service, skipping(new StepBuilder("step")));
  }

  private static StepBuilder skipping(StepBuilder step) {
    return step.skippableExceptionsInclude(List.of(Service.Refused.class.getName()));
  }

  @Override
  public void run() throws Exception {
    Environment environment = new Environment(tickets, service);
    AbstractJobOperator operator = new AbstractJobOperator() {
      @Override
      public BatchEnvironment getBatchEnvironment() {
        return environment;
      }
    };
    long id = operator.start(job, new Properties());
    JobExecutionImpl execution = (JobExecutionImpl) operator.getJobExecution(id);
    if (execution.getBatchStatus() != BatchStatus.COMPLETED) {
      throw new IllegalStateException("the job must complete, was " + execution.getBatchStatus());
    }
  }

  /** Reads tickets; goes back to a checkpoint when a chunk is sent again. */
  private static final class Reader extends AbstractItemReader {
    private final List<Ticket> tickets;
    private int next;

    Reader(List<Ticket> tickets) {
      this.tickets = tickets;
    }

    @Override
    public void open(@Nullable Serializable checkpoint) {
      next = checkpoint == null ? 0 : (Integer) checkpoint;
    }

    @Override
    @SuppressWarnings("NullAway") // null is JSR 352's end of the items
    public Object readItem() {
      return next < tickets.size() ? tickets.get(next++) : null;
    }

    @Override
    public Serializable checkpointInfo() {
      return next;
    }
  }

  /** Sends a chunk to the service. */
  private static final class Writer extends AbstractItemWriter {
    private final Service service;

    Writer(Service service) {
      this.service = service;
    }

    @Override
    @SuppressWarnings("unchecked") // what the reader has read
    public void writeItems(List<Object> items) {
      service.takeAllOrNone((List<Ticket>) (List<?>) items);
    }
  }

  /** What a server would give it. */
  private record Environment(List<Ticket> tickets, Service service, InMemoryRepository memory)
      implements BatchEnvironment, ArtifactFactory {
    Environment(List<Ticket> tickets, Service service) {
      this(tickets, service, InMemoryRepository.create());
    }

    @Override
    public Object create(String ref, Class<?> type, ClassLoader loader) {
      return ref.equals("reader") ? new Reader(tickets) : new Writer(service);
    }

    @Override
    public void destroy(Object artifact) {}

    @Override
    public Class<?> getArtifactClass(String ref, ClassLoader loader) {
      return ref.equals("reader") ? Reader.class : Writer.class;
    }

    @Override
    public ClassLoader getClassLoader() {
      return JBeret.class.getClassLoader();
    }

    @Override
    public ArtifactFactory getArtifactFactory() {
      return this;
    }

    @Override
    public void submitTask(JobTask task) {
      task.run();
    }

    @Override
    public TransactionManager getTransactionManager() {
      return LocalTransactionManager.getInstance();
    }

    @Override
    public JobRepository getJobRepository() {
      return memory;
    }

    @Override
    public JobXmlResolver getJobXmlResolver() {
      throw new UnsupportedOperationException("job must be built, was looked up as XML");
    }

    @Override
    public Properties getBatchConfigurationProperties() {
      return new Properties();
    }

    @Override
    public String getApplicationName() {
      return "benchmark";
    }
  }
}
