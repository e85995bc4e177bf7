package io.meshlog.meshapi.watch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A share of the hub's watches and the one thread that drives them along the ring. Whatever concerns them is done in turn
 * by one task at a time on the executor; however often it is woken in between, it runs once.
 *
 * <p>A watch that has to read the store is away for it: on one of the threads for catching up, for a few steps, then it
 * comes back. So readers that lag wait for each other and for the disk; those at the ring wait for neither. What the hub
 * does to all watches is done to one that is away when it is back.
 *
 * <p>Its queues hold at most each watch once, and one entry for each thing the hub does to all watches.
 */
final class WatchLoop {
    /** After so many steps another watch has its turn. */
    private static final int STEPS_IN_A_ROW = 16;

    private final Executor executor;
    private final Executor catchUps;
    private final Set<WatchCursor> watches = new LinkedHashSet<>();
    /** The watches that are away, each with what is to be done to it when it is back. */
    private final Map<WatchCursor, List<Consumer<WatchCursor>>> away = new HashMap<>();

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<WatchCursor> woken = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean allWoken = new AtomicBoolean();
    private final AtomicBoolean ticked = new AtomicBoolean();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable onClosed;

    /**
     * @param executor runs one task at a time, in order
     * @param catchUps runs what reads the store
     * @param onClosed told for each watch that is over
     */
    WatchLoop(Executor executor, Executor catchUps, Runnable onClosed) {
        this.executor = executor;
        this.catchUps = catchUps;
        this.onClosed = onClosed;
    }

    void add(WatchCursor watch) {
        tasks.add(() -> watches.add(watch));
        wake(watch);
    }

    /** Drives one watch soon. */
    void wake(WatchCursor watch) {
        woken.add(watch);
        schedule();
    }

    /** Drives every watch soon. */
    void wakeAll() {
        allWoken.set(true);
        schedule();
    }

    /** Does something to every watch, and drives them. */
    void forEach(Consumer<WatchCursor> action) {
        tasks.add(() -> watches.forEach(watch -> {
            List<Consumer<WatchCursor>> later = away.get(watch);
            if (later == null) {
                action.accept(watch);
            } else {
                later.add(action);
            }
        }));
        wakeAll();
    }

    /** Lets the watches look at the clock. One that is away takes part the next time. */
    void tick() {
        if (ticked.compareAndSet(false, true)) {
            tasks.add(() -> {
                ticked.set(false);
                watches.stream().filter(watch -> !away.containsKey(watch)).forEach(WatchCursor::tick);
            });
        }
        wakeAll();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            executor.execute(this::run);
        }
    }

    private void run() {
        scheduled.set(false);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        Collection<WatchCursor> due = new LinkedHashSet<>();
        if (allWoken.getAndSet(false)) {
            woken.clear();
            due = new ArrayList<>(watches);
        } else {
            for (WatchCursor watch = woken.poll(); watch != null; watch = woken.poll()) {
                due.add(watch);
            }
        }
        due.forEach(this::drive);
    }

    private void drive(WatchCursor watch) {
        boolean more = !away.containsKey(watch);
        for (int steps = 0; more && steps < STEPS_IN_A_ROW; steps++) {
            if (watch.wantsStore()) {
                away.put(watch, new ArrayList<>());
                catchUps.execute(() -> catchUp(watch));
                return;
            }
            more = watch.drive();
        }
        if (more) {
            wake(watch);
        }
        if (!away.containsKey(watch) && watch.isClosed() && watches.remove(watch)) {
            onClosed.run();
        }
    }

    private void catchUp(WatchCursor watch) {
        try {
            boolean more = true;
            for (int steps = 0; more && steps < STEPS_IN_A_ROW && watch.wantsStore(); steps++) {
                more = watch.drive();
            }
        } finally {
            tasks.add(() -> back(watch));
            schedule();
        }
    }

    private void back(WatchCursor watch) {
        List<Consumer<WatchCursor>> later = away.remove(watch);
        if (later != null) {
            later.forEach(action -> action.accept(watch));
        }
        woken.add(watch);
    }
}
