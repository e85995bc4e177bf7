package io.meshlog.it.simulation;

import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.ReplicaRelay;
import io.meshlog.meshapi.feed.ChangelogFeed;
import io.meshlog.meshapi.feed.EventFollower;
import io.meshlog.meshapi.feed.FeedLimits;
import io.meshlog.meshapi.feed.FeedState;
import io.meshlog.meshapi.gateway.Gateway;
import io.meshlog.meshapi.gateway.GatewayLimits;
import io.meshlog.meshapi.gateway.PublishingService;
import io.meshlog.meshapi.grpc.ProtoChangeEncoder;
import io.meshlog.meshapi.replica.Faults;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.MemoryReplicaStore;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.meshapi.watch.HubLimits;
import io.meshlog.meshapi.watch.RingWatchHub;
import io.meshlog.meshapi.writing.EventLog;
import io.meshlog.meshapi.writing.TraceRouter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** One mesh-api process, put together as the real one is, on queues instead of threads. Its store outlives it. */
final class ReplicaNode {
    static final GatewayLimits GATEWAY_LIMITS = new GatewayLimits(100_000, 4, 3, 16, 8, 4, 2_000);
    private static final HubLimits HUB_LIMITS = new HubLimits(
            8,
            1 << 20,
            3,
            1 << 16,
            5,
            20,
            Duration.ofSeconds(3),
            Duration.ofHours(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));
    private static final FeedLimits FEED_LIMITS = new FeedLimits(
            1_000,
            Duration.ofHours(1),
            Duration.ofMillis(ChangelogInMemory.LAG_MS * 2 / 3),
            Duration.ofMillis(ChangelogInMemory.TOMBSTONES_MS / 2),
            20,
            Duration.ofSeconds(2),
            Duration.ofMillis(250),
            Duration.ofSeconds(1),
            Duration.ZERO);

    final ReplicaStore store;
    final RingWatchHub hub;
    final PublishingService publishing;
    boolean away;
    private final World world;
    private final Queue<Runnable> watchTasks = new ArrayDeque<>();
    private final Queue<Runnable> catchUps = new ArrayDeque<>();
    private final Queue<Runnable> gatewayTasks = new ArrayDeque<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final Gateway gateway;
    private final ChangelogFeed feed;
    /** Whether it decides events itself. */
    private final boolean decides;
    /** Whether it is of a version that does not know all events. */
    private final boolean old;

    private StorePosition checked = StorePosition.EMPTY;

    ReplicaNode(World world, String name, ReplicaStore disk) {
        this.world = world;
        store = disk;
        decides = world.random.nextInt(3) > 0;
        old = world.random.nextInt(4) == 0;
        if (store.position().revision() > 0 && store.position().decides() != decides) {
            world.met(Situation.REPLICA_ON_DISK_OF_OTHER_FEED);
        }
        InstantSource clock = () -> Instant.ofEpochMilli(world.nowMs);
        Faults faults = new Faults(fault -> Promise.RELIABLE.require(false, "%s: %s", name, fault));
        Replica replica = new Replica(store, this::feed, faults);
        hub = new RingWatchHub(
                store,
                new ProtoChangeEncoder(),
                HUB_LIMITS,
                List.of(watchTasks::add, watchTasks::add),
                catchUps::add,
                clock,
                fault -> {
                    throw new AssertionError("a watch failed", fault);
                });
        TraceRouter traces = new TraceRouter(gatewayTasks::add);
        EventLog log = new EventLog(
                () -> world.events.writer(answers), gatewayTasks::add, gatewayTasks::add, () -> world.nowMs);
        gateway = new Gateway(
                name,
                GATEWAY_LIMITS,
                replica,
                log,
                traces,
                gatewayTasks::add,
                new Gateway.Clocks(() -> world.nowMs, world::newId));
        publishing = new PublishingService(gateway);
        feed = new ChangelogFeed(
                store,
                () -> world.changelog.source(() -> away),
                decides ? follower(clock) : null,
                List.of(replica, new ReplicaRelay(hub, traces, gateway)),
                clock,
                FEED_LIMITS,
                faults::report);
    }

