package io.meshlog.meshapi.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.MemoryReplicaStore;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.RocksReplicaStore;
import io.meshlog.meshapi.store.StoreBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A replica that decides events itself is what one is that reads the decisions, at every revision. */
@Timeout(60)
class EventFollowerTest {
    private static final int MAX_CHANGES = 5;
    private static final FeedLimits LIMITS = new FeedLimits(
            3,
            Duration.ofHours(1),
            Duration.ofMinutes(10),
            Duration.ofHours(12),
            10_000,
            Duration.ofSeconds(2),
            Duration.ofMillis(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(5));

    private final AtomicLong nowMs = new AtomicLong(1_000_000_000);
    private final ScriptedFleet fleet = new ScriptedFleet(MAX_CHANGES);
    private final FakeChangelog changelog = new FakeChangelog();
    private final FakeEvents events = new FakeEvents();
    private final Told told = new Told();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicLong witnessed = new AtomicLong(-1);
    private ReplicaStore store = new MemoryReplicaStore();
    private ChangelogFeed feed = newFeed();

    private ChangelogFeed newFeed() {
        return new ChangelogFeed(
                store,
                changelog::open,
                new EventFollower(
                        events::open, Limits.DEFAULT.withMaxChanges(MAX_CHANGES), this::now, LIMITS, witnessed::set),
                List.of(told),
                this::now,
                LIMITS,
                (where, cause) -> faults.add(where + ": " + cause));
    }

    /** Time runs fast: what is tried again after some seconds is tried again soon. */
    private Instant now() {
        return Instant.ofEpochMilli(nowMs.getAndAdd(20));
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(50));
    }

    @AfterEach
    void close() {
        feed.close();
    }

    /** The writes and rebuilds that were told, and whether each write is the next. */
    private static final class Told implements FeedListener {
        final List<String> words = new CopyOnWriteArrayList<>();
        final List<AppliedWrite> writes = new CopyOnWriteArrayList<>();
        volatile long revision;

        @Override
        public void onApplied(AppliedBatch batch) {
            for (AppliedWrite write : batch.writes()) {
                if (write.revision() != revision + 1) {
                    words.add("%d came after %d".formatted(write.revision(), revision));
                }
                revision = write.revision();
                writes.add(write);
            }
        }

        @Override
        public void onSynced(long synced, boolean rebuilt) {
            revision = synced;
            words.add(rebuilt ? "rebuilt" : "synced");
        }

        @Override
        public void onCatchingUp() {
            // the state tells
        }

        @Override
        public void onState(FeedState state) {
            if (state instanceof FeedState.Diverged diverged) {
                words.add(diverged.why());
            }
        }
    }

    /** What was said so far is in the log, and decided in the changelog. */
    private void publish() {
        events.hold(fleet.events());
        changelog.hold(fleet.changelog(), nowMs.get());
    }

    private void startDeciding() {
        publish();
        feed.start();
        await().until(feed::decides);
        awaitRevision();
    }

    private void awaitRevision() {
        await().until(() -> store.position().revision() == fleet.state.revision()
                && store.position().eventOffset() == fleet.events().getLast().offset());
    }

    private void restart() {
        feed.close();
        feed = newFeed();
        feed.start();
    }

    private void assertHoldsTheFleet() {
        Map<ResourceKey, Entry> held = new TreeMap<>();
        try (ReplicaSnapshot snapshot = store.snapshot()) {
            snapshot.range(null, null).forEachRemaining(entry -> held.put(entry.key(), entry));
            assertThat(snapshot.position().whole()).isTrue();
        }
        Map<ResourceKey, Entry> expected = new TreeMap<>();
        fleet.entries.range(null, null).forEachRemaining(entry -> expected.put(entry.key(), entry));
        assertThat(held).isEqualTo(expected);
        assertThat(store.digest()).isEqualTo(fleet.state.digest());
        assertThat(faults).isEmpty();
    }

    @Test
    void withoutAProjector_eventsAreDecidedAndServed() {
        // given
        startDeciding();

        // when nobody decides for the changelog
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        fleet.delete("a");
        events.hold(fleet.events());

        // then
        awaitRevision();
        assertHoldsTheFleet();
        await().until(() -> feed.unwitnessed() > 0);

        // when the projector is back
        changelog.hold(fleet.changelog(), nowMs.get());

        // then
        await().until(() -> feed.unwitnessed() == 0);
        assertThat(witnessed).hasValue(fleet.events().getLast().offset());
        assertThat(told.words).containsExactly("synced");
    }

