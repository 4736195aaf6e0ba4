package io.runbook4j.benchmarks;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A Camel route that splits in groups. It knows no outcome of an item. */
final class Camel implements Engine {
  private final List<Ticket> tickets;
  private final CamelContext context = new DefaultCamelContext();
  private final ProducerTemplate template;

  private Camel(List<Ticket> tickets, Service service) throws Exception {
    this.tickets = tickets;
    context.addRoutes(new RouteBuilder() {
      @Override
      public void configure() {
        from("direct:tickets")
            .split(body())
            .group(CHUNK)
            .streaming()
            .process(exchange -> service.takeAllOrNone(tickets(exchange)));
      }
    });
    context.start();
    template = context.createProducerTemplate();
  }

  @SuppressWarnings("unchecked") // what the route was sent
  private static List<Ticket> tickets(Exchange exchange) throws InvalidPayloadException {
    return exchange.getMessage().getMandatoryBody(List.class);
  }

  /** With bad tickets it drops whole groups, which {@link Calls} shows. */
  static Engine make(List<Ticket> tickets, Service service, Workload workload) throws Exception {
    return new Camel(tickets, service);
  }

  @Override
  public void run() {
    template.sendBody("direct:tickets", tickets);
  }

  @Override
  public void close() {
    context.stop();
  }
}
