package io.meshlog.meshapi.feed;

import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.LogLostException;
import io.meshlog.events.model.FleetChange;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.StorePosition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the store at the changelog's end.
 *
 * <p>One thread reads, applies and tells the listeners. It first reads up to an end that it asked for, over whatever
 * compaction has thinned out; from there on every write must come, whole and in order, and every digest must be the
 * store's. Where a digest differs, or the log is not the one the store is of, the store is thrown away and built anew, a few
 * times; then, and at a hole, the feed stops, its fault is reported, and the replica is out of service. While Kafka is away
 * the store is served as it is; after a short absence the feed goes on write by write, after a longer one over what
 * compaction may have thinned out meanwhile.
 *
 * <p>Worked example of what "thinned out" does: key K is written at 10:00 and at 10:30, and this process is suspended from
 * 9:59 to 10:31. Compaction may have taken the first write. The next record seen is young, and its revision is too high by
 * one; still nothing is wrong. So not the record's age counts, but how long ago the store had everything.
 */
public final class ChangelogFeed implements Feed {
    private static final Logger LOG = LoggerFactory.getLogger(ChangelogFeed.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final long NEVER = -1;
    /** How long the changelog is followed before events are tried again: to learn whether it goes, the store is read. */
    private static final long DECIDE_AGAIN_MS = 5_000;

    private final ReplicaStore store;
    private final Supplier<ChangelogSource> sources;
    private final List<FeedListener> listeners;
    private final InstantSource clock;
    private final FeedLimits limits;
    private final FaultHandler faults;
    private final @Nullable EventFollower events;
    /** Set while events are followed. */
    private EventFollower.@Nullable Following following;

    private final ReplicaFold fold;
    private final StableEndWaits waits;
    private final Hosting hosting = new Hosting();
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    /** When stores were built anew, within the window. */
    private final Deque<Long> rebuilds = new ArrayDeque<>();

    private volatile FeedState state = new FeedState.Bootstrapping(0, 0);
    /** When the log ended where the store was. */
    private volatile long atEndMs = NEVER;
    /** What is read and can be woken; null while it is to be opened. */
    private volatile @Nullable ChangelogSource current;

    /** Everything the log took in before this is in the store. */
    private long completeMs = NEVER;
    /** When the reading that has not yet been complete began. */
    private long bootstrapSinceMs = NEVER;

    /** Whether this runs on threads of its own. */
    private boolean started;

    private boolean rebuilt;
    /** Whether the listeners know the store's revision and were told every write since. */
    private boolean told;
    /** Whether what was polled last ended with the trace of an event, or with the log itself. */
    private boolean betweenEvents;

    private long decideFromMs;
    private long target;
    private long targetAskedMs;
    private long askedEnd;
    private long askedMs;

    /** One that follows the changelog alone. */
    public ChangelogFeed(
            ReplicaStore store,
            Supplier<ChangelogSource> sources,
            List<FeedListener> listeners,
            InstantSource clock,
            FeedLimits limits,
            FaultHandler faults) {
        this(store, sources, null, listeners, clock, limits, faults);
    }

    /**
     * @param sources opens the changelog; may throw Kafka's exceptions
     * @param events follows the events once the store is at the changelog's end; null to follow the changelog alone
     * @param listeners told on the feed's thread, in this order; what they throw stops the feed
     * @param faults told why the feed stopped
     */
    public ChangelogFeed(
            ReplicaStore store,
            Supplier<ChangelogSource> sources,
            @Nullable EventFollower events,
            List<FeedListener> listeners,
            InstantSource clock,
            FeedLimits limits,
            FaultHandler faults) {
        this.store = store;
        this.events = events;
        this.sources = sources;
        this.listeners = List.copyOf(listeners);
        this.clock = clock;
        this.limits = limits;
        this.faults = faults;
        this.fold = new ReplicaFold(store);
        this.waits = new StableEndWaits(clock);
        this.thread = Thread.ofPlatform().name("changelog-feed").daemon(true).unstarted(this::run);
    }

    @Override
    public void start() {
        started = true;
        thread.start();
    }

    @Override
    public FeedState state() {
        return state;
    }

    @Override
    public long stalenessMs() {
        long last = atEndMs;
        return last == NEVER ? -1 : Math.max(0, clock.millis() - last);
    }

    @Override
    public CompletionStage<Long> awaitStableEnd(Duration timeout) {
        CompletionStage<Long> reached = waits.add(timeout);
        wakeup();
        return reached;
    }

    @Override
    public boolean decides() {
        return events != null && events.following();
    }

    @Override
    public int unwitnessed() {
        return events == null ? 0 : events.outstanding();
    }

    private void wakeup() {
        ChangelogSource source = current;
        if (source != null) {
            source.wakeup();
        }
        if (events != null) {
            events.wakeup();
        }
    }

    private boolean closed() {
        return closing.getCount() == 0;
    }

    private void run() {
        while (!closed() && turn()) {
            LOG.trace("a turn of the feed");
        }
        letGo();
        while (!closed()) {
            pause();
        }
        waits.close();
    }

    /**
     * Does one thing: opens what is read where it is not open, else reads once and applies what came. Never called by who
     * calls {@link #start}: it is for those who run the feed on a thread of their own.
     *
     * @return false once the feed has stopped
     */
    public boolean turn() {
        try {
            attend();
        } catch (RuntimeException | Error fault) {
            letGo();
            stop(fault);
        }
        return !(state instanceof FeedState.Stopped);
    }

    /** Lets the witness read and compare once, where events are followed; for those who call {@link #turn()}. */
    public void turnWitness() {
        if (following != null) {
            following.turnWitness();
        }
    }

    private void attend() {
        try {
            ChangelogSource open = current;
            if (open == null) {
                open();
            } else if (following != null) {
                goOn(following);
            } else if (!(mayDecide() && decideOn(open)) && !pass(open)) {
                letGo();
            }
        } catch (WakeupException woken) {
            LOG.trace("woken to ask for the changelog's end, or to close");
        } catch (LogLostException | DivergedException wrong) {
            letGo();
            rebuild(wrong);
        } catch (KafkaException away) {
            letGo();
            become(new FeedState.Disconnected(String.valueOf(away.getMessage())));
            pause();
        }
    }

    /** Writes that compaction took are missed, traces are not: who has fallen behind knows the sessions only at the end. */
    private boolean mayDecide() {
        return fold.exact() && betweenEvents && surelyWhole();
    }

    private void open() {
        ChangelogSource opened = sources.get();
        try {
            if (!store.position().decides() || !decideOn(opened)) {
                begin(opened);
            }
        } catch (RuntimeException failed) {
            opened.close();
            throw failed;
        }
        current = opened;
    }

    private void letGo() {
        ChangelogSource open = current;
        current = null;
        try {
            leaveEvents();
        } finally {
            if (open != null) {
                open.close();
            }
        }
    }

    private void leaveEvents() {
        EventFollower.Following left = following;
        following = null;
        if (left != null) {
            left.close();
        }
    }

    private void stop(Throwable fault) {
        faults.onFault("the feed", fault);
        try {
            become(new FeedState.Stopped(String.valueOf(fault.getMessage())));
        } catch (RuntimeException listenerFailed) {
            faults.onFault("a listener of the feed", listenerFailed);
        }
    }

    private void pause() {
        try {
            boolean unused = closing.await(limits.retry().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            closing.countDown();
            Thread.currentThread().interrupt();
        }
        waits.settle(-1, store.position().revision());
    }

    private void rebuild(RuntimeException why) {
        // first of all nobody may be served any more
        become(new FeedState.Diverged(String.valueOf(why.getMessage())));
        long now = clock.millis();
        while (!rebuilds.isEmpty()
                && rebuilds.peekFirst() < now - limits.rebuildWindow().toMillis()) {
            rebuilds.removeFirst();
        }
        if (rebuilds.size() >= limits.rebuilds()) {
            throw new DivergedException("built anew %d times within %s, and wrong again: %s"
                    .formatted(limits.rebuilds(), limits.rebuildWindow(), why.getMessage()));
        }
        rebuilds.addLast(now);
        LOG.error("the store is not what the changelog says and is built anew: {}", why.getMessage());
        listeners.forEach(FeedListener::onCatchingUp);
        clear();
        rebuilt = true;
    }

    private void clear() {
        store.clear();
        fold.becomeTolerant();
        told = false;
        bootstrapSinceMs = NEVER;
        completeMs = NEVER;
        atEndMs = NEVER;
    }

    /** Begins to follow the events; false where that does not go. */
    private boolean decideOn(ChangelogSource changelog) {
        if (events == null || closed() || clock.millis() < decideFromMs) {
            return false;
        }
        betweenEvents = false;
        StorePosition held = store.position();
        if (held.decides()) {
            requireThere(held.changelogOffset(), changelog.stableEnd(limits.askTimeout()));
            changelog.seek(held.changelogOffset());
        }
        following = events.begin(store, changelog, hosting, completeMs, started);
        if (following == null) {
            decideFromMs = clock.millis() + DECIDE_AGAIN_MS;
        }
        return following != null;
    }

    /** Where that ends, the changelog is followed from where everything was compared. */
    private void goOn(EventFollower.Following going) {
        if (!going.turn()) {
            leaveEvents();
            fold.becomeExact();
            completeMs = going.completeMs();
        }
    }

    private static void requireThere(long offset, long end) {
        if (offset > end) {
            throw new DivergedException(
                    "the changelog ends at offset %d, the store has read up to %d: the log was".formatted(end, offset)
                            + " truncated or made anew");
        }
    }

    /** False where the source has to be opened again, because changes may have been compacted. */
    private boolean pass(ChangelogSource source) {
        List<ChangeRecord> polled = source.poll(POLL);
        if (!apply(source, polled)) {
            return false;
        }
        betweenEvents = endsWithTrace(polled);
        long now = clock.millis();
        if (!fold.exact() && fold.atBoundary() && store.position().changelogOffset() >= target) {
            if (now - targetAskedMs < limits.surelyWhole().toMillis()) {
                becomeExact();
            } else {
                // meanwhile compaction may have taken what later writes, above the target, have replaced
                target = askEnd(source, now);
                targetAskedMs = now;
            }
        }
        if (fold.exact() && store.position().changelogOffset() >= askedEnd && atEndMs < askedMs) {
            reachedEnd(askedMs);
        }
        if (waits.anyUnasked() || now - askedMs >= limits.askEvery().toMillis()) {
            waits.ask(() -> askEnd(source, now));
            report(now);
            // the stable end is never within a transaction, and so never within an event's decision
            betweenEvents |= store.position().changelogOffset() == askedEnd;
        }
        waits.settle(store.position().changelogOffset(), store.position().revision());
        return true;
    }

    private static boolean endsWithTrace(List<ChangeRecord> polled) {
        FleetChange last = polled.isEmpty() ? null : polled.getLast().change();
        return last != null && last.op() == FleetChange.Op.TRACE;
    }

    private long askEnd(ChangelogSource source, long now) {
        askedEnd = source.stableEnd(limits.askTimeout());
        askedMs = now;
        return askedEnd;
    }

    private void report(long now) {
        long offset = store.position().changelogOffset();
        if (fold.exact()) {
            reportBehind(Math.max(0, askedEnd - offset), now);
        } else {
            become(new FeedState.Bootstrapping(offset, target));
        }
    }

    private void reportBehind(long behind, long now) {
        if (behind > limits.laggingRecords()
                || behind > 0 && now - atEndMs > limits.laggingAfter().toMillis()) {
            become(new FeedState.Lagging(behind));
        }
    }

    /** Whether what is missing now cannot have been compacted away. */
    private boolean surelyWhole() {
        return completeMs != NEVER
                && clock.millis() - completeMs < limits.surelyWhole().toMillis();
    }

    /** Goes on where the store is, towards the end there is now. */
    private void begin(ChangelogSource source) {
        if (store.position().revision() > 0 && store.position().wholeRevision() < 0 && bootstrapSinceMs == NEVER) {
            LOG.info(
                    "an earlier first reading was cut short; it begins anew, for deletes may have been forgotten since");
            clear();
        }
        StorePosition held = store.position();
        targetAskedMs = clock.millis();
        target = askEnd(source, targetAskedMs);
        long first = held.changelogOffset() > 0 ? held.changelogOffset() : source.beginning(limits.askTimeout());
        requireThere(first, target);
        source.seek(first);
        if (held.whole() && surelyWhole()) {
            fold.becomeExact();
            become(new FeedState.Lagging(target - first));
            return;
        }
        if (held.wholeRevision() < 0 && bootstrapSinceMs == NEVER) {
            bootstrapSinceMs = targetAskedMs;
        }
        fold.becomeTolerant();
        told = false;
        listeners.forEach(FeedListener::onCatchingUp);
        become(new FeedState.Bootstrapping(first, target));
    }

    private boolean apply(ChangelogSource source, List<ChangeRecord> records) {
        try {
            for (AppliedBatch batch : fold.take(records, source.position())) {
                listeners.forEach(listener -> listener.onApplied(batch));
            }
        } catch (HoleException hole) {
            if (surelyWhole()) {
                throw hole;
            }
            LOG.info("catching up over compacted changes: {}", hole.getMessage());
            return false;
        }
        if (fold.exact() && !records.isEmpty()) {
            completeMs = Math.max(completeMs, records.getLast().timestampMs());
        }
        if (bootstrapSinceMs != NEVER
                && clock.millis() - bootstrapSinceMs > limits.emptyBootstrap().toMillis()) {
            throw new DivergedException("the first reading of the changelog took longer than %s, deletes may be missed"
                    .formatted(limits.emptyBootstrap()));
        }
        return true;
    }

    private void becomeExact() {
        fold.becomeExact();
        bootstrapSinceMs = NEVER;
        tell();
        reachedEnd(targetAskedMs);
    }

    private void tell() {
        told = true;
        boolean anew = rebuilt;
        rebuilt = false;
        long revision = store.position().revision();
        listeners.forEach(listener -> listener.onSynced(revision, anew));
    }

    private void reachedEnd(long whenAskedMs) {
        atEndMs = whenAskedMs;
        completeMs = Math.max(completeMs, whenAskedMs);
        become(new FeedState.Following(store.position().revision()));
    }

    private void become(FeedState next) {
        FeedState before = state;
        state = next;
        if (!before.getClass().equals(next.getClass())) {
            LOG.info("feed: {} -> {} {}", before.name(), next.name(), next.condition());
            listeners.forEach(listener -> listener.onState(next));
        }
    }

    @Override
    public void close() {
        closing.countDown();
        wakeup();
        try {
            thread.join(CLOSE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        waits.close();
    }

    /** What the feed does while events are followed. */
    private final class Hosting implements EventFollower.Host {
        @Override
        public void begun() {
            if (!told) {
                tell();
            }
        }

        @Override
        public void onApplied(AppliedBatch batch) {
            listeners.forEach(listener -> listener.onApplied(batch));
        }

        @Override
        public void atEnd(long askedMs) {
            reachedEnd(askedMs);
        }

        @Override
        public void behind(long events, long now) {
            reportBehind(events, now);
        }

        @Override
        public StableEndWaits waits() {
            return waits;
        }
    }
}
