package io.meshlog.meshapi.feed;

import io.meshlog.events.log.ChangeRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the changelog for the witness until it is stopped or fails: on a thread of its own once it is started, else a turn at
 * a time on the feed's.
 */
final class WitnessReading {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessReading.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final ChangelogSource source;
    private final Witness witness;
    private final InstantSource clock;
    private final FeedLimits limits;
    private final LongConsumer seen;
    private final Runnable failed;
    private final Thread thread;
    /** Read and not compared yet: what comes first is not decided here yet. */
    private final Deque<ChangeRecord> left = new ArrayDeque<>();

    /** Whether compaction may have taken some of what was to be read before what is left. */
    private boolean late;
    /** What the changelog took in before this is compared. */
    private volatile long completeMs;

    private boolean started;
    private volatile boolean stopping;
    private volatile long position;
    private volatile @Nullable RuntimeException failure;

    /**
     * @param source read from where it stands; nobody else's until {@link #stop}
     * @param completeMs up to when all that the changelog took in was there to be read, by the time {@code clock} tells
     * @param seen told, on its thread, of the last event that the changelog has brought
     * @param failed called once, on its thread, when {@link #failure} is there to be asked for
     */
    WitnessReading(
            ChangelogSource source,
            Witness witness,
            InstantSource clock,
            FeedLimits limits,
            long completeMs,
            LongConsumer seen,
            Runnable failed) {
        this.clock = clock;
        this.limits = limits;
        this.completeMs = completeMs;
        this.source = source;
        this.witness = witness;
        this.seen = seen;
        this.failed = failed;
        this.position = source.position();
        this.thread = Thread.ofPlatform().name("changelog-witness").daemon(true).unstarted(this::run);
    }

    void start() {
        started = true;
        thread.start();
    }

    private void run() {
        try {
            while (!stopping) {
                read();
                ChangeRecord next = left.peek();
                if (next != null) {
                    witness.awaitDecided(next);
                }
            }
        } catch (RuntimeException fault) {
            fail(fault);
        }
    }

    /** Reads and compares once; for who does not start it. */
    void turn() {
        try {
            if (failure == null) {
                read();
            }
        } catch (RuntimeException fault) {
            fail(fault);
        }
    }

    private void fail(RuntimeException fault) {
        failure = fault;
        failed.run();
    }

    private void read() {
        try {
            if (left.isEmpty()) {
                poll();
            }
        } catch (WakeupException woken) {
            LOG.trace("woken to stop, or by somebody who asks for the log's end");
        }
        boolean any = false;
        while (!left.isEmpty() && !stopping && check(left.element())) {
            ChangeRecord compared = left.remove();
            position = compared.offset() + 1;
            completeMs = Math.max(completeMs, compared.timestampMs());
            any = true;
        }
        if (left.isEmpty()) {
            position = source.position();
        }
        if (any) {
            seen.accept(witness.seen());
        }
    }

    private boolean check(ChangeRecord record) {
        if (late) {
            witness.thinned();
        }
        return witness.check(record);
    }

    /** What is younger than what was read last, and not old itself, is not compacted yet. */
    private void poll() {
        left.addAll(source.poll(POLL));
        long now = clock.millis();
        late = now - completeMs >= limits.surelyWhole().toMillis();
        if (left.isEmpty()
                && now - completeMs >= limits.surelyWhole().toMillis() / 2
                && source.position() >= source.stableEnd(limits.askTimeout())) {
            completeMs = now;
        }
    }

    /** Waits until the changelog has said all that was decided here, at most so long; not at all where nobody reads it. */
    void awaitCaughtUp(Duration timeout) {
        if (started) {
            witness.awaitCaughtUp(timeout);
        }
    }

    /** The offset in the changelog up to which everything was compared. */
    long position() {
        return position;
    }

    /** Up to when all that the changelog took in is compared. */
    long completeMs() {
        return completeMs;
    }

    /** Why it stopped by itself; null while it has not. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    /** Ends it, and leaves the source where everything before was compared. */
    void stop() {
        stopping = true;
        witness.close();
        if (started) {
            join();
            clearWakeup();
        }
        source.seek(position);
    }

    private void join() {
        source.wakeup();
        try {
            if (!thread.join(STOP)) {
                throw new IllegalStateException("the witness did not stop within " + STOP);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the witness stops", interrupted);
        }
    }

    /** A wake-up that met no poll would end the next one. */
    private void clearWakeup() {
        try {
            List<ChangeRecord> unused = source.poll(Duration.ZERO);
        } catch (WakeupException left) {
            LOG.trace("the wake-up was still there");
        }
    }
}
