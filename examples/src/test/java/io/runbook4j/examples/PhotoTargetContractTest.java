package io.runbook4j.examples;

import io.runbook4j.spi.sync.Item;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.time.Time;
import io.runbook4j.testkit.contract.TargetContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class PhotoTargetContractTest extends TargetContract<PhotoUpdate> {
  @TempDir
  Path folder;

  private final List<PhotoService> services = new ArrayList<>();

  @Override
  protected Target<PhotoUpdate> target() throws IOException {
    return target(1_000, Duration.ofSeconds(1));
  }

  @Override
  protected Optional<Target<PhotoUpdate>> throttled(Duration retryAfter) throws Exception {
    Target<PhotoUpdate> target = target(1, retryAfter);
    target.verify(List.of("user-0")); // takes the one call that there is
    return Optional.of(target);
  }

  /** What an update brings about is that the user has a photo. */
  @Override
  protected OptionalInt effects(String key) {
    boolean has = services.stream().anyMatch(service -> service.users().contains(key));
    return OptionalInt.of(has ? 1 : 0);
  }

  private Target<PhotoUpdate> target(int calls, Duration window) throws IOException {
    ServiceTerms terms = new ServiceTerms(calls, window, Duration.ZERO, 3);
    PhotoService service = PhotoService.start(
        terms, 0, folder.resolve("service-" + services.size() + ".log"), Time.system());
    services.add(service);
    return PhotoTarget.at(
        service.url(), Optional.of(new ServiceToken(service.url(), service.firstToken())));
  }

  @Override
  protected List<Item<PhotoUpdate>> sampleItems() {
    return IntStream.range(0, 200).mapToObj(i -> item("user-" + i, "photos")).toList();
  }

  @Override
  protected Optional<Item<PhotoUpdate>> badItem() {
    return Optional.of(item("user-bad", "missing"));
  }

  private static Item<PhotoUpdate> item(String user, String folder) {
    String photo = "https://images.example.test/" + folder + "/1.jpg";
    return new Item<>(user, new PhotoUpdate(user, "U" + user, photo));
  }

  @AfterEach
  void closeServices() {
    services.forEach(PhotoService::close);
  }
}
