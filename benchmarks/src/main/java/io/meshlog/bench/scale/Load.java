package io.meshlog.bench.scale;

import io.meshlog.events.log.EventLogWriter;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.PortProtocol;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What several clusters say: each its services, one event each, then the same again with other backends. */
public final class Load {
    private static final String WRITER = "publisher";
    private static final int IN_FLIGHT = 20_000;
    private static final int RESOURCES = 8_000_000;

    private final EventLogWriter writer;
    private final int clusters;
    private final long[] sequences;
    private final Semaphore room = new Semaphore(IN_FLIGHT);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong last = new AtomicLong();
    private long operator;

    /**
     * @param writer takes the events
     * @param clusters how many
     */
    public Load(EventLogWriter writer, int clusters) {
        this.writer = writer;
        this.clusters = clusters;
        this.sequences = new long[clusters];
    }

    /** Admits the clusters and opens their sessions. */
    public void begin() throws InterruptedException {
        say(null, "operator", 0, new Statement.OpenSession(UUID.randomUUID()));
        for (int cluster = 0; cluster < clusters; cluster++) {
            operator++;
            say(
                    null,
                    "operator",
                    operator,
                    new Statement.Admit(new Cluster(name(cluster), cluster + 1, List.of(), List.of(), RESOURCES)));
        }
        for (int cluster = 0; cluster < clusters; cluster++) {
            say(name(cluster), WRITER, 0, new Statement.OpenSession(UUID.randomUUID()));
        }
    }

    /** Says so many services, the clusters in turn, each time it is called with other backends. */
    public void say(int services, int version) throws InterruptedException {
        for (int number = 0; number < services; number++) {
            int cluster = number % clusters;
            Service service = service(cluster, number / clusters, version);
            sequences[cluster]++;
            say(
                    name(cluster),
                    WRITER,
                    sequences[cluster],
                    new Statement.Upsert(service.keyIn(name(cluster)), Value.of(service)));
        }
        room.acquire(IN_FLIGHT);
        room.release(IN_FLIGHT);
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("an event was not taken", failed);
        }
    }

    /** The offset of the last event that was taken. */
    public long lastOffset() {
        return last.get();
    }

    private static Service service(int cluster, int number, int version) {
        String name = "service-" + number;
        Map<String, PortProtocol> http = Map.of("http", new PortProtocol("TCP", 8080));
        return new Service(
                name(cluster),
                cluster + 1,
                "namespace-" + number % 100,
                name,
                Map.of("10.%d.%d.%d".formatted(cluster, number >> 8 & 255, number & 255), http),
                Map.of(
                        "10.%d.1.%d".formatted(100 + cluster, version & 255),
                        http,
                        "10.%d.2.2".formatted(100 + cluster),
                        http),
                Map.of(),
                Map.of(),
                Map.of("app", name),
                Map.of("app", name),
                true,
                true);
    }

    private static String name(int cluster) {
        return "cluster-" + cluster;
    }

    private void say(@Nullable String cluster, String writerName, long sequence, Statement statement)
            throws InterruptedException {
        room.acquire();
        Sender sender = new Sender(cluster, "bench", "", writerName, 1, sequence);
        CompletionStage<Long> unused = writer.append(
                        new MeshEvent(UUID.randomUUID(), sender, OptionalLong.empty(), statement))
                .whenComplete((offset, failed) -> {
                    room.release();
                    if (failed != null) {
                        failure.compareAndSet(null, failed);
                    } else {
                        last.accumulateAndGet(offset, Math::max);
                    }
                });
    }
}
