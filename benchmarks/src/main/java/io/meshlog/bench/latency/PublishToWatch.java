package io.meshlog.bench.latency;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.Cluster;
import io.meshlog.schemas.v1.Event;
import io.meshlog.schemas.v1.Frame;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Opaque;
import io.meshlog.schemas.v1.Open;
import io.meshlog.schemas.v1.PublishRequest;
import io.meshlog.schemas.v1.PublishResponse;
import io.meshlog.schemas.v1.PublishingGrpc;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes changes at a steady rate as a cluster of its own and watches them come back: {@code PublishToWatch SERVER RATE
 * SECONDS [CLUSTER_ID]}. The time of a change runs from when it was due to be sent, so that a sender that falls behind does
 * not flatter the figures. The first fifth is not counted.
 */
public final class PublishToWatch {
    private static final String CLUSTER = "bench";
    private static final int DEFAULT_CLUSTER_ID = 200;
    private static final int KEYS = 1_000;
    private static final int VALUE_BYTES = 256;
    private static final long PATIENCE_SECONDS = 30;
    private static final double WARM_UP = 0.2;

    private final ManagedChannel channel;
    private final int rate;
    private final int total;
    private final Latencies latencies = new Latencies();
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch synced = new CountDownLatch(1);
    private final CountDownLatch received = new CountDownLatch(1);
    private final long[] dueNanos;
    private volatile String failure = "";

    private PublishToWatch(ManagedChannel channel, int rate, int seconds) {
        this.channel = channel;
        this.rate = rate;
        this.total = rate * seconds;
        this.dueNanos = new long[total];
    }

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 3) {
            System.err.println("usage: PublishToWatch SERVER RATE SECONDS [CLUSTER_ID]");
            System.exit(2);
        }
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(arguments[0]).usePlaintext().build();
        try {
            int id = arguments.length > 3 ? Integer.parseInt(arguments[3]) : DEFAULT_CLUSTER_ID;
            new PublishToWatch(channel, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2])).run(id);
        } finally {
            channel.shutdownNow();
        }
    }

    private void run(int clusterId) throws InterruptedException {
        var unused = AdminGrpc.newBlockingStub(channel)
                .admit(AdmitRequest.newBuilder()
                        .setCluster(Cluster.newBuilder().setName(CLUSTER).setId(clusterId))
                        .build());
        StreamObserver<PublishRequest> publish = publish();
        await(opened, "the session to open");
        watch();
        await(synced, "the watch to be synced");
        send(publish);
        await(received, "the last change to come back");
        System.out.printf(
                "%d events/s for %d s, %d changes counted: p50 %.1f ms, p99 %.1f ms, max %.1f ms%n",
                rate,
                total / rate,
                latencies.count(),
                latencies.quantileMs(0.5),
                latencies.quantileMs(0.99),
                latencies.quantileMs(1));
        publish.onCompleted();
    }

    private void await(CountDownLatch latch, String what) throws InterruptedException {
        if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS) || !failure.isEmpty()) {
            throw new IllegalStateException("waited for %s: %s".formatted(what, failure));
        }
    }

    private StreamObserver<PublishRequest> publish() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-meshlog-cluster", Metadata.ASCII_STRING_MARSHALLER), CLUSTER);
        StreamObserver<PublishRequest> requests = PublishingGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .publish(new StreamObserver<>() {
                    @Override
                    public void onNext(PublishResponse response) {
                        if (response.hasOpened()) {
                            opened.countDown();
                        }
                    }

                    @Override
                    public void onError(Throwable error) {
                        failed(error);
                    }

                    @Override
                    public void onCompleted() {
                        failed(new IllegalStateException("the gateway ended the session"));
                    }
                });
        requests.onNext(PublishRequest.newBuilder()
                .setOpen(Open.newBuilder()
                        .setWriter("publisher")
                        .setIncarnation(UUID.randomUUID().toString()))
                .build());
        return requests;
    }

    private void watch() {
        MeshGrpc.newStub(channel)
                .watch(
                        WatchRequest.newBuilder()
                                .setSelector(Selector.newBuilder()
                                        .addClusters(CLUSTER)
                                        .addKinds("opaque"))
                                .build(),
                        new StreamObserver<>() {
                            @Override
                            public void onNext(WatchResponse response) {
                                long now = System.nanoTime();
                                response.getBatch().getChangesList().forEach(change -> seen(change, now));
                                if (response.hasSynced()) {
                                    synced.countDown();
                                }
                            }

                            @Override
                            public void onError(Throwable error) {
                                failed(error);
                            }

                            @Override
                            public void onCompleted() {
                                failed(new IllegalStateException("the replica ended the watch"));
                            }
                        });
    }

    private void seen(Change change, long now) {
        if (!change.hasUpsert() || synced.getCount() > 0) {
            return;
        }
        int number = Integer.parseInt(
                change.getUpsert().getOpaque().getValue().toStringUtf8().strip());
        if (number >= total * WARM_UP) {
            latencies.add(now - dueNanos[number]);
        }
        if (number == total - 1) {
            received.countDown();
        }
    }

    private void send(StreamObserver<PublishRequest> publish) {
        publish.onNext(event(1, Event.newBuilder().setFrame(Frame.getDefaultInstance())));
        long start = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        for (int number = 0; number < total; number++) {
            long due = start + TimeUnit.SECONDS.toNanos(number) / rate;
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
                        .setKey(ByteString.copyFromUtf8("key-" + number % KEYS))
                        .setValue(ByteString.copyFrom(value, StandardCharsets.UTF_8)))
                .build();
    }

    private void failed(Throwable error) {
        failure = String.valueOf(error);
        opened.countDown();
        synced.countDown();
        received.countDown();
    }
}
