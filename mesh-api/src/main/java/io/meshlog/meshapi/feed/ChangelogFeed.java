package io.meshlog.meshapi.feed;

import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.LogLostException;
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
 * store's. Where a digest differs, or the log is not the one the store is of, the store is thrown away and built anew, at
 * most {@value #MOST_REBUILDS} times an hour; then, and at a hole, the feed stops and what is held is served on, marked as
 * not synced. While Kafka is away the store is served as it is.
 */
public final class ChangelogFeed implements Feed {
    private static final Logger LOG = LoggerFactory.getLogger(ChangelogFeed.class);

    /** How often in an hour a store is built anew before the feed gives up. */
    public static final int MOST_REBUILDS = 3;

    private static final Duration REBUILD_WINDOW = Duration.ofHours(1);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);
    private static final long ASK_EVERY_MS = 250;
    private static final long RETRY_MS = 500;
    /** Younger changes compaction has not touched: the topic keeps them for 15 minutes. */
    private static final long SURELY_WHOLE_MS = Duration.ofMinutes(10).toMillis();

    private static final long LAGGING_RECORDS = 10_000;
    private static final Duration LONGEST_EMPTY_BOOTSTRAP = Duration.ofHours(12);

    private final ReplicaStore store;
    private final Supplier<ChangelogSource> sources;
    private final List<FeedListener> listeners;
    private final InstantSource clock;
    private final ReplicaFold fold;
    private final StableEndWaits waits;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Deque<Long> rebuilds = new ArrayDeque<>();

    private volatile FeedState state = new FeedState.Bootstrapping(0, 0);
    private volatile long lastAtEndMs = -1;
    private volatile @Nullable ChangelogSource current;

    private boolean rebuilt;
    private long target;
    private long askedEnd;
    private long askedAtMs;
    private long emptySinceMs;

    /**
     * @param sources opens the changelog; may throw Kafka's exceptions
     * @param listeners told on the feed's thread, in this order
     */
    public ChangelogFeed(
            ReplicaStore store, Supplier<ChangelogSource> sources, List<FeedListener> listeners, InstantSource clock) {
        this.store = store;
        this.sources = sources;
        this.listeners = List.copyOf(listeners);
        this.clock = clock;
        this.fold = new ReplicaFold(store);
        this.waits = new StableEndWaits(clock);
        this.thread = Thread.ofPlatform().name("changelog-feed").daemon(true).unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public FeedState state() {
        return state;
    }

    @Override
    public long stalenessMs() {
        long last = lastAtEndMs;
        return last < 0 ? -1 : Math.max(0, clock.millis() - last);
    }

    @Override
    public CompletionStage<Long> awaitStableEnd(Duration timeout) {
        CompletionStage<Long> reached = waits.add(timeout);
        ChangelogSource source = current;
        if (source != null) {
            source.wakeup();
        }
        return reached;
    }

    private boolean closed() {
        return closing.getCount() == 0;
    }

    private void run() {
        while (!closed() && !(state instanceof FeedState.Stopped)) {
            try (ChangelogSource source = sources.get()) {
                current = source;
                follow(source);
            } catch (LogLostException lost) {
                rebuild(String.valueOf(lost.getMessage()));
            } catch (DivergedException diverged) {
                rebuild(String.valueOf(diverged.getMessage()));
            } catch (WakeupException closing) {
                LOG.trace("woken while beginning");
            } catch (KafkaException away) {
                become(new FeedState.Disconnected(String.valueOf(away.getMessage())));
                pause();
            } catch (RuntimeException fault) {
                LOG.error("the feed stops", fault);
                become(new FeedState.Stopped(fault.toString()));
            } finally {
                current = null;
            }
        }
        while (!closed()) {
            waits.settle(-1, store.position().revision());
            pause();
        }
    }

    private void pause() {
        try {
            boolean unused = closing.await(RETRY_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            closing.countDown();
            Thread.currentThread().interrupt();
        }
        waits.settle(-1, store.position().revision());
    }

    private void rebuild(String why) {
        long now = clock.millis();
        while (!rebuilds.isEmpty() && rebuilds.peekFirst() < now - REBUILD_WINDOW.toMillis()) {
            rebuilds.removeFirst();
        }
        if (rebuilds.size() >= MOST_REBUILDS) {
            LOG.error("the store was built anew {} times within an hour and is wrong again: {}", MOST_REBUILDS, why);
            become(new FeedState.Stopped(why));
            return;
        }
        rebuilds.addLast(now);
        LOG.error("the store is not what the changelog says and is built anew: {}", why);
        become(new FeedState.Diverged(why));
        store.clear();
        fold.becomeTolerant();
        rebuilt = true;
    }

    private void follow(ChangelogSource source) {
        beginAt(source);
        while (!closed()) {
            try {
                pass(source);
            } catch (WakeupException woken) {
                LOG.trace("woken to ask for the changelog's end, or to close");
            }
        }
    }

    private void pass(ChangelogSource source) {
        if (!apply(source, source.poll(POLL))) {
            beginAt(source);
            return;
        }
        if (!fold.exact() && source.position() >= target) {
            becomeExact();
        }
        ask(source);
        waits.settle(source.position(), store.position().revision());
    }

    /** Goes on where the store is, towards the end there is now. */
    private void beginAt(ChangelogSource source) {
        StorePosition held = store.position();
        long end = source.stableEnd(ASK_TIMEOUT);
        long begin = held.changelogOffset() > 0 ? held.changelogOffset() : source.beginning(ASK_TIMEOUT);
        if (begin > end) {
            throw new DivergedException(
                    "the changelog ends at offset %d, the store has read up to %d: the log was".formatted(end, begin)
                            + " truncated or made anew");
        }
        fold.becomeTolerant();
        listeners.forEach(FeedListener::onCatchingUp);
        source.seek(begin);
        target = end;
        askedEnd = end;
        askedAtMs = clock.millis();
        emptySinceMs = held.revision() == 0 ? askedAtMs : Long.MAX_VALUE;
        become(new FeedState.Bootstrapping(begin, end));
    }

    /** False where the changes may have been compacted and have to be read again without checks. */
    private boolean apply(ChangelogSource source, List<ChangeRecord> records) {
        try {
            for (AppliedBatch batch : fold.take(records, source.position())) {
                listeners.forEach(listener -> listener.onApplied(batch));
            }
        } catch (HoleException hole) {
            long youngest = records.isEmpty() ? 0 : records.getLast().timestampMs();
            if (clock.millis() - youngest < SURELY_WHOLE_MS) {
                throw hole;
            }
            LOG.info("catching up over compacted changes: {}", hole.getMessage());
            return false;
        }
        if (!fold.exact() && clock.millis() - emptySinceMs > LONGEST_EMPTY_BOOTSTRAP.toMillis()) {
            throw new DivergedException("the first reading of the changelog took longer than %s, deletes may be missed"
                    .formatted(LONGEST_EMPTY_BOOTSTRAP));
        }
        return true;
    }

    private void becomeExact() {
        fold.becomeExact();
        emptySinceMs = Long.MAX_VALUE;
        long revision = store.position().revision();
        boolean anew = rebuilt;
        rebuilt = false;
        listeners.forEach(listener -> listener.onSynced(revision, anew));
        reachedEnd();
    }

    private void reachedEnd() {
        lastAtEndMs = askedAtMs;
        fold.atEnd();
        become(new FeedState.Following(store.position().revision()));
    }

    private void ask(ChangelogSource source) {
        long now = clock.millis();
        long position = source.position();
        if (fold.exact() && position >= askedEnd && lastAtEndMs < askedAtMs) {
            reachedEnd();
        }
        if (waits.anyUnasked() || now - askedAtMs >= ASK_EVERY_MS) {
            waits.ask(() -> askedEnd = source.stableEnd(ASK_TIMEOUT));
            askedAtMs = now;
            long behind = askedEnd - position;
            if (!fold.exact()) {
                become(new FeedState.Bootstrapping(position, target));
            } else if (behind > LAGGING_RECORDS) {
                become(new FeedState.Lagging(behind));
            }
        }
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
        ChangelogSource source = current;
        if (source != null) {
            source.wakeup();
        }
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
