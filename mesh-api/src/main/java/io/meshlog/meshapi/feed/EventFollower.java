package io.meshlog.meshapi.feed;

import io.meshlog.events.codec.UnknownOpException;
import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.fold.FoldStoppedException;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.log.LogLostException;
import io.meshlog.meshapi.store.ReplicaStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the events themselves once the store is all of what was decided up to one of them: a millisecond after an event is
 * in the log it is decided here, and a projector that is slow or gone delays no reader. The changelog is read behind, by a
 * {@link Witness}.
 *
 * <p>An event that this version cannot decide, and a founding anew, are left to the changelog: the follower ends where the
 * witness has seen everything before, and the changelog is followed until it is past that event.
 */
public final class EventFollower {
    private static final Logger LOG = LoggerFactory.getLogger(EventFollower.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long NONE = -1;

    private final Supplier<EventSource> sources;
    private final Limits limits;
    private final InstantSource clock;
    private final FeedLimits feedLimits;
    private final LongConsumer witnessedEvent;

    private volatile @Nullable EventSource current;
    private volatile @Nullable Witness witness;
    /** The event whose decision only the changelog tells; {@link #NONE} where there is none. */
    private long leftAt = NONE;
    /** Whether the witness has seen all that was decided before that event. */
    private boolean leftForGood;

    private String lastRefusal = "";
    private @Nullable EventFold kept;

    /**
     * @param sources opens the events; may throw Kafka's exceptions
     * @param limits those of the fleet's projector
     * @param witnessedEvent told, on the witness's thread, of the last event of which the changelog brought anything
     */
    public EventFollower(
            Supplier<EventSource> sources,
            Limits limits,
            InstantSource clock,
            FeedLimits feedLimits,
            LongConsumer witnessedEvent) {
        this.sources = sources;
        this.limits = limits;
        this.clock = clock;
        this.feedLimits = feedLimits;
        this.witnessedEvent = witnessedEvent;
    }

    /** What the feed does for the follower; on the feed's thread. */
    interface Host {
        /** From here on every write comes. */
        void begun();

        void onApplied(AppliedBatch batch);

        /** The store held everything that was said when this was asked for. */
        void atEnd(long askedMs);

        /** So many events were not decided yet when the log's end was last asked for. */
        void behind(long events, long nowMs);

        StableEndWaits waits();
    }

    /**
     * Begins to follow the events.
     *
     * @param changelog where the store is, or before; left where everything before was compared
     * @param completeMs up to when all that the changelog took in before is in the store
     * @param alone whether the witness reads on a thread of its own; if not, {@link Following#turnWitness} does
     * @return null if that does not go, and the changelog is to be followed now
     * @throws DivergedException if the store is not what the changelog says
     * @throws LogLostException if events that are next are not there any more
     */
    @Nullable
    Following begin(ReplicaStore store, ChangelogSource changelog, Host host, long completeMs, boolean alone) {
        UUID logId = store.position().logId();
        if (logId == null) {
            return null;
        }
        EventFold fold = fold(store, host);
        String refusal = fold.notYet();
        if (refusal != null) {
            return refuse(refusal);
        }
        boolean decides = store.position().decides();
        if (leftAt >= fold.next() && (leftForGood || !decides)) {
            return refuse("the changelog has to tell what became of event " + leftAt);
        }
        EventSource events = sources.get();
        try {
            refusal = missing(fold, events, decides);
            if (refusal != null) {
                events.close();
                return refuse(refusal);
            }
            events.seek(fold.next());
            lastRefusal = "";
            Witness made = new Witness(store, logId, fold.next() - 1);
            WitnessReading reading =
                    new WitnessReading(changelog, made, clock, feedLimits, completeMs, witnessedEvent, events::wakeup);
            fold.begin(made, reading::position);
            LOG.info("following the events from offset {} on, the changelog is the witness", fold.next());
            host.begun();
            if (alone) {
                reading.start();
            }
            witness = made;
            current = events;
            return new Following(store, events, fold, made, reading, host);
        } catch (RuntimeException failed) {
            events.close();
            throw failed;
        }
    }

    /** What was decided last is not read again where nothing else wrote to the store since. */
    private EventFold fold(ReplicaStore store, Host host) {
        EventFold held = kept;
        if (held == null || !held.isOf(store.position())) {
            held = new EventFold(store, limits, host::onApplied);
            kept = held;
        }
        return held;
    }

    private @Nullable String missing(EventFold fold, EventSource events, boolean decides) {
        long next = fold.next();
        long beginning = events.beginning(feedLimits.askTimeout());
        long end = events.end(feedLimits.askTimeout());
        if (next > end && decides) {
            throw new DivergedException(
                    "the log has events up to offset %d, up to %d they were decided here: the log was truncated or made anew"
                            .formatted(end, next));
        }
        return next < beginning || next > end
                ? "event %d is next, the log has %d to %d".formatted(next, beginning, end)
                : null;
    }

    private @Nullable Following refuse(String why) {
        if (!why.equals(lastRefusal)) {
            LOG.info("following the changelog: {}", why);
        }
        lastRefusal = why;
        kept = null;
        return null;
    }

    /** Ends a poll that waits, so that somebody is seen to; nothing where no events are followed. */
    void wakeup() {
        EventSource source = current;
        if (source != null) {
            source.wakeup();
        }
    }

    /** Whether events are followed now. */
    boolean following() {
        return current != null;
    }

    /** Changes decided here that the changelog has not said yet, as far as they are remembered; 0 where it is followed. */
    int outstanding() {
        Witness comparing = witness;
        return comparing == null ? 0 : comparing.outstanding();
    }

    /** One following, from its begin to its end. For the feed's thread. */
    final class Following implements AutoCloseable {
        private final ReplicaStore store;
        private final EventSource events;
        private final EventFold fold;
        private final Witness witness;
        private final WitnessReading reading;
        private final Host host;
        private long askedEnd = Long.MAX_VALUE;
        private long askedMs;
        private long atEndMs;
        private boolean ending;

        private Following(
                ReplicaStore store,
                EventSource events,
                EventFold fold,
                Witness witness,
                WitnessReading reading,
                Host host) {
            this.store = store;
            this.events = events;
            this.fold = fold;
            this.witness = witness;
            this.reading = reading;
            this.host = host;
            this.ending = leftAt >= fold.next();
            host.waits().reask();
            atEndMs = clock.millis();
        }

        /**
         * Does one thing: decides what came, or lets the witness come to its end.
         *
         * @return false where it ended, before an event that the changelog has to tell of
         * @throws WakeupException if somebody waits to be seen to; the next turn does
         * @throws DivergedException if what was decided is not what the changelog says, or not what the store holds
         */
        boolean turn() {
            requireWitness();
            if (ending && witness.caughtUp()) {
                // what was compared last is known to be right only now
                reading.stop();
                requireWitness();
                leftForGood = true;
                host.waits().reask();
                return false;
            }
            pass();
            return true;
        }

        /** One turn of the witness, where it has no thread. */
        void turnWitness() {
            reading.turn();
        }

        /** Up to when all that the changelog took in is compared. */
        long completeMs() {
            return reading.completeMs();
        }

        @Override
        public void close() {
            EventFollower.this.current = null;
            EventFollower.this.witness = null;
            try {
                reading.stop();
            } finally {
                events.close();
            }
        }

        private void requireWitness() {
            RuntimeException fault = reading.failure();
            if (fault != null) {
                throw fault;
            }
        }

        private void pass() {
            if (ending) {
                reading.awaitCaughtUp(POLL);
            } else {
                decide();
            }
            long now = clock.millis();
            if (fold.next() >= askedEnd && atEndMs < askedMs) {
                atEndMs = askedMs;
                host.atEnd(askedMs);
            }
            if (host.waits().anyUnasked()
                    || now - askedMs >= feedLimits.askEvery().toMillis()) {
                host.waits().ask(() -> askEnd(now));
                host.behind(Math.max(0, askedEnd - fold.next()), now);
            }
            host.waits().settle(fold.next(), store.position().revision());
        }

        private long askEnd(long now) {
            askedEnd = events.end(feedLimits.askTimeout());
            askedMs = now;
            return askedEnd;
        }

        private void decide() {
            try {
                fold.take(events.poll(POLL));
            } catch (ChangelogNeededException
                    | FoldStoppedException
                    | UnknownSchemaException
                    | UnknownOpException undecidable) {
                end(undecidable);
            }
        }

        private void end(RuntimeException why) {
            fold.flush();
            leftAt = fold.next();
            leftForGood = false;
            ending = true;
            LOG.warn("event {} is left to the changelog: {}", leftAt, why.getMessage());
        }
    }
}
