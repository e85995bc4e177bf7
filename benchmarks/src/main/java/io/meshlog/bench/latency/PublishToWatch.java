package io.meshlog.bench.latency;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.Cluster;
import io.meshlog.schemas.v1.Event;
import io.meshlog.schemas.v1.Frame;
import io.meshlog.schemas.v1.Opaque;
import io.meshlog.schemas.v1.Open;
import io.meshlog.schemas.v1.PublishRequest;
import io.meshlog.schemas.v1.PublishResponse;
import io.meshlog.schemas.v1.PublishingGrpc;
import io.meshlog.schemas.v1.Resource;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes changes at a steady rate as a cluster of its own and watches them come back: {@code PublishToWatch SERVER RATE
 * SECONDS [WATCHES=1] [CLUSTER_ID=200]}. A rate of 0 is as fast as they are taken. The time of a change runs from when it
 * was due to be sent, so that a sender that falls behind does not flatter the figures. The first fifth is not counted.
 */
public final class PublishToWatch {
    static final String KEY_PREFIX = "key-";
    /** Who publishes; its resources are opaque. */
    public static final String CLUSTER = "bench";

    /** How many different keys are published. */
    public static final int KEYS = 5_000;

    private static final int VALUE_BYTES = 256;
    private static final int PATIENCE_SECONDS = 120;
    private static final int WARM_UP_PART = 5;
    /** How many changes a second there is room for at a rate of 0. */
    private static final int FASTEST = 20_000;

    private final int rate;
    private final CountDownLatch opened = new CountDownLatch(1);
    private final Semaphore ready = new Semaphore(0);
    private final long[] dueNanos;
    private volatile @Nullable Throwable failure;

    private PublishToWatch(int rate, int seconds) {
        this.rate = rate;
        this.dueNanos = new long[(rate == 0 ? FASTEST : rate) * seconds];
    }

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 3) {
            System.err.println("usage: PublishToWatch SERVER RATE SECONDS [WATCHES=1] [CLUSTER_ID=200]");
            System.exit(2);
        }
        int watches = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1;
        int id = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 200;
        System.out.println(
                run(arguments[0], Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), watches, id)
                        .inWords());
    }

    /**
     * What was measured.
     *
     * @param p50Ms milliseconds from when a change was due to when a watch had it; so the next two
     */
    public record Result(
            int changes,
            int watches,
            double publishedPerSecond,
            double deliveredPerSecond,
            double messagesPerSecond,
            double p50Ms,
            double p99Ms,
            double maxMs) {
        /** One line for a person. */
        public String inWords() {
            return String.format(
                    Locale.ROOT,
                    "%,d changes to %,d watches, %,.0f/s published, %,.0f/s delivered in %,.0f messages/s:"
                            + " p50 %.1f ms, p99 %.1f ms, max %.1f ms",
                    changes,
                    watches,
                    publishedPerSecond,
                    deliveredPerSecond,
                    messagesPerSecond,
                    p50Ms,
                    p99Ms,
                    maxMs);
        }
    }

    /**
     * Publishes and watches.
     *
     * @param server of a mesh-api, without TLS
     * @param rate changes a second; 0 for as many as are taken
     * @param seconds how long
     * @param clusterId the publishing cluster's
     * @throws IllegalStateException if a stream ends or something does not come in time
     */
    public static Result run(String server, int rate, int seconds, int watches, int clusterId)
            throws InterruptedException {
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(server).usePlaintext().build();
        try {
            return new PublishToWatch(rate, seconds).run(server, channel, watches, clusterId);
        } finally {
            channel.shutdownNow();
        }
    }

    private Result run(String server, ManagedChannel channel, int watches, int clusterId) throws InterruptedException {
        var unused = AdminGrpc.newBlockingStub(channel)
                .admit(AdmitRequest.newBuilder()
                        .setCluster(Cluster.newBuilder().setName(CLUSTER).setId(clusterId))
                        .build());
        ClientCallStreamObserver<PublishRequest> publish = publish(channel);
        requireOpened();
        try (Watching watching = new Watching(server, CLUSTER, watches, dueNanos, dueNanos.length / WARM_UP_PART)) {
            watching.awaitSynced(PATIENCE_SECONDS);
            long beganNanos = System.nanoTime();
            send(publish);
            watching.awaitReceived(PATIENCE_SECONDS);
            double seconds = (System.nanoTime() - beganNanos) / 1e9;
            publish.onCompleted();
            return new Result(
                    dueNanos.length,
                    watches,
                    dueNanos.length / seconds,
                    watching.deliveries() / seconds,
                    watching.messages() / seconds,
                    watching.quantile(0.5),
                    watching.quantile(0.99),
                    watching.quantile(1));
        }
    }

    private void requireOpened() throws InterruptedException {
        boolean open = opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        requireNoFailure();
        if (!open) {
            throw new IllegalStateException("the session was not opened in %d s".formatted(PATIENCE_SECONDS));
        }
    }

    private void requireNoFailure() {
        Throwable failed = failure;
        if (failed != null) {
            throw new IllegalStateException("the session ended", failed);
        }
    }

    private ClientCallStreamObserver<PublishRequest> publish(ManagedChannel channel) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-meshlog-cluster", Metadata.ASCII_STRING_MARSHALLER), CLUSTER);
        var requests = (ClientCallStreamObserver<PublishRequest>) PublishingGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .publish(new Answers());
        requests.onNext(PublishRequest.newBuilder()
                .setOpen(Open.newBuilder()
                        .setWriter("publisher")
                        .setIncarnation(UUID.randomUUID().toString()))
                .build());
        return requests;
    }

    private void send(ClientCallStreamObserver<PublishRequest> publish) throws InterruptedException {
        publish.onNext(event(1, Event.newBuilder().setFrame(Frame.getDefaultInstance())));
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
        for (int number = 0; number < dueNanos.length; number++) {
            while (!publish.isReady()) {
                requireNoFailure();
                // woken by the transport; the time limit only lets a failure be seen
                boolean unused = ready.tryAcquire(1, TimeUnit.SECONDS);
            }
            long due = rate == 0 ? System.nanoTime() : start + TimeUnit.SECONDS.toNanos(number) / rate;
            dueNanos[number] = due;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            publish.onNext(event(number + 2L, Event.newBuilder().setUpsert(resource(number))));
        }
    }

    private static PublishRequest event(long sequence, Event.Builder event) {
        return PublishRequest.newBuilder()
                .setEvent(event.setEventId(UUID.randomUUID().toString()).setSequence(sequence))
                .build();
    }

    private static Resource resource(int number) {
        String value = ("%-" + VALUE_BYTES + "d").formatted(number);
        return Resource.newBuilder()
                .setOpaque(Opaque.newBuilder()
                        .setKey(ByteString.copyFromUtf8(KEY_PREFIX + number % KEYS))
                        .setValue(ByteString.copyFrom(value, StandardCharsets.UTF_8)))
                .build();
    }

    /** The gateway's side of the session. */
    private final class Answers implements ClientResponseObserver<PublishRequest, PublishResponse> {
        @Override
        public void beforeStart(ClientCallStreamObserver<PublishRequest> requests) {
            requests.setOnReadyHandler(ready::release);
        }

        @Override
        public void onNext(PublishResponse response) {
            if (response.hasOpened()) {
                opened.countDown();
            }
        }

        @Override
        public void onError(Throwable error) {
            failure = error;
            opened.countDown();
        }

        @Override
        public void onCompleted() {
            onError(new IllegalStateException("the gateway ended the session"));
        }
    }
}
