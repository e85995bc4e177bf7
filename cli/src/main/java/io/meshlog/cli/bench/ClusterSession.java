package io.meshlog.cli.bench;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.PublisherConfig;
import io.meshlog.publisher.grpc.GatewayChannels;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.meshlog.publisher.grpc.GrpcLink;
import io.meshlog.publisher.grpc.StreamListener;
import io.meshlog.publisher.outbox.GatewayLimits;
import io.meshlog.publisher.outbox.OutboxEvent;
import io.meshlog.publisher.outbox.OutboxListener.Refused;
import io.meshlog.publisher.outbox.StreamEnd;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A simulated cluster's session. What a publisher would keep and say again is not kept: a session that ends takes the
 * measurement with it. For one thread, but for what gRPC's threads tell it.
 */
final class ClusterSession implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final int MOST_OF_A_FRAME = 500;

    private final SimulatedCluster cluster;
    private final Runnable woken;
    private final GrpcLink link;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<GatewayLimits> opened = new CompletableFuture<>();
    private int mostUndecided;
    private int frameResources;
    private long sent;
    private volatile long acked;
    private volatile long revision;
    private volatile @Nullable String trouble;

    /** @param woken told on gRPC's threads that {@link #takes} may have changed */
    ClusterSession(SimulatedCluster cluster, String gateway, GatewaySecurity security, Runnable woken) {
        this.cluster = cluster;
        this.woken = woken;
        this.link = new GrpcLink(
                List.of(gateway),
                GatewayChannels.overTcp(security, cluster.name()),
                new GrpcLink.Writer(cluster.name(), PublisherConfig.DEFAULT_WRITER, "meshlog bench"),
                new Listening());
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    /** Begins the session and waits until it is there. */
    void open() {
        link.connect(1);
        await(connected);
        link.open(UUID.randomUUID());
        GatewayLimits limits = await(opened);
        mostUndecided = limits.maxUndecidedEvents();
        frameResources = Math.min(limits.maxFrameResources(), MOST_OF_A_FRAME);
    }

    /** Says everything the cluster has, in frames; the caller waits with {@link #settled}. */
    void declareEverything(Runnable pause) {
        List<Declared> all = cluster.everything();
        ResourceKey from = null;
        for (int begin = 0; begin < all.size(); begin += frameResources) {
            int end = Math.min(all.size(), begin + frameResources);
            ResourceKey to = end == all.size() ? null : all.get(end - 1).keyIn(cluster.name());
            while (!takes()) {
                pause.run();
            }
            say(new Statement.Frame(
                    from, to, all.subList(begin, end).stream().map(Value::of).toList()));
            from = to;
        }
    }

    /** Whether one more event can be sent now. */
    boolean takes() {
        requireNoTrouble();
        return sent - acked < mostUndecided && link.isReady();
    }

    /** Whether everything that was said is decided. */
    boolean settled() {
        requireNoTrouble();
        return acked == sent;
    }

    /** The fleet's revision after the last decided event. */
    long revision() {
        return revision;
    }

    void change(Value value) {
        if (value.resource() instanceof Declared declared) {
            say(new Statement.Upsert(declared.keyIn(cluster.name()), value));
        }
    }

    private void say(Statement statement) {
        sent++;
        link.send(new OutboxEvent(
                UUID.randomUUID(), sent, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), statement));
    }

    @Override
    public void close() {
        link.disconnect("done");
    }

    private void requireNoTrouble() {
        String words = trouble;
        if (words != null) {
            throw new CliException(ExitCode.ERROR, "cluster %s: %s".formatted(cluster.name(), words));
        }
    }

    private <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new CliException(
                    ExitCode.TIMEOUT, "cluster %s: no session within %d s".formatted(cluster.name(), PATIENCE_SECONDS));
        } catch (ExecutionException ended) {
            requireNoTrouble();
            throw new IllegalStateException(ended);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.ERROR, "interrupted");
        }
    }

    private final class Listening implements StreamListener {
        @Override
        public void onConnected(long connection) {
            connected.complete(null);
        }

        @Override
        public void onOpened(long connection, long decidedSequence, GatewayLimits limits) {
            opened.complete(limits);
        }

        @Override
        public void onAck(long connection, long sequence, long revisionAfter, List<Refused> refused) {
            revision = revisionAfter;
            acked = sequence;
            if (!refused.isEmpty()) {
                Refused first = refused.getFirst();
                trouble = "refused: %s: %s".formatted(first.rule(), first.message());
            }
            woken.run();
        }

        @Override
        public void onSendSnapshot(long connection, String reason) {
            // every new session is asked, and begins with one
        }

        @Override
        public void onWritable(long connection) {
            woken.run();
        }

        @Override
        public void onEnded(long connection, StreamEnd end) {
            IllegalStateException ended = new IllegalStateException("its session ended: " + end.reason());
            trouble = ended.getMessage();
            connected.completeExceptionally(ended);
            opened.completeExceptionally(ended);
            woken.run();
        }
    }
}
