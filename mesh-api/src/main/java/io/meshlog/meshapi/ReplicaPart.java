package io.meshlog.meshapi;

import io.meshlog.events.fold.Limits;
import io.meshlog.meshapi.feed.ChangelogFeed;
import io.meshlog.meshapi.feed.EventFollower;
import io.meshlog.meshapi.feed.Feed;
import io.meshlog.meshapi.feed.FeedLimits;
import io.meshlog.meshapi.feed.KafkaChangelogSource;
import io.meshlog.meshapi.feed.KafkaEventSource;
import io.meshlog.meshapi.grpc.ProtoChangeEncoder;
import io.meshlog.meshapi.replica.Faults;
import io.meshlog.meshapi.replica.ProjectorWatch;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.RocksReplicaStore;
import io.meshlog.meshapi.watch.HubLimits;
import io.meshlog.meshapi.watch.RingWatchHub;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hops 5 and 6 put together: store, feed, hub. It can be read before the feed runs. */
final class ReplicaPart {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaPart.class);

    private static final int CATCH_UP_THREADS = 2;

    final Faults faults;
    final Replica replica;
    final RingWatchHub hub;
    final ProjectorWatch projector = new ProjectorWatch(() -> feed().decides());
    private final MeshApiConfig config;
    private final Lifetime lifetime;
    private final InstantSource clock;
    private final ReplicaStore store;
    private @Nullable Feed feed;

    ReplicaPart(MeshApiConfig config, Lifetime lifetime, InstantSource clock) {
        this.config = config;
        this.lifetime = lifetime;
        this.clock = clock;
        this.faults = new Faults(fault -> LOG.error("{} serves nothing any more: {}", config.name(), fault));
        this.store = lifetime.owns(
                "the store", RocksReplicaStore.openOrDiscard(config.dataDir().resolve("replica")));
        projector.readFrom(store);
        List<ExecutorService> loops =
                Stream.of("watch-0", "watch-1").map(lifetime::ownsThread).toList();
        ExecutorService catchUps = lifetime.ownsThreads(
                "the threads for catching up",
                Executors.newFixedThreadPool(
                        CATCH_UP_THREADS,
                        Thread.ofPlatform().name("catch-up-", 0).daemon(true).factory()));
        this.hub = new RingWatchHub(
                store,
                new ProtoChangeEncoder(),
                HubLimits.forHeap(Runtime.getRuntime().maxMemory()),
                loops,
                catchUps,
                clock,
                fault -> LOG.error("a watch failed", fault));
        this.replica = new Replica(store, this::feed, faults);
    }

    private Feed feed() {
        return Objects.requireNonNull(feed, "asked before the feed was made");
    }

    /** Makes the feed and starts it. */
    void follow(GatewayPart gateway) {
        ReplicaRelay relay = new ReplicaRelay(hub, gateway.traces, gateway.gateway);
        EventFollower events = new EventFollower(
                () -> new KafkaEventSource(config.kafka(), config.topics()),
                Limits.DEFAULT,
                clock,
                FeedLimits.DEFAULT,
                projector::onWitnessed);
        Feed made = lifetime.owns(
                "the feed",
                new ChangelogFeed(
                        store,
                        () -> new KafkaChangelogSource(config.kafka(), config.topics()),
                        config.feed() == MeshApiConfig.FeedMode.EVENTS ? events : null,
                        List.of(replica, projector, relay),
                        clock,
                        FeedLimits.DEFAULT,
                        faults::report));
        feed = made;
        made.start();
    }
}
