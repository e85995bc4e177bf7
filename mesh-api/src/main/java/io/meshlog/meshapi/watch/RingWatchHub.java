package io.meshlog.meshapi.watch;

import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.meshapi.watch.WatchEnd.Reason;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The hub: one ring of the newest writes, and many cursors into it. A write is encoded once, whoever watches. A watch that
 * is slower than the ring is long reads on from the store, the latest of each key only, and comes back to the ring when it
 * is done; it holds nothing but its place, and slows nobody.
 *
 * <p>{@link #append}, {@link #catchingUp} and {@link #synced} are the feed's, on its one thread; {@link #tick} is called
 * some times a second by whoever keeps the time; the rest is safe on any thread.
 */
public final class RingWatchHub implements WatchHub {
    private final ReplicaStore store;
    private final ChangeEncoder encoder;
    private final HubLimits limits;
    private final InstantSource clock;
    private final Consumer<RuntimeException> faults;
    private final Ring ring;
    private final List<WatchLoop> loops;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger nextLoop = new AtomicInteger();
    private final View view = new View();
    private volatile boolean exact;
    private volatile boolean stopping;

    /**
     * @param loops executors that each run one task at a time, in order
     * @param faults is told what should not have happened; the watch it happened to is closed
     */
    public RingWatchHub(
            ReplicaStore store,
            ChangeEncoder encoder,
            HubLimits limits,
            List<? extends Executor> loops,
            InstantSource clock,
            Consumer<RuntimeException> faults) {
        this.store = store;
        this.encoder = encoder;
        this.limits = limits;
        this.clock = clock;
        this.faults = faults;
        this.ring = new Ring(limits.ringRevisions(), limits.ringBytes());
        this.ring.reset(store.position().revision());
        this.loops = loops.stream()
                .map(executor -> new WatchLoop(executor, open::decrementAndGet))
                .toList();
    }

    @Override
    public Watch open(WatchSpec spec, WatchSink sink) {
        WatchLoop loop = loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
        WatchCursor watch = new WatchCursor(spec, sink, view, loop);
        int watches = open.incrementAndGet();
        loop.add(watch);
        if (watches > limits.watches()) {
            loop.forEach(each -> {
                if (each == watch) {
                    each.end(Reason.TOO_MANY, "%d watches are open, that is the limit".formatted(limits.watches()));
                }
            });
        } else if (stopping) {
            stop(loop);
        }
        return watch;
    }

    @Override
    public int openWatches() {
        return open.get();
    }

    /** Writes the store has applied, in order, without a gap since {@link #synced}. */
    public void append(List<AppliedWrite> writes) {
        if (!writes.isEmpty()) {
            writes.forEach(write -> ring.append(write, encoder));
            loops.forEach(WatchLoop::wakeAll);
        }
    }

    /** The store may be between revisions from now on. */
    public void catchingUp() {
        exact = false;
    }

    /**
     * The store is at this revision, and what follows is appended.
     *
     * @param rebuilt whether what was sent before may be wrong: every watch begins anew
     */
    public void synced(long revision, boolean rebuilt) {
        ring.reset(revision);
        exact = true;
        if (rebuilt) {
            loops.forEach(loop -> loop.forEach(watch -> watch.startOver("the replica was built anew")));
        } else {
            loops.forEach(WatchLoop::wakeAll);
        }
    }

    /** Looks after markers, held and stuck watches. */
    public void tick() {
        loops.forEach(loop -> loop.forEach(WatchCursor::tick));
    }

    /** Ends every watch, telling each where to go on. */
    public void stop() {
        stopping = true;
        loops.forEach(RingWatchHub::stop);
    }

    private static void stop(WatchLoop loop) {
        loop.forEach(watch -> watch.end(Reason.REPLICA_STOPPING, "the replica stops; go on at another one"));
    }

    private final class View implements HubView {
        @Override
        public Ring ring() {
            return ring;
        }

        @Override
        public ChangeEncoder encoder() {
            return encoder;
        }

        @Override
        public HubLimits limits() {
            return limits;
        }

        @Override
        public boolean servable() {
            StorePosition position = store.position();
            return exact || (position.endRevision() >= 0 && position.endRevision() == position.revision());
        }

        @Override
        public StorePosition position() {
            return store.position();
        }

        @Override
        public ReplicaSnapshot snapshot() {
            return store.snapshot();
        }

        @Override
        public long nowMs() {
            return clock.millis();
        }

        @Override
        public void fault(RuntimeException fault) {
            faults.accept(fault);
        }
    }
}
