package io.meshlog.meshapi.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.MemoryReplicaStore;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.StoreBatch;
import io.meshlog.meshapi.store.StorePosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChangelogFeedTest {
    private static final long START_MS = 1_000_000_000;
    private static final long MINUTE_MS = 60_000;
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

    private final AtomicLong nowMs = new AtomicLong(START_MS);
    private final ScriptedFleet fleet = new ScriptedFleet(100);
    private final FakeChangelog log = new FakeChangelog();
    private final MemoryReplicaStore store = new MemoryReplicaStore();
    private final Told told = new Told();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private ChangelogFeed feed = newFeed();

    private ChangelogFeed newFeed() {
        return new ChangelogFeed(
                store,
                log::open,
                List.of(told),
                () -> Instant.ofEpochMilli(nowMs.getAndIncrement()),
                LIMITS,
                (where, cause) -> faults.add(where + ": " + cause.getMessage()));
    }

    @AfterEach
    void close() {
        feed.close();
    }

    /** What the feed told, one word each: synced, rebuilt, catching-up, a state's name, or a revision. */
    private static final class Told implements FeedListener {
        final List<String> words = new CopyOnWriteArrayList<>();
        volatile Runnable onSynced = () -> {};
        volatile Runnable onApplied = () -> {};

        @Override
        public void onApplied(AppliedBatch batch) {
            for (AppliedWrite write : batch.writes()) {
                words.add(Long.toString(write.revision()));
            }
            onApplied.run();
        }

        @Override
        public void onSynced(long revision, boolean rebuilt) {
            words.add(rebuilt ? "rebuilt" : "synced");
            onSynced.run();
        }

        @Override
        public void onCatchingUp() {
            words.add("catching-up");
        }

        @Override
        public void onState(FeedState state) {
            words.add(state.name());
        }
    }

    private void publish() {
        log.hold(fleet.changelog(), nowMs.get());
    }

    private void startAndFollow() {
        publish();
        feed.start();
        awaitFollowing();
    }

    private void awaitFollowing() {
        await().until(() -> feed.state().equals(new FeedState.Following(fleet.state.revision())));
    }

    private void assertHoldsTheFleet() {
        assertThat(store.digest()).isEqualTo(fleet.state.digest());
        Map<ResourceKey, Entry> held = new TreeMap<>();
        try (ReplicaSnapshot snapshot = store.snapshot()) {
            snapshot.range(null, null).forEachRemaining(entry -> held.put(entry.key(), entry));
            assertThat(snapshot.position().whole()).isTrue();
        }
        Map<ResourceKey, Entry> expected = new TreeMap<>();
        fleet.entries.range(null, null).forEachRemaining(entry -> expected.put(entry.key(), entry));
        assertThat(held).isEqualTo(expected);
    }

    @Test
    void anEmptyStoreIsFilledAndThenEveryWriteComes() {
        fleet.upsert("a", "1");
        startAndFollow();
        long synced = fleet.state.revision();
        fleet.upsert("b", "1");
        fleet.delete("a");
        publish();
        awaitFollowing();

        assertHoldsTheFleet();
        assertThat(told.words)
                .containsExactly(
                        "catching-up", "synced", "Following", Long.toString(synced + 1), Long.toString(synced + 2));
        assertThat(feed.stalenessMs()).isBetween(0L, MINUTE_MS);
    }

    @Test
    void aHoleStopsTheReplicaAndSaysWhatIsMissing() {
        startAndFollow();
        long missing = fleet.state.revision() + 1;
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");

        log.hold(without(missing), nowMs.get());
        await().until(() -> feed.state() instanceof FeedState.Stopped);

        assertThat(faults).singleElement().asString().contains("revision " + missing + " was expected");
        assertThat(feed.state().condition()).contains("a hole in the changelog");
        assertThat(store.position().revision()).isEqualTo(missing - 1);
    }

    private List<ChangeRecord> without(long revision) {
        return fleet.changelog().stream()
                .filter(record -> record.change() == null
                        || !record.change().isWrite()
                        || record.change().revision() != revision)
                .toList();
    }

    @Test
    void whatCompactionTookWhileTheProcessWasSuspendedIsNoHole() {
        fleet.upsert("a", "1");
        startAndFollow();
        told.words.clear();
        long superseded = fleet.state.revision() + 1;
        fleet.upsert("a", "2");
        fleet.upsert("a", "3");

        nowMs.addAndGet(31 * MINUTE_MS);
        log.hold(without(superseded), nowMs.get());
        awaitFollowing();

        assertHoldsTheFleet();
        assertThat(told.words).contains("catching-up", "synced").doesNotContain("rebuilt", "Stopped");
        assertThat(faults).isEmpty();
    }

    @Test
    void aStoreThatDiffersIsTakenOutAndBuiltAnew() {
        fleet.upsert("a", "1");
        startAndFollow();
        told.words.clear();
        store.apply(new StoreBatch(List.of(), List.of(ScriptedFleet.key("a")), store.position()));

        fleet.command(new Statement.AskDigest());
        publish();
        await().until(() -> told.words.contains("rebuilt"));
        awaitFollowing();

        assertHoldsTheFleet();
        assertThat(told.words.subList(0, 4)).containsExactly("Diverged", "catching-up", "catching-up", "Bootstrapping");
        assertThat(faults).isEmpty();
    }

    @Test
    void aReplicaThatIsWrongAgainAndAgainStopsOutOfService() {
        startAndFollow();
        AtomicLong wrong = new AtomicLong();
        told.onSynced = () -> sayWrongDigest(wrong.incrementAndGet());

        sayWrongDigest(0);
        await().until(() -> feed.state() instanceof FeedState.Stopped);

        assertThat(told.words.stream().filter("rebuilt"::equals)).hasSize(LIMITS.rebuilds());
        assertThat(told.words.subList(told.words.size() - 2, told.words.size())).containsExactly("Diverged", "Stopped");
        assertThat(faults).singleElement().asString().contains("3 times").contains("digest");
    }

    private void sayWrongDigest(long sum) {
        fleet.command(new Statement.AskDigest());
        List<ChangeRecord> records = new ArrayList<>(fleet.changelog());
        for (int i = records.size() - 1; i >= 0; i--) {
            FleetChange change = records.get(i).change();
            if (change != null && change.op() == Op.DIGEST) {
                Digest digest = new Digest(List.of(new Digest.ClusterDigest("eastus", 1, new Hash128(7, sum))));
                ChangeRecord right = records.get(i);
                records.set(
                        i,
                        new ChangeRecord(
                                right.offset(), 0, right.logId(), right.key(), withValue(change, Value.of(digest))));
                break;
            }
        }
        log.hold(records, nowMs.get());
    }

    private static FleetChange withValue(FleetChange change, Value value) {
        return new FleetChange(
                change.revision(),
                change.index(),
                change.count(),
                change.op(),
                change.kind(),
                change.key(),
                change.createRevision(),
                change.version(),
                change.origin(),
                change.lease(),
                change.provenance(),
                ScriptedFleet.ENCODING.encode(value));
    }

    @Test
    void afterAShortAbsenceOfKafkaNoWriteIsPassedOver() {
        startAndFollow();
        told.words.clear();
        long revision = fleet.state.revision();

        log.beAway(true);
        await().until(() -> feed.state() instanceof FeedState.Disconnected);
        assertThat(store.position().whole()).isTrue();
        fleet.upsert("a", "1");
        publish();
        log.beAway(false);
        awaitFollowing();

        assertHoldsTheFleet();
        assertThat(told.words)
                .containsSubsequence("Disconnected", Long.toString(revision + 1), "Following")
                .doesNotContain("catching-up");
    }

    @Test
    void afterALongAbsenceItCatchesUpOverWhatCompactionTook() {
        fleet.upsert("a", "1");
        startAndFollow();
        told.words.clear();

        log.beAway(true);
        await().until(() -> feed.state() instanceof FeedState.Disconnected);
        nowMs.addAndGet(120 * MINUTE_MS);
        long superseded = fleet.state.revision() + 1;
        fleet.upsert("a", "2");
        fleet.upsert("a", "3");
        log.hold(without(superseded), nowMs.get());
        log.beAway(false);
        awaitFollowing();

        assertHoldsTheFleet();
        assertThat(told.words).contains("catching-up", "synced").doesNotContain("rebuilt");
        assertThat(faults).isEmpty();
    }

    @Test
    void aSlowFirstReadingGoesOnToANewerEndBeforeItIsExact() {
        // given a reading during which compaction takes what is written anew above the end that was asked for first
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        publish();
        log.beSlow(1, () -> {
            nowMs.addAndGet(4 * MINUTE_MS);
            if (nowMs.get() > START_MS + 9 * MINUTE_MS && fleet.entries.get(ScriptedFleet.key("c")) == null) {
                fleet.upsert("b", "2");
                fleet.upsert("c", "1");
                log.hold(ScriptedFleet.compacted(fleet.changelog(), Integer.MAX_VALUE, new Random(3)), nowMs.get());
            }
        });

        // when
        feed.start();
        await().until(() -> fleet.entries.get(ScriptedFleet.key("c")) != null);
        log.beSlow(Integer.MAX_VALUE, () -> {});
        awaitFollowing();

        // then
        assertHoldsTheFleet();
        assertThat(told.words).doesNotContain("Diverged");
    }

    @Test
    void aFirstReadingThatTakesTooLongStartsOver() {
        fleet.upsert("a", "1");
        publish();
        AtomicLong polls = new AtomicLong();
        log.beSlow(1, () -> {
            if (polls.getAndIncrement() < 3) {
                nowMs.addAndGet(Duration.ofHours(7).toMillis());
            }
        });

        feed.start();
        awaitFollowing();

        assertThat(told.words).contains("Diverged", "rebuilt");
        assertHoldsTheFleet();
    }

    @Test
    void aFirstReadingThatWasCutShortBeginsAnew() {
        // given a store that read half of a log, and a log that has forgotten a delete since
        fleet.upsert("a", "1");
        Entry stale = fleet.entries.get(ScriptedFleet.key("a"));
        ChangeRecord last = fleet.changelog().getLast();
        store.apply(new StoreBatch(
                List.of(stale),
                List.of(),
                new StorePosition(last.logId(), stale.modRevision(), last.offset() + 1, -1, 0)));
        fleet.delete("a");
        fleet.command(new Statement.AdvanceHorizon(fleet.state.revision(), 0));
        fleet.finishJobs();

        log.hold(
                fleet.changelog().stream()
                        .filter(record -> !record.key().equals(ScriptedFleet.key("a")))
                        .toList(),
                nowMs.get());
        feed.start();
        awaitFollowing();

        assertThat(store.get(ScriptedFleet.key("a"))).isNull();
    }

    @Test
    void aRefoundedLogIsReadFromItsBeginning() {
        fleet.upsert("a", "1");
        startAndFollow();
        UUID refounded = new UUID(5, 5);

        fleet.refound(refounded);
        fleet.upsert("b", "1");
        publish();
        await().until(() -> told.words.contains("rebuilt"));
        awaitFollowing();

        assertHoldsTheFleet();
        assertThat(store.position().logId()).isEqualTo(refounded);
        assertThat(told.words.stream().filter("rebuilt"::equals)).hasSize(1);
    }

    @Test
    void aLogThatIsShorterThanWhatWasReadIsReadFromItsBeginning() {
        fleet.upsert("a", "1");
        startAndFollow();
        log.beAway(true);
        await().until(() -> feed.state() instanceof FeedState.Disconnected);

        ScriptedFleet other = new ScriptedFleet(100);
        log.hold(other.changelog(), nowMs.get());
        log.beAway(false);
        await().until(() -> told.words.contains("rebuilt"));

        assertThat(store.digest()).isEqualTo(other.state.digest());
        assertThat(store.get(ScriptedFleet.key("a"))).isNull();
    }

    @Test
    void aLinearizableReadWaitsForWhatWasDecidedBeforeIt() throws Exception {
        startAndFollow();
        fleet.upsert("a", "1");
        publish();

        long revision =
                feed.awaitStableEnd(Duration.ofMinutes(5)).toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(revision).isEqualTo(fleet.state.revision());
    }

    @Test
    void aLinearizableReadTimesOutWhileKafkaIsAwayAndEndsWithTheFeed() {
        startAndFollow();
        log.beAway(true);
        await().until(() -> feed.state() instanceof FeedState.Disconnected);
        CompletableFuture<Long> late =
                feed.awaitStableEnd(Duration.ofSeconds(1)).toCompletableFuture();
        CompletableFuture<Long> patient =
                feed.awaitStableEnd(Duration.ofHours(1)).toCompletableFuture();

        nowMs.addAndGet(2_000);
        assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        feed.close();

        assertThatThrownBy(() -> patient.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RejectedExecutionException.class);
        assertThat(feed.awaitStableEnd(Duration.ofSeconds(1))).isCompletedExceptionally();
    }

    @Test
    void aListenerThatFailsIsAFaultAndNotSwallowed() {
        startAndFollow();
        told.onApplied = () -> {
            throw new IllegalStateException("a bug");
        };

        fleet.upsert("a", "1");
        publish();
        await().until(() -> feed.state() instanceof FeedState.Stopped);

        assertThat(faults).singleElement().asString().contains("a bug");
    }

    @Test
    void aStoredReplicaGoesOnWhereItIs() {
        fleet.upsert("a", "1");
        startAndFollow();
        feed.close();
        assertThat(store.position().whole()).isTrue();
        fleet.upsert("b", "1");
        publish();
        told.words.clear();

        feed = newFeed();
        feed.start();
        awaitFollowing();

        assertHoldsTheFleet();
        assertThat(told.words).contains("synced").doesNotContain("rebuilt");
        assertThat(store.counts().get("eastus")).containsEntry(Kind.OPAQUE, 2L);
    }
}
