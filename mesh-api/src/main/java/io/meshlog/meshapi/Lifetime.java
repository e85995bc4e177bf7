package io.meshlog.meshapi;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be closed, the last first. One that fails to close keeps no other open. For one thread. */
final class Lifetime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);
    private static final long DRAIN_MS = 2_000;

    private record Owned(String name, AutoCloseable thing) {}

    private final Deque<Owned> owned = new ArrayDeque<>();

    <T extends AutoCloseable> T owns(String name, T thing) {
        owned.push(new Owned(name, thing));
        return thing;
    }

    /** Threads that finish what they were given, for at most two seconds, when it is over. */
    <E extends ExecutorService> E ownsThreads(String name, E threads) {
        owned.push(new Owned(name, () -> {
            threads.shutdown();
            if (!threads.awaitTermination(DRAIN_MS, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        }));
        return threads;
    }

    ExecutorService ownsThread(String name) {
        return ownsThreads(
                name,
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name(name).daemon(true).factory()));
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            Owned last = owned.pop();
            try {
                last.thing().close();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } catch (Exception failed) {
                LOG.warn("{} does not close", last.name(), failed);
            }
        }
    }
}