    static ReplicaNode empty(World world, String name) {
        return new ReplicaNode(world, name, new MemoryReplicaStore());
    }

    private ChangelogFeed feed() {
        return feed;
    }

    private EventFollower follower(InstantSource clock) {
        return new EventFollower(
                () -> world.events.source(() -> away, this::read),
                FoldInMemory.LIMITS,
                clock,
                FEED_LIMITS,
                unused -> {});
    }

    private MeshEvent read(MeshEvent event) {
        if (old && event.statement() instanceof Statement.RaiseFeatureLevel) {
            world.met(Situation.REPLICA_LEFT_EVENT_TO_CHANGELOG);
            throw new UnknownSchemaException("MeshEvent", 7);
        }
        return misreads() && event.statement() instanceof Statement.Upsert upsert ? misread(event, upsert) : event;
    }

    private boolean misreads() {
        return world.mutation == Mutation.EVENT_MISREAD;
    }

    private static MeshEvent misread(MeshEvent event, Statement.Upsert upsert) {
        return upsert.value().resource() instanceof Opaque opaque
                ? new MeshEvent(
                        event.eventId(),
                        event.sender(),
                        event.observedAtMicros(),
                        new Statement.Upsert(
                                upsert.key(), Value.of(new Opaque(opaque.key(), Bytes.owned(new byte[] {'?'})))))
                : event;
    }

    void turn() {
        feed.turn();
        for (int i = world.random.nextInt(3); i > 0; i--) {
            feed.turnWitness();
        }
        note();
        switch (feed.state()) {
            case FeedState.Diverged(String why) -> {
                Promise.DETERMINISTIC.require(!why.contains("digest"), "%s", why);
                Promise.WITNESSED.require(!why.contains("the changelog says"), "%s", why);
                world.met(Situation.REPLICA_BUILT_ANEW);
            }
            case FeedState.Stopped(String why) -> Promise.RELIABLE.require(false, "a feed stopped: %s", why);
            case FeedState.Disconnected disconnected -> world.met(Situation.REPLICA_DISCONNECTED);
            case FeedState.Bootstrapping bootstrapping -> {
                if (store.position().wholeRevision() >= 0) {
                    world.met(Situation.REPLICA_CAUGHT_UP_OVER_COMPACTION);
                }
            }
            case FeedState.Following following -> {}
            case FeedState.Lagging lagging -> {}
        }
        check();
    }

    private void note() {
        if (feed.decides()) {
            world.met(Situation.REPLICA_DECIDED);
            if (store.position().revision() > world.history.committedRevision()) {
                world.met(Situation.REPLICA_AHEAD_OF_CHANGELOG);
            }
        }
    }

    void tick() {
        hub.tick();
        gateway.tick();
    }

    /** Some of what its threads have to do, in an order that threads could have. */
    void work(int most) {
        for (int i = 0; i < most; i++) {
            switch (world.random.nextInt(4)) {
                case 0 -> run(watchTasks);
                case 1 -> run(catchUps);
                case 2 -> run(gatewayTasks);
                default -> {
                    if (!answers.isEmpty()) {
                        answers.removeFirst().run();
                    }
                }
            }
        }
    }

    private static void run(Queue<Runnable> tasks) {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
    }

    /** What may be served is, byte for byte, what was decided. */
    private void check() {
        StorePosition position = store.position();
        if (!position.whole() || position.equals(checked) || misreads()) {
            return;
        }
        checked = position;
        Map<ResourceKey, Entry> held = held();
        held.values().removeIf(entry -> entry.deleted() || entry.kind() == Kind.SESSION);
        Map<ResourceKey, Entry> decided = world.history.at(position.revision());
        Promise.DETERMINISTIC.require(
                held.equals(decided),
                "a replica at %s, %s; not the same: %s",
                position,
                feed.state(),
                History.difference(held, decided));
    }

    Map<ResourceKey, Entry> held() {
        try (ReplicaSnapshot snapshot = store.snapshot()) {
            return History.held(snapshot.range(null, null));
        }
    }

    boolean synced() {
        return feed.state().synced();
    }

    String state() {
        return "%s %s".formatted(feed.state(), store.position());
    }
}
