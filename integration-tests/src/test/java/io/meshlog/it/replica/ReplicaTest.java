package io.meshlog.it.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.meshapi.feed.AppliedBatch;
import io.meshlog.meshapi.feed.ChangelogFeed;
import io.meshlog.meshapi.feed.FeedLimits;
import io.meshlog.meshapi.feed.FeedListener;
import io.meshlog.meshapi.feed.FeedState;
import io.meshlog.meshapi.feed.KafkaChangelogSource;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.RocksReplicaStore;
import io.meshlog.meshapi.store.StoreBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class ReplicaTest {
    private static final String CLUSTER = "eastus";

    @TempDir
    static Path folder;

    private static EmbeddedKafka broker;

    @BeforeAll
    static void startBroker() {
        broker = FleetOnKafka.broker(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** A store and its feed, as a replica runs them. */
    private static final class Replica implements AutoCloseable, FeedListener {
        final RocksReplicaStore store;
        final ChangelogFeed feed;
        final List<Long> writes = new CopyOnWriteArrayList<>();
        final List<String> faults = new CopyOnWriteArrayList<>();
        final List<Boolean> rebuilds = new CopyOnWriteArrayList<>();

        Replica(FleetOnKafka fleet, String name) {
            store = RocksReplicaStore.openOrDiscard(folder.resolve(fleet.topics.fleet() + name));
            feed = new ChangelogFeed(
                    store,
                    () -> new KafkaChangelogSource(fleet.kafka, fleet.topics),
                    List.of(this),
                    InstantSource.system(),
                    FeedLimits.DEFAULT,
                    (where, cause) -> faults.add(where + ": " + cause));
            feed.start();
        }

        /** Everything decided before now is applied. */
        long catchUp() throws Exception {
            return feed.awaitStableEnd(Duration.ofSeconds(60))
                    .toCompletableFuture()
                    .get(70, TimeUnit.SECONDS);
        }

        Map<ResourceKey, Entry> held() {
            Map<ResourceKey, Entry> held = new TreeMap<>();
            try (ReplicaSnapshot snapshot = store.snapshot()) {
                try (var all = snapshot.range(null, null)) {
                    all.forEachRemaining(entry -> held.put(entry.key(), entry));
                }
            }
            return held;
        }

        @Override
        public void onApplied(AppliedBatch batch) {
            batch.writes().forEach(write -> writes.add(write.revision()));
        }

        @Override
        public void onSynced(long revision, boolean rebuilt) {
            rebuilds.add(rebuilt);
        }

        @Override
        public void onCatchingUp() {
            // the store alone is looked at
        }

        @Override
        public void onState(FeedState state) {
            // the store alone is looked at
        }

        @Override
        public void close() {
            feed.close();
            store.close();
            assertThat(faults).isEmpty();
        }
    }

    @Test
    void aReplicaFromEmptyAndOneFromStaleHoldTheSame() throws Exception {
        try (FleetOnKafka fleet = new FleetOnKafka("stale", broker.bootstrapServers(), folder)) {
            fleet.start("one");
            fleet.begin(CLUSTER);
            for (int i = 0; i < 300; i++) {
                fleet.upsert(CLUSTER, "key-" + i % 100, "value-" + i);
            }
            fleet.awaitDecided(CLUSTER);
            try (Replica stale = new Replica(fleet, "stale")) {
                stale.catchUp();
            }
            for (int i = 0; i < 300; i++) {
                if (i % 3 == 0) {
                    fleet.delete(CLUSTER, "key-" + i % 100);
                } else {
                    fleet.upsert(CLUSTER, "key-" + i % 120, "later-" + i);
                }
            }
            fleet.awaitDecided(CLUSTER);

            try (Replica again = new Replica(fleet, "stale");
                    Replica empty = new Replica(fleet, "empty")) {
                assertThat(again.catchUp()).isEqualTo(empty.catchUp());
                assertThat(again.held()).isEqualTo(empty.held());
                assertThat(again.rebuilds).containsExactly(false);
            }
        }
    }

    @Test
    void followingEveryWriteComesOnceAndInOrder() throws Exception {
        try (FleetOnKafka fleet = new FleetOnKafka("following", broker.bootstrapServers(), folder)) {
            fleet.start("one");
            fleet.begin(CLUSTER);
            fleet.awaitDecided(CLUSTER);
            try (Replica replica = new Replica(fleet, "following")) {
                long before = replica.catchUp();
                for (int i = 0; i < 500; i++) {
                    fleet.upsert(CLUSTER, "key-" + i, "value");
                }
                fleet.awaitDecided(CLUSTER);
                long after = replica.catchUp();

                List<Long> expected = new ArrayList<>();
                for (long revision = before + 1; revision <= after; revision++) {
                    expected.add(revision);
                }
                assertThat(after - before).isGreaterThanOrEqualTo(500);
                assertThat(replica.writes).isEqualTo(expected);
            }
        }
    }

    @Test
    void aReplicaWhoseStoreIsMadeToDifferTakesItselfOutAndIsBuiltAnew() throws Exception {
        try (FleetOnKafka fleet = new FleetOnKafka("differs", broker.bootstrapServers(), folder)) {
            fleet.start("one");
            fleet.begin(CLUSTER);
            fleet.upsert(CLUSTER, "kept", "1");
            fleet.upsert(CLUSTER, "lost", "1");
            fleet.awaitDecided(CLUSTER);
            try (Replica replica = new Replica(fleet, "differs")) {
                replica.catchUp();
            }
            makeDiffer(folder.resolve("differsdiffers"));

            try (Replica replica = new Replica(fleet, "differs");
                    Replica right = new Replica(fleet, "right")) {
                replica.catchUp();
                assertThat(replica.store.digest()).isNotEqualTo(digest(right));
                fleet.command(new Statement.AskDigest());

                await("the rebuilt replica").atMost(FleetOnKafka.PATIENCE).until(() -> replica.rebuilds.contains(true));
                right.catchUp();
                replica.catchUp();
                assertThat(replica.held()).isEqualTo(right.held());
            }
        }
    }

    private static Digest digest(Replica replica) throws Exception {
        replica.catchUp();
        return replica.store.digest();
    }

    /** Takes a resource away as nobody decided it, so that the store still adds up to itself. */
    private static void makeDiffer(Path store) {
        try (RocksReplicaStore held = new RocksReplicaStore(store, RocksReplicaStore.Scrub.VALUES)) {
            held.apply(new StoreBatch(List.of(), List.of(FleetOnKafka.key(CLUSTER, "lost")), held.position()));
        }
    }
}
