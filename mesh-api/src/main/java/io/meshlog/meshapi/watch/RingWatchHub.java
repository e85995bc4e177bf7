package io.meshlog.meshapi.watch;

import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.meshapi.watch.WatchEnd.Reason;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hub: one ring of the newest writes, and many cursors into it. A write is encoded once, whoever watches. A watch that
 * is slower than the ring is long reads on from the store, the latest of each key only, and comes back to the ring when it
 * is done; it holds nothing but its place, and slows nobody.
 *
 * <p>{@link #append}, {@link #synced} and {@link #distrust} are the feed's, on its one thread; {@link #tick} is called
 * some times a second by whoever keeps the time; the rest is safe on any thread.
 */
public final class RingWatchHub implements WatchHub, RecentWrites {
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
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    /** Whether the store is right, as far as anybody knows. */
    private volatile boolean trusted = true;
    /** Why nothing is served any more; null while it is. */
    private volatile @Nullable String leaving;

    /**
     * @param loops executors that each run one task at a time, in order; nothing on them waits
     * @param catchUps runs what reads the store for watches that are not at the ring
     * @param faults is told what should not have happened; the watch it happened to is closed
     */
    public RingWatchHub(
            ReplicaStore store,
            ChangeEncoder encoder,
            HubLimits limits,
            List<? extends Executor> loops,
            Executor catchUps,
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
                .map(executor -> new WatchLoop(executor, catchUps, open::decrementAndGet))
                .toList();
    }

    @Override
    public Watch open(WatchSpec spec, WatchSink sink) {
        WatchLoop loop = loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
        WatchCursor watch = new WatchCursor(spec, sink, view, loop);
        int watches = open.incrementAndGet();
        loop.add(watch);
        String reason = leaving;
        if (watches > limits.watches()) {
            end(loop, watch, Reason.TOO_MANY, "%d watches are open, that is the limit".formatted(limits.watches()));
        } else if (reason != null) {
            end(loop, watch, Reason.REPLICA_STOPPING, reason);
        }
        return watch;
    }

    private static void end(WatchLoop loop, WatchCursor watch, Reason reason, String message) {
        loop.forEach(each -> {
            if (each == watch) {
                each.end(reason, message);
            }
        });
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
            listeners.forEach(Listener::onWrites);
        }
    }

    /**
     * The store is at this revision, and what follows is appended.
     *
     * @param rebuilt whether what was sent before may be wrong: every watch begins anew
     */
    public void synced(long revision, boolean rebuilt) {
        ring.reset(revision);
        if (rebuilt) {
            distrust("the replica was built anew");
        }
        trusted = true;
        loops.forEach(WatchLoop::wakeAll);
        listeners.forEach(Listener::onWrites);
    }

    /** The store is, or may be, wrong: nothing is sent until {@link #synced}, and then every watch begins anew. */
    public void distrust(String why) {
        trusted = false;
        loops.forEach(loop -> loop.forEach(watch -> watch.startOver(why)));
        listeners.forEach(listener -> listener.onDistrust(why));
    }

    /** Looks after markers, held and stuck watches. */
    public void tick() {
        loops.forEach(WatchLoop::tick);
    }

    /**
     * Ends every watch, telling each where to go on, and those that still come.
     *
     * @param why for people
     */
    public void stop(String why) {
        leaving = why;
        loops.forEach(loop -> loop.forEach(watch -> watch.end(Reason.REPLICA_STOPPING, why)));
        listeners.forEach(listener -> listener.onStop(why));
    }

    /** As {@link #stop(String)}, where the whole replica ends in good order. */
    public void stop() {
        stop("the replica stops; go on at another one");
    }

    @Override
    public long newest() {
        return ring.newest();
    }

    @Override
    public @Nullable List<AppliedWrite.Change> write(long revision) {
        List<RingChange> held = ring.get(revision);
        return held == null ? null : held.stream().map(RingChange::change).toList();
    }

    @Override
    public @Nullable ReplicaSnapshot snapshot() {
        return view.snapshot();
    }

    @Override
    public Registration listen(Listener listener) {
        listeners.add(listener);
        String reason = leaving;
        if (reason != null) {
            listener.onStop(reason);
        }
        return () -> listeners.remove(listener);
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
        public @Nullable StorePosition position() {
            StorePosition position = store.position();
            return trusted && served(position) ? position : null;
        }

        private static boolean served(StorePosition position) {
            return position.whole() && position.logId() != null;
        }

        @Override
        public @Nullable ReplicaSnapshot snapshot() {
            if (!trusted) {
                return null;
            }
            ReplicaSnapshot snapshot = store.snapshot();
            // what the view itself says counts: the store may have moved on since it was asked
            if (served(snapshot.position())) {
                return snapshot;
            }
            snapshot.close();
            return null;
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