    @Test
    void aReplicaStartedWithoutAProjector_goesOnWithTheEvents() {
        // given a replica that is ahead of the changelog
        startDeciding();
        fleet.upsert("a", "1");
        fleet.upsert("a", "2");
        fleet.upsert("b", "1");
        events.hold(fleet.events());
        awaitRevision();

        // when
        restart();
        await().until(feed::decides);
        fleet.delete("b");
        events.hold(fleet.events());

        // then
        awaitRevision();
        assertHoldsTheFleet();

        // when the projector says the same, later
        changelog.hold(fleet.changelog(), nowMs.get());

        // then
        await().until(() -> witnessed.get() == fleet.events().getLast().offset());
        assertHoldsTheFleet();
        assertThat(feed.decides()).isTrue();
    }

    @Test
    void whatCompactionTookWhileTheReplicaWasAway_isNoDifference() {
        // given a replica that is stopped
        startDeciding();
        feed.close();

        // when it comes back long after, and compaction has taken what was replaced meanwhile
        for (int i = 0; i < 20; i++) {
            fleet.upsert("a", "value " + i);
        }
        events.hold(fleet.events());
        changelog.hold(
                ScriptedFleet.compacted(fleet.changelog(), fleet.changelog().size(), new Random(1)), nowMs.get());
        nowMs.addAndGet(2 * LIMITS.surelyWhole().toMillis());
        restart();

        // then
        await().until(() -> witnessed.get() == fleet.events().getLast().offset());
        assertHoldsTheFleet();
        assertThat(feed.decides()).isTrue();
        assertThat(told.words).containsOnly("synced");
    }

    @Test
    void aReplicaAheadOfTheChangelog_keepsWhatItDecided_whenItFollowsTheChangelogFromNowOn() {
        // given
        startDeciding();
        fleet.upsert("a", "1");
        fleet.upsert("a", "2");
        events.hold(fleet.events());
        awaitRevision();
        feed.close();

        // when the projector is away
        feed = new ChangelogFeed(
                store, changelog::open, List.of(told), this::now, LIMITS, (where, cause) -> faults.add(where));
        feed.start();

        // then
        await().until(() -> feed.state() instanceof FeedState.Following);
        assertHoldsTheFleet();

        // when it comes back
        fleet.upsert("a", "3");
        fleet.delete("a");
        changelog.hold(fleet.changelog(), nowMs.get());

        // then
        await().until(() -> store.position().revision() == fleet.state.revision());
        assertHoldsTheFleet();
        assertThat(store.position().decides()).isFalse();
    }

    @Test
    void aReplicaThatDiffers_isTakenOutAndBuiltAnew() {
        // given
        startDeciding();
        fleet.upsert("a", "1");

        // when the changelog says something else
        events.hold(fleet.events());
        changelog.hold(withOtherValue(fleet.changelog(), ScriptedFleet.key("a")), nowMs.get());

        // then
        await().until(() -> told.words.stream().anyMatch(word -> word.contains("the changelog says")));
        await().until(() -> told.words.contains("rebuilt"));
    }

    @Test
    void aStoreThatDiffersFromWhatWasDecided_isTakenOutAndBuiltAnew() throws Exception {
        // given a store that loses something while nobody looks
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        startDeciding();
        feed.close();
        store.apply(new StoreBatch(List.of(), List.of(ScriptedFleet.key("a")), store.position()));
        feed = newFeed();
        feed.start();
        await().until(feed::decides);

        // when a digest is asked for, and the projector's is of what was said
        fleet.command(new Statement.AskDigest());
        publish();

        // then
        await().until(() -> told.words.contains("rebuilt"));
        await().until(feed::decides);
        awaitRevision();
        assertHoldsTheFleet();
    }

    @Test
    void anEventOfANewerVersion_isLeftToTheChangelog() {
        // given
        startDeciding();
        fleet.upsert("a", "1");
        long unreadable = fleet.events().getLast().offset() + 1;
        fleet.upsert("b", "1");
        fleet.upsert("c", "1");
        events.beUnreadableAt(unreadable);

        // when a projector of that version decides it
        publish();

        // then
        await().until(() -> store.position().revision() == fleet.state.revision());
        await().until(feed::decides);
        fleet.upsert("d", "1");
        publish();
        awaitRevision();
        assertHoldsTheFleet();
        assertThat(told.words).containsExactly("synced");
    }

    @Test
    void aFoundingAnew_isLeftToTheChangelog_andReadersBeginAnew() {
        // given
        startDeciding();
        fleet.upsert("a", "1");

        // when
        fleet.refound(new UUID(7, 7));
        fleet.upsert("b", "1");
        publish();

        // then
        await().until(() -> told.words.contains("rebuilt"));
        await().until(feed::decides);
        awaitRevision();
        assertHoldsTheFleet();
        assertThat(store.position().logId()).isEqualTo(new UUID(7, 7));
    }

