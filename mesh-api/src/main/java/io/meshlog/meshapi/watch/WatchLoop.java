package io.meshlog.meshapi.watch;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A share of the hub's watches and the one thread that drives them. Whatever concerns them is done in turn by one task at a
 * time on the executor; however often it is woken in between, it runs once.
 *
 * <p>Its queues hold at most each watch once, and one entry for each thing the hub does to all watches.
 */
final class WatchLoop {
    /** After so many steps another watch has its turn. */
    private static final int STEPS_IN_A_ROW = 16;

    private final Executor executor;
    private final Set<WatchCursor> watches = new LinkedHashSet<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<WatchCursor> woken = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean allWoken = new AtomicBoolean();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable onClosed;

    /** @param onClosed told for each watch that is over */
    WatchLoop(Executor executor, Runnable onClosed) {
        this.executor = executor;
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
        tasks.add(() -> watches.forEach(action));
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
        Set<WatchCursor> due = new LinkedHashSet<>();
        if (allWoken.getAndSet(false)) {
            woken.clear();
            due.addAll(watches);
        } else {
            for (WatchCursor watch = woken.poll(); watch != null; watch = woken.poll()) {
                due.add(watch);
            }
        }
        drive(new ArrayDeque<>(due));
    }

    private void drive(Queue<WatchCursor> due) {
        for (WatchCursor watch : due) {
            boolean more = true;
            for (int steps = 0; more && steps < STEPS_IN_A_ROW; steps++) {
                more = watch.drive();
            }
            if (watch.isClosed()) {
                if (watches.remove(watch)) {
                    onClosed.run();
                }
            } else if (more) {
                wake(watch);
            }
        }
    }
}
