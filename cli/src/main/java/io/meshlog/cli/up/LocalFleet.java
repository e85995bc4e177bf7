package io.meshlog.cli.up;

import io.meshlog.cli.StopSignal;
import io.meshlog.cli.up.PartState.Failed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The parts of one fleet, each a process. All are started at once, since each waits for those it needs; they are stopped
 * in the order in which nobody misses anybody.
 */
final class LocalFleet implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    /** In the order in which they are stopped. */
    private final List<Part> parts = new ArrayList<>();

    private final List<CompletableFuture<PartState>> settled = new ArrayList<>();

    /**
     * @param inOrderOfStop the parts, those that others need last
     */
    LocalFleet(List<PartSpec> inOrderOfStop, PartListener listener) {
        inOrderOfStop.forEach(spec -> parts.add(new Part(spec, listener, InstantSource.system())));
    }

    /** Starts those that others need first, and comes back at once. */
    void start() {
        parts.reversed().forEach(part -> settled.addFirst(part.start()));
    }

    /**
     * Waits until every part answers, or the limit is over.
     *
     * @return those that do not answer yet
     * @throws UpException naming a part that cannot be started
     */
    List<String> awaitReady(StopSignal stop, Duration limit) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        List<String> missing = missing();
        while (!missing.isEmpty() && System.nanoTime() < deadlineNs && !stop.await(POLL)) {
            missing = missing();
        }
        return missing;
    }

    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (part.state() instanceof Failed failed) {
                throw new UpException("the %s %s".formatted(part.name(), failed.why()));
            }
            if (!settled.get(i).isDone()) {
                missing.add(part.name());
            }
        }
        return missing;
    }

    /** Stops them one after the other; blocks until all are gone. */
    @Override
    public void close() {
        parts.forEach(Part::close);
    }
}