    @Test
    void deletesAreForgottenWithTheFold() {
        // given
        for (int i = 0; i < 3 * MAX_CHANGES; i++) {
            fleet.upsert("k" + i, "1");
            fleet.delete("k" + i);
        }
        startDeciding();

        // when the horizon moves, and the fold is half done
        fleet.command(new Statement.AdvanceHorizon(fleet.state.revision(), fleet.state.revision()));
        fleet.command(new Statement.Step(fleet.state.jobs().iterator().next().id()));
        publish();
        awaitRevision();

        // then
        assertHoldsTheFleet();
        assertThat(store.position().horizon()).isEqualTo(fleet.state.fleet().horizon());

        // when it is restarted there
        restart();
        await().until(feed::decides);
        fleet.finishJobs();
        publish();

        // then
        awaitRevision();
        assertHoldsTheFleet();
        await().until(() -> feed.unwitnessed() == 0);
        assertThat(told.words).doesNotContain("rebuilt");
    }

    @Test
    void eventsThatAreGone_areReadFromTheChangelog() {
        // given a replica that was away for long
        startDeciding();
        feed.close();
        for (int i = 0; i < 10; i++) {
            fleet.upsert("k" + i, "1");
        }
        events.beginAt(fleet.events().getLast().offset() + 1);

        // when
        publish();
        feed = newFeed();
        feed.start();

        // then
        await().until(feed::decides);
        await().until(() -> store.position().revision() == fleet.state.revision());
        fleet.upsert("later", "1");
        publish();
        awaitRevision();
        assertHoldsTheFleet();
    }

    @Test
    void aWaitingReaderHasWhatWasSaidBefore_alsoWithoutAProjector() throws Exception {
        // given
        startDeciding();
        fleet.upsert("a", "1");
        events.hold(fleet.events());

        // when
        long revision = feed.awaitStableEnd(Duration.ofSeconds(30))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);

        // then
        assertThat(revision).isEqualTo(fleet.state.revision());
    }

    static List<Long> seeds() {
        Long given = Long.getLong("meshlog.seed");
        return given != null ? List.of(given) : new Random().longs(20).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyHistory_decidedHere_isTheFleet(long seed, @TempDir Path folder) {
        // given
        Random random = new Random(seed);
        if (random.nextInt(4) == 0) {
            store = RocksReplicaStore.openOrDiscard(folder.resolve("store"));
            feed = newFeed();
        }
        startDeciding();

        // when
        for (int step = 0; step < 30; step++) {
            say(random);
            switch (random.nextInt(6)) {
                case 0 -> events.hold(fleet.events());
                case 1 -> changelog.hold(fleet.changelog(), nowMs.get());
                case 2 -> publish();
                case 3 -> events.beSlow(1 + random.nextInt(5));
                case 4 -> {
                    events.beAway(true);
                    events.beAway(false);
                }
                default -> restart();
            }
        }
        fleet.command(new Statement.AskDigest());
        publish();

        // then
        awaitRevision();
        assertHoldsTheFleet();
        await().until(() -> witnessed.get() == fleet.events().getLast().offset());
        assertThat(told.words).containsOnly("synced");
        feed.close();
        store.close();
    }

    private void say(Random random) {
        String name = "k" + random.nextInt(8);
        switch (random.nextInt(12)) {
            case 0 -> fleet.command(new Statement.AskDigest());
            case 1 -> fleet.delete(name);
            case 2 ->
                fleet.command(new Statement.AdvanceHorizon(
                        fleet.state.revision() - random.nextInt(10), fleet.state.revision() - random.nextInt(10)));
            case 3, 4 -> {
                if (!fleet.state.jobs().isEmpty()) {
                    fleet.command(new Statement.Step(
                            fleet.state.jobs().iterator().next().id()));
                }
            }
            case 5 -> fleet.say(new Statement.Frame(null, null, List.of()));
            default -> fleet.upsert(name, Integer.toString(random.nextInt(3)));
        }
    }

    private static List<ChangeRecord> withOtherValue(List<ChangeRecord> records, ResourceKey key) {
        List<ChangeRecord> changed = new ArrayList<>();
        for (ChangeRecord record : records) {
            FleetChange change = record.change();
            EncodedValue value = change == null ? null : change.value();
            if (value == null || !record.key().equals(key)) {
                changed.add(record);
            } else {
                changed.add(new ChangeRecord(
                        record.offset(),
                        record.timestampMs(),
                        record.logId(),
                        key,
                        new FleetChange(
                                change.revision(),
                                change.index(),
                                change.count(),
                                change.op(),
                                change.kind(),
                                key,
                                change.createRevision(),
                                change.version() + 1,
                                change.origin(),
                                change.lease(),
                                change.provenance(),
                                value)));
            }
        }
        return changed;
    }
}
