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
        boolean closed();

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
     * Follows the events for as long as it can.
     *
     * @param changelog where the store is, or before; left where it is, if events were followed
     * @return whether events were followed at all; if not, the changelog is to be followed now
     * @throws DivergedException if the store is not what the changelog says
     * @throws LogLostException if events that are next are not there any more
     */
    boolean follow(ReplicaStore store, ChangelogSource changelog, Host host) {
        UUID logId = store.position().logId();
        if (logId == null) {
            return false;
        }
        EventFold fold = fold(store, host);
        String refusal = fold.notYet();
        if (refusal != null) {
            return refuse(refusal);
        }
        boolean decides = store.position().decides();
        if (leftAt >= fold.next() && !decides) {
            return refuse("the changelog has to tell what became of event " + leftAt);
        }
        try (EventSource events = sources.get()) {
            refusal = missing(fold, events, decides);
            if (refusal != null) {
                return refuse(refusal);
            }
            events.seek(fold.next());
            lastRefusal = "";
            Witness made = new Witness(store, logId, fold.next() - 1);
            WitnessReading reading = new WitnessReading(changelog, made, witnessedEvent, events::wakeup);
            fold.begin(made, reading::position);
            witness = made;
            current = events;
            LOG.info("following the events from offset {} on, the changelog is the witness", fold.next());
            host.begun();
            reading.start();
            try {
                new Passes(store, events, fold, made, reading, host).run();
            } finally {
                current = null;
                witness = null;
                reading.stop();
            }
            return true;
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

    private boolean refuse(String why) {
        if (!why.equals(lastRefusal)) {
            LOG.info("following the changelog: {}", why);
        }
        lastRefusal = why;
        kept = null;
        return false;
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

    /** One following, from its begin to its end. */
    private final class Passes {
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

        Passes(
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
        }

        void run() {
            host.waits().reask();
            atEndMs = clock.millis();
            while (!host.closed() && !(ending && witness.caughtUp())) {
                requireWitness();
                try {
                    pass();
                } catch (WakeupException woken) {
                    LOG.trace("woken to ask for the log's end, for the witness's sake, or to close");
                }
            }
            requireWitness();
            host.waits().reask();
        }

        private void requireWitness() {
            RuntimeException fault = reading.failure();
            if (fault != null) {
                throw fault;
            }
        }

        private void pass() {
            if (ending) {
                witness.awaitCaughtUp(POLL);
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
            ending = true;
            LOG.warn("event {} is left to the changelog: {}", leftAt, why.getMessage());
        }
    }
}
