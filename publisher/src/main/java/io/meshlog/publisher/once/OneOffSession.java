package io.meshlog.publisher.once;

import com.fasterxml.uuid.Generators;
import io.meshlog.events.model.Statement;
import io.meshlog.publisher.grpc.GatewayChannels;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.meshlog.publisher.grpc.GrpcLink;
import io.meshlog.publisher.grpc.StreamListener;
import io.meshlog.publisher.outbox.GatewayLimits;
import io.meshlog.publisher.outbox.OutboxEvent;
import io.meshlog.publisher.outbox.OutboxListener.Refused;
import io.meshlog.publisher.outbox.StreamEnd;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Says some changes in a session of its own and waits until the fleet has decided them.
 *
 * <p>Its writer is {@value #WRITER}, not the one of the cluster's publisher, which goes on undisturbed. It says changes only,
 * no snapshot, so it withdraws nothing but what it is told to. What it declares is the cluster's like anything else: the
 * next snapshot of the cluster's publisher withdraws what that does not have.
 *
 * <p>Where a gateway is lost underway, the same session goes on at the next one: what was decided is not said twice. Two
 * that run at once for one cluster fence each other; the earlier one fails in words. For one thread.
 */
public final class OneOffSession implements AutoCloseable {
    /** The writer's name within its cluster. */
    public static final String WRITER = "one-off";

    private static final int MOST_CONNECTIONS = 5;
    private static final int MOST_HEARD = 100_000;
    private static final Duration PAUSE = Duration.ofMillis(300);

    /**
     * What became of what was said.
     *
     * @param revision of the fleet after the last of it
     * @param refused what the fleet did not take, with why
     */
    public record Outcome(long revision, List<Refused> refused) {
        public Outcome {
            refused = List.copyOf(refused);
        }
    }

    private sealed interface Heard {
        long connection();

        record Connected(long connection) implements Heard {}

        record Opened(long connection, long decided, GatewayLimits limits) implements Heard {}

        record Acked(long connection, long sequence, long revision, List<Refused> refused) implements Heard {}

        record Writable(long connection) implements Heard {}

        record Ended(long connection, StreamEnd end) implements Heard {}
    }

    private final GrpcLink link;
    private final LinkedBlockingQueue<Heard> heard = new LinkedBlockingQueue<>(MOST_HEARD);
    private final UUID incarnation = UUID.randomUUID();

    /** @param gateways {@code host:port}, tried in turn */
    public OneOffSession(List<String> gateways, GatewaySecurity security, String cluster, String version) {
        this.link = new GrpcLink(
                gateways,
                GatewayChannels.overTcp(security, cluster),
                new GrpcLink.Writer(cluster, WRITER, version),
                new Listening());
    }

    /**
     * Says all of it, in order.
     *
     * @param decided told how many are decided so far
     * @throws OneOffFailedException if it cannot be said, or is not decided in time; what was decided until then stays
     */
    public Outcome say(List<? extends Statement> statements, Duration timeout, LongConsumer decided) {
        List<OutboxEvent> events = new ArrayList<>();
        for (Statement statement : statements) {
            events.add(new OutboxEvent(
                    Generators.timeBasedEpochGenerator().generate(),
                    events.size() + 1L,
                    ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()),
                    statement));
        }
        return new Saying(events, System.nanoTime() + timeout.toNanos(), decided).run();
    }

    @Override
    public void close() {
        link.disconnect("done");
    }

    /** One run over the events, over as many connections as it takes. */
    private final class Saying {
        private final List<OutboxEvent> events;
        private final long deadlineNanos;
        private final LongConsumer decided;
        private final List<Refused> refused = new ArrayList<>();
        private long connection;
        private long sent;
        private long acked;
        private long revision;
        private int mostUndecided;
        private boolean opened;

        Saying(List<OutboxEvent> events, long deadlineNanos, LongConsumer decided) {
            this.events = events;
            this.deadlineNanos = deadlineNanos;
            this.decided = decided;
        }

        Outcome run() {
            connect();
            while (!opened || acked < events.size()) {
                Heard next = await();
                if (next.connection() == connection) {
                    hear(next);
                }
                pump();
            }
            return new Outcome(revision, refused);
        }

        private void connect() {
            connection++;
            link.connect(connection);
        }

        private Heard await() {
            try {
                Heard next = heard.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new OneOffFailedException(
                            "%d of %d were decided in time".formatted(acked, events.size()), true);
                }
                return next;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new OneOffFailedException("interrupted", true);
            }
        }

        private void hear(Heard next) {
            switch (next) {
                case Heard.Connected connected -> link.open(incarnation);
                case Heard.Opened is -> {
                    opened = true;
                    acked = is.decided();
                    sent = is.decided();
                    mostUndecided = is.limits().maxUndecidedEvents();
                }
                case Heard.Acked ack -> {
                    acked = Math.max(acked, ack.sequence());
                    revision = Math.max(revision, ack.revision());
                    refused.addAll(ack.refused());
                    decided.accept(acked);
                }
                case Heard.Writable writable -> {}
                case Heard.Ended ended -> goOn(ended.end());
            }
        }

        private void goOn(StreamEnd end) {
            opened = false;
            if (end.code() == StreamEnd.Code.SESSION_OVER || connection >= MOST_CONNECTIONS) {
                throw new OneOffFailedException(
                        "%s (%d of %d were decided)".formatted(end.reason(), acked, events.size()), false);
            }
            try {
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            connect();
        }

        private void pump() {
            while (opened && sent < events.size() && sent - acked < mostUndecided && link.isReady()) {
                link.send(events.get((int) sent));
                sent++;
            }
        }
    }

    /** A queue that is full means a gateway that says what nobody asked for: the stream's own limit of acks is below. */
    private final class Listening implements StreamListener {
        @Override
        public void onConnected(long connection) {
            heard.add(new Heard.Connected(connection));
        }

        @Override
        public void onOpened(long connection, long decidedSequence, GatewayLimits limits) {
            heard.add(new Heard.Opened(connection, decidedSequence, limits));
        }

        @Override
        public void onAck(long connection, long sequence, long revision, List<Refused> refused) {
            heard.add(new Heard.Acked(connection, sequence, revision, refused));
        }

        @Override
        public void onSendSnapshot(long connection, String reason) {
            // a gateway asks every new session; this one has none to send, and is decided without
        }

        @Override
        public void onWritable(long connection) {
            heard.add(new Heard.Writable(connection));
        }

        @Override
        public void onEnded(long connection, StreamEnd end) {
            heard.add(new Heard.Ended(connection, end));
        }
    }
}
