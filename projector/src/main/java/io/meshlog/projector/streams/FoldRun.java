package io.meshlog.projector.streams;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.wire.ReleaseIds;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;

/** Streams from its start until it stops; another try is another run. {@link #active} may be asked by any thread. */
public final class FoldRun implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(20);
    private static final long FAULT_PAUSE_MS = 1_000;

    private final KafkaStreams streams;
    private final BlockingQueue<StopCause> stops = new LinkedBlockingQueue<>();

    /**
     * @param changesSchema the registry's ids of the changelog's schemas
     * @param saidUpTo the offset of the last event whose decision the changelog has: decided again, it is not said again
     * @param skips asked on the Streams thread
     * @param pinned whether a successor can end what this instance leaves open; false only to measure what that costs
     */
    public FoldRun(
            FoldSite site,
            ReleaseIds changesSchema,
            long saidUpTo,
            SkipSearch skips,
            FoldProgress progress,
            boolean pinned) {
        Backlog backlog = new Backlog();
        FleetFold fold = new FleetFold(Limits.DEFAULT, new ValueCodec());
        Topology topology = FleetTopology.of(
                site.topics().events(),
                site.topics().changelog(),
                () -> new FoldProcessor(changesSchema, saidUpTo, fold, skips, backlog, progress));
        streams = new KafkaStreams(
                topology, StreamsSettings.of(site), new FoldClients(pinned ? site.group() : null, backlog));
        streams.setUncaughtExceptionHandler(
                new FaultPolicy(System::currentTimeMillis, FoldRun::pauseAfterFault, stops::add));
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.ERROR) {
                stops.add(new StopCause.Faults("Streams gave up; its log says why"));
            }
        });
    }

    private static void pauseAfterFault() {
        try {
            TimeUnit.MILLISECONDS.sleep(FAULT_PAUSE_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    public void start() {
        streams.start();
    }

    /** Why it stopped, null if it did not within the time. */
    public @Nullable StopCause awaitStop(long timeoutMs) throws InterruptedException {
        return stops.poll(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** Whether the task is this instance's. */
    public boolean active() {
        return streams.metadataForLocalThreads().stream()
                .anyMatch(thread -> !thread.activeTasks().isEmpty());
    }

    /** Leaves the group, so that a standby goes on at once. */
    @Override
    public void close() {
        boolean closed = streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE));
        if (!closed) {
            throw new IllegalStateException("Streams did not close within " + CLOSE);
        }
    }
}
