package io.runbook4j.benchmarks;

import java.util.List;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.support.ResourcelessJobRepository;
import org.springframework.batch.core.step.builder.ChunkOrientedStepBuilder;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.support.ListItemReader;

/**
 * Spring Batch without a database; with bad tickets it is fault tolerant, and scans the chunk item
 * by item.
 */
record SpringBatch(List<Ticket> tickets, Service service, Workload workload) implements Engine {
  @Override
  public void run() throws Exception {
    ResourcelessJobRepository repository = new ResourcelessJobRepository();
    JobParameters none = new JobParameters();
    Job job = new JobBuilder("job", repository).start(step(repository).build()).build();
    JobExecution execution = repository.createJobExecution(
        repository.createJobInstance("job", none), none, new ExecutionContext());
    job.execute(execution);
    if (execution.getStatus() != BatchStatus.COMPLETED) {
      throw new IllegalStateException("the job must complete, was " + execution);
    }
  }

  private ChunkOrientedStepBuilder<Ticket, Ticket> step(ResourcelessJobRepository repository) {
    ChunkOrientedStepBuilder<Ticket, Ticket> step = new StepBuilder("step", repository)
        .<Ticket, Ticket>chunk(CHUNK)
        .reader(new ListItemReader<>(tickets))
        .writer(this::write);
    return workload == Workload.CLEAN
        ? step
        : step.faultTolerant()
            .skipLimit(Long.MAX_VALUE)
            .skipPolicy((thrown, count) -> thrown instanceof Service.Refused);
  }

  private void write(Chunk<? extends Ticket> chunk) {
    service.takeAllOrNone(chunk.getItems());
  }
}
