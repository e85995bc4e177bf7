package io.meshlog.publisher;

import io.meshlog.publisher.export.ExportDelta;
import io.meshlog.publisher.export.ExportPolicy;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.grpc.StreamListener;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.outbox.GatewayLimits;
import io.meshlog.publisher.outbox.Leadership;
import io.meshlog.publisher.outbox.Outbox;
import io.meshlog.publisher.outbox.OutboxListener;
import io.meshlog.publisher.outbox.OutboxListener.Refused;
import io.meshlog.publisher.outbox.OutboxState;
import io.meshlog.publisher.outbox.StreamEnd;
import io.meshlog.publisher.source.SourceListener;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The publisher's one thread: export and outbox are used by it alone.
 *
 * <p>Bound of its queue: one task of the source, which waits for it; of gRPC what {@code maxUndecidedEvents} events can
 * bring in acks; one tick.
 */
final class PublisherLoop implements SourceListener, StreamListener, AutoCloseable {
    private static final long TICK_MS = 100;
    /** No step waits for anything, so what is queued is done long before. */
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final String cluster;
    private final ExportPolicy policy;
    private final Leadership leadership;
    private final PublisherLog log;
    private final ScheduledExecutorService thread;
    private @Nullable Outbox outbox;
    private @Nullable Future<?> ticks;
    private List<String> problems = List.of();
    private boolean listed;
    private volatile PublisherStatus status;

    PublisherLoop(ExportSettings settings, Leadership leadership) {
        this.cluster = settings.cluster();
        this.leadership = leadership;
        this.policy = new ExportPolicy(settings);
        this.log = new PublisherLog(cluster);
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("publisher-" + cluster).daemon().factory());
        this.status = new PublisherStatus(
                cluster,
                new OutboxState.Waiting("to be started"),
                false,
                false,
                false,
                0,
                0,
                0,
                0,
                List.of(),
                List.of(),
                List.of());
    }

    OutboxListener log() {
        return log;
    }

    /** What it is to drive; before the start. */
    void drive(Outbox driven) {
        outbox = driven;
    }

    void start() {
        ticks = thread.scheduleWithFixedDelay(
                () -> step(now -> outbox().onTick(now)), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    PublisherStatus status() {
        return status;
    }

    @Override
    public void close() {
        Future<?> running = ticks;
        if (running != null) {
            running.cancel(false);
        }
        run(now -> outbox().close());
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException hurried) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private Outbox outbox() {
        Outbox driven = outbox;
        if (driven == null) {
            throw new IllegalStateException("there is nothing to drive");
        }
        return driven;
    }

    @Override
    public void onObjects(List<KubernetesObject> all) {
        runAndWait(now -> {
            log.onSkipped(policy.replace(all));
            listed = true;
            outbox().onDeclared(policy.declared(), now);
        });
    }

    @Override
    public void onChanges(List<ObjectChange> changes) {
        runAndWait(now -> {
            ExportDelta delta = policy.apply(changes);
            log.onSkipped(delta.skipped());
            outbox().onChanges(delta.changes(), now);
        });
    }

    @Override
    public void onProblems(List<String> present) {
        run(now -> {
            problems = present;
            log.onProblems(present);
        });
    }

    @Override
    public void onConnected(long connection) {
        run(now -> outbox().onConnected(connection, now));
    }

    @Override
    public void onOpened(long connection, long decidedSequence, GatewayLimits limits) {
        run(now -> outbox().onOpened(connection, decidedSequence, limits, now));
    }

    @Override
    public void onAck(long connection, long sequence, long revision, List<Refused> refused) {
        run(now -> outbox().onAck(connection, sequence, revision, refused, now));
    }

    @Override
    public void onSendSnapshot(long connection, String reason) {
        run(now -> outbox().onSendSnapshot(connection));
    }

    @Override
    public void onWritable(long connection) {
        run(now -> outbox().onWritable(connection));
    }

    @Override
    public void onEnded(long connection, StreamEnd end) {
        run(now -> outbox().onStreamEnded(connection, end, now));
    }

    private void run(LongConsumer step) {
        try {
            thread.execute(() -> step(step));
        } catch (RejectedExecutionException closed) {
            // A late word of a stream or source that is being closed.
        }
    }

    /** The source waits until it was heard, so that there is never more than one batch of it in the queue. */
    private void runAndWait(LongConsumer step) {
        try {
            thread.submit(() -> step(step)).get();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (RejectedExecutionException closed) {
            // The publisher is closed; nothing is heard any more.
        }
    }

    private void step(LongConsumer step) {
        try {
            step.accept(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        } catch (RuntimeException fault) {
            stop(fault);
        }
        updateStatus();
    }

    /** After half a step the fleet might be told less than is true, so nothing is told any more. */
    private void stop(RuntimeException fault) {
        log.onFault(fault);
        problems = List.of("stopped by a fault: " + fault);
        outbox().close();
    }

    private void updateStatus() {
        Outbox driven = outbox();
        status = new PublisherStatus(
                cluster,
                driven.state(),
                leadership.held(),
                listed,
                driven.isSynced(),
                driven.declared(),
                driven.pending(),
                driven.undecided(),
                driven.revision(),
                problems,
                List.copyOf(policy.skipped()),
                log.refused());
    }
}
