package io.meshlog.meshapi;

import io.meshlog.meshapi.replica.Faults;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A thread whose tasks must not fail: one that does is a fault, and the thread goes on for those who are told so. */
final class GuardedLoop implements Executor {
    private final String name;
    private final Executor thread;
    private final Faults faults;

    GuardedLoop(String name, Executor thread, Faults faults) {
        this.name = name;
        this.thread = thread;
        this.faults = faults;
    }

    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error bug) {
                    faults.report(name, bug);
                }
            });
        } catch (RejectedExecutionException stopped) {
            // the process ends: nobody waits for it any more
        }
    }
}
