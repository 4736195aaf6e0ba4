package io.runbook4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.jeasy.batch.core.job.JobBuilder;
import org.jeasy.batch.core.job.JobReport;
import org.jeasy.batch.core.job.JobStatus;
import org.jeasy.batch.core.reader.IterableRecordReader;
import org.jeasy.batch.core.record.Batch;
import org.jeasy.batch.core.record.Record;

/** Easy Batch; with bad tickets it scans the batch, item by item. */
record EasyBatch(List<Ticket> tickets, Service service, Workload workload) implements Engine {
  @Override
  public void run() throws Exception {
    JobReport report = new JobBuilder<Ticket, Ticket>()
        .reader(new IterableRecordReader<>(tickets))
        .batchSize(CHUNK)
        .enableBatchScanning(workload.hasBad())
        .writer(this::write)
        .build()
        .call();
    if (report.getStatus() != JobStatus.COMPLETED) {
      throw new IllegalStateException("the job must complete, was " + report);
    }
  }

  private void write(Batch<Ticket> batch) {
    List<Ticket> chunk = new ArrayList<>(CHUNK);
    for (Record<Ticket> written : batch) {
      chunk.add(written.getPayload());
    }
    service.takeAllOrNone(chunk);
  }
}
