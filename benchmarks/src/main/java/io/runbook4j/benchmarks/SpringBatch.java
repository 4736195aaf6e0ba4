package io.runbook4j.benchmarks;

import java.nio.file.Path;
import java.util.List;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.repository.support.ResourcelessJobRepository;
import org.springframework.batch.core.step.builder.ChunkOrientedStepBuilder;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.support.IteratorItemReader;
import org.springframework.batch.infrastructure.support.transaction.ResourcelessTransactionManager;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** Spring Batch; with bad tickets it is fault tolerant, and scans the chunk item by item. */
final class SpringBatch implements Engine {
  private final List<Ticket> tickets;
  private final Service service;
  private final Workload workload;
  private final Store store;
  private long runs;

  private SpringBatch(List<Ticket> tickets, Service service, Workload workload, Store store) {
    this.tickets = tickets;
    this.service = service;
    this.workload = workload;
    this.store = store;
  }

  /** Without a database; its repository knows one job, so that each run has a new one. */
  static Engine resourceless(List<Ticket> tickets, Service service, Workload workload) {
    return new SpringBatch(tickets, service, workload, new Store() {
      @Override
      public JobRepository repository() {
        return new ResourcelessJobRepository();
      }

      @Override
      public PlatformTransactionManager transactions() {
        return new ResourcelessTransactionManager();
      }
    });
  }

  /** On H2 with a file, the same for all runs. */
  static Engine onDisk(List<Ticket> tickets, Service service, Workload workload) throws Exception {
    return new SpringBatch(tickets, service, workload, Database.create());
  }

  @Override
  public void run() throws Exception {
    JobRepository repository = store.repository();
    JobParameters parameters = new JobParametersBuilder().addLong("run", runs++).toJobParameters();
    Job job = new JobBuilder("job", repository).start(step(repository).build()).build();
    JobExecution execution = repository.createJobExecution(
        repository.createJobInstance("job", parameters), parameters, new ExecutionContext());
    job.execute(execution);
    if (execution.getStatus() != BatchStatus.COMPLETED) {
      throw new IllegalStateException("the job must complete, was " + execution);
    }
  }

  private ChunkOrientedStepBuilder<Ticket, Ticket> step(JobRepository repository) {
    ChunkOrientedStepBuilder<Ticket, Ticket> step = new StepBuilder("step", repository)
        .<Ticket, Ticket>chunk(CHUNK)
        .transactionManager(store.transactions())
        .reader(new IteratorItemReader<>(tickets))
        .writer(this::write);
    return workload.hasBad()
        ? step.faultTolerant()
            .skipLimit(Long.MAX_VALUE)
            .skipPolicy((thrown, count) -> thrown instanceof Service.Refused)
        : step;
  }

  private void write(Chunk<? extends Ticket> chunk) {
    service.takeAllOrNone(chunk.getItems());
  }

  @Override
  public void close() {
    store.close();
  }

  /** Where it keeps its counts. */
  private interface Store extends AutoCloseable {
    JobRepository repository();

    PlatformTransactionManager transactions();

    @Override
    default void close() {}
  }

  /** A database in a folder of its own. */
  private record Database(
      Path folder,
      JdbcConnectionPool pool,
      JobRepository repository,
      PlatformTransactionManager transactions)
      implements Store {
    static Database create() throws Exception {
      Path folder = Folders.create();
      JdbcConnectionPool pool =
          JdbcConnectionPool.create("jdbc:h2:file:" + folder + "/jobs", "", "");
      new ResourceDatabasePopulator(
              new ClassPathResource("org/springframework/batch/core/schema-h2.sql"))
          .execute(pool);
      JdbcTransactionManager transactions = new JdbcTransactionManager(pool);
      JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
      factory.setDataSource(pool);
      factory.setTransactionManager(transactions);
      factory.afterPropertiesSet();
      return new Database(folder, pool, factory.getObject(), transactions);
    }

    @Override
    public void close() {
      pool.dispose();
      Folders.remove(folder);
    }
  }
}
