package io.meshlog.meshapi.etcd.watch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The streams whose connections one event loop serves, driven on that loop: whatever comes, it is woken once for all of them,
 * and what they send needs no other thread. How often it goes round is {@link WatchPace}'s matter.
 */
final class StreamLoop {
    private final ScheduledExecutorService loop;
    private final LongSupplier nanos;
    private final Set<WatchStream> streams = ConcurrentHashMap.newKeySet();
    /** Whether a round is on its way. */
    private final AtomicBoolean coming = new AtomicBoolean();

    private final WatchPace pace = new WatchPace();

    /**
     * @param loop runs one task at a time, in order
     * @param nanos time that only goes forward
     */
    StreamLoop(ScheduledExecutorService loop, LongSupplier nanos) {
        this.loop = loop;
        this.nanos = nanos;
    }

    void add(WatchStream stream) {
        streams.add(stream);
    }

    void remove(WatchStream stream) {
        streams.remove(stream);
    }

    Set<WatchStream> streams() {
        return streams;
    }

    /** Goes on with a stream soon. */
    void execute(Runnable task) {
        loop.execute(task);
    }

    /** There may be something for every stream. Any thread; returns at once. */
    void wakeAll() {
        if (!streams.isEmpty() && coming.compareAndSet(false, true)) {
            loop.execute(this::comeRound);
        }
    }

    private void comeRound() {
        long waitNanos = pace.waitNanos(nanos.getAsLong());
        if (waitNanos > 0) {
            var unused = loop.schedule(this::goRound, waitNanos, TimeUnit.NANOSECONDS);
        } else {
            goRound();
        }
    }

    private void goRound() {
        coming.set(false);
        pace.began(nanos.getAsLong());
        streams.forEach(WatchStream::runHere);
        // behind what the round made the transport do
        loop.execute(() -> pace.ended(nanos.getAsLong()));
    }
}
