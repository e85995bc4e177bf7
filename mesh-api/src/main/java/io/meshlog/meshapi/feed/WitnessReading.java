package io.meshlog.meshapi.feed;

import io.meshlog.events.log.ChangeRecord;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the changelog for the witness, on a thread of its own, from its start until it is stopped or fails. */
final class WitnessReading {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessReading.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final ChangelogSource source;
    private final Witness witness;
    private final LongConsumer seen;
    private final Runnable failed;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile long position;
    private volatile @Nullable RuntimeException failure;

    /**
     * @param source read from where it stands; nobody else's until {@link #stop}
     * @param seen told, on its thread, of the last event that the changelog has brought
     * @param failed called once, on its thread, when {@link #failure} is there to be asked for
     */
    WitnessReading(ChangelogSource source, Witness witness, LongConsumer seen, Runnable failed) {
        this.source = source;
        this.witness = witness;
        this.seen = seen;
        this.failed = failed;
        this.position = source.position();
        this.thread = Thread.ofPlatform().name("changelog-witness").daemon(true).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!stopping) {
                read();
            }
        } catch (RuntimeException fault) {
            failure = fault;
            failed.run();
        }
    }

    private void read() {
        try {
            List<ChangeRecord> records = source.poll(POLL);
            if (compare(records)) {
                position = source.position();
            }
            if (!records.isEmpty()) {
                seen.accept(witness.seen());
            }
        } catch (WakeupException woken) {
            LOG.trace("woken to stop, or by somebody who asks for the log's end");
        }
    }

    /** False if it was stopped underway. */
    private boolean compare(List<ChangeRecord> records) {
        for (ChangeRecord record : records) {
            if (!witness.check(record)) {
                return false;
            }
            position = record.offset() + 1;
        }
        return true;
    }

    /** The offset in the changelog up to which everything was compared. */
    long position() {
        return position;
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
        source.wakeup();
        try {
            if (!thread.join(STOP)) {
                throw new IllegalStateException("the witness did not stop within " + STOP);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the witness stops", interrupted);
        }
        clearWakeup();
        source.seek(position);
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
