package io.meshlog.meshapi.grpc;

import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.access.InsecureDevAuthenticator;
import io.meshlog.meshapi.feed.Feed;
import io.meshlog.meshapi.feed.FeedState;
import io.meshlog.meshapi.replica.Component;
import io.meshlog.meshapi.replica.Faults;
import io.meshlog.meshapi.replica.ReadExecutor;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.MemoryReplicaStore;
import io.meshlog.meshapi.store.StoreBatch;
import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.meshapi.watch.HubLimits;
import io.meshlog.meshapi.watch.RingWatchHub;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A replica in memory, its faces on an in-process server, and a feed that says what the test tells it to. */
public final class TestReplica implements AutoCloseable {
    public static final UUID LOG_ID = new UUID(1, 2);

    public final MemoryReplicaStore store = new MemoryReplicaStore();
    public final FakeFeed feed = new FakeFeed();
    public final Faults faults = new Faults(fault -> {});
    public final CallMeter calls = new CallMeter();
    public final ReadExecutor reads;
    public final Replica replica;
    public final RingWatchHub hub;
    public final GrpcFace face;
    public final ManagedChannel channel;
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private long revision;

    public TestReplica() throws Exception {
        this(256);
    }

    public TestReplica(int maxWaitingReads) throws Exception {
        reads = new ReadExecutor(
                1, maxWaitingReads, Thread.ofPlatform().daemon(true).factory());
        put(new Fleet("test", LOG_ID, 1, 255, 0, 0));
        put(new Cluster("eastus", 1, List.of(), List.of(), 0));
        replica = new Replica(store, () -> feed, faults);
        replica.onSynced(revision, false);
        hub = new RingWatchHub(
                store,
                new ProtoChangeEncoder(),
                HubLimits.DEFAULT,
                List.of(loop),
                loop,
                InstantSource.system(),
                fault -> {});
        hub.synced(revision, false);
        StatusReport status = new StatusReport(
                new StatusReport.Self("replica-0", "1.0"),
                replica,
                hub,
                () -> Set.of("eastus"),
                () -> List.of(Component.ok("kafka"), Component.wrong("projector", "5 events undecided")));
        MeshService mesh = new MeshService(replica, hub, reads, status, () -> 0);
        ServerInterceptor access = new AccessInterceptor(
                InsecureDevAuthenticator.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        String name = InProcessServerBuilder.generateName();
        face = GrpcFace.start(
                InProcessServerBuilder.forName(name),
                new GrpcFace.Services(List.of(mesh), List.of(), Runnable::run, List.of(calls, access)));
        channel = InProcessChannelBuilder.forName(name).build();
    }

    /** One write of one resource. */
    public ResourceKey put(Resource resource) {
        ResourceKey key = switch (resource) {
            case Declared declared -> declared.keyIn("eastus");
            case Cluster cluster -> ResourceKey.cluster(cluster.name());
            case Fleet fleet -> ResourceKey.FLEET;
            default -> throw new IllegalArgumentException("not needed: " + resource);
        };
        put(key, resource);
        return key;
    }

    public void put(ResourceKey key, Resource resource) {
        write(new Entry(
                key,
                resource.kind(),
                revision + 1,
                revision + 1,
                1,
                Origin.SESSION,
                0,
                revision,
                Hash128.ZERO,
                new ValueCodec().encode(Value.of(resource))));
    }

    public void delete(ResourceKey key) {
        write(new Entry(key, key.kind(), revision + 1, 1, 0, Origin.SESSION, 0, revision, Hash128.ZERO, null));
    }

    private void write(Entry entry) {
        Entry before = store.get(entry.key());
        revision++;
        store.apply(
                new StoreBatch(List.of(entry), List.of(), new StorePosition(LOG_ID, revision, revision, revision, 0)));
        if (hub != null) {
            hub.append(List.of(new AppliedWrite(revision, List.of(new AppliedWrite.Change(before, entry)))));
        }
    }

    /** One write of several changes, at the revision after the last. */
    public void write(List<Entry> entries) {
        List<AppliedWrite.Change> changes = entries.stream()
                .map(entry -> new AppliedWrite.Change(store.get(entry.key()), entry))
                .toList();
        revision++;
        store.apply(new StoreBatch(entries, List.of(), new StorePosition(LOG_ID, revision, revision, revision, 0)));
        hub.append(List.of(new AppliedWrite(revision, changes)));
    }

    public long revision() {
        return revision;
    }

    public static Opaque opaque(String key) {
        return new Opaque(bytes(key), bytes("value of " + key));
    }

    public static Service service(String namespace, String name, Map<String, String> labels) {
        return new Service(
                "eastus", 1, namespace, name, Map.of(), Map.of(), Map.of(), Map.of(), labels, Map.of(), true, true);
    }

    private static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
        channel.shutdownNow();
        face.close();
        reads.close();
        loop.shutdownNow();
    }

    /** Says what it is told to. */
    public static final class FakeFeed implements Feed {
        public volatile FeedState state = new FeedState.Following(1);
        public final List<CompletableFuture<Long>> waits = new ArrayList<>();

        /** Where the log's end is, told at once to who asks; null where it is for the test to tell. */
        public volatile @Nullable LongSupplier end;

        @Override
        public void start() {}

        @Override
        public FeedState state() {
            return state;
        }

        @Override
        public long stalenessMs() {
            return 7;
        }

        @Override
        public CompletionStage<Long> awaitStableEnd(Duration timeout) {
            LongSupplier known = end;
            if (known != null) {
                return CompletableFuture.completedFuture(known.getAsLong());
            }
            CompletableFuture<Long> wait = new CompletableFuture<>();
            synchronized (waits) {
                waits.add(wait);
            }
            return wait;
        }

        @Override
        public void close() {}
    }
}
