package io.meshlog.cli.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Many watches of the simulated clusters, {@value #WATCHES_PER_CONNECTION} to a connection. All count; of
 * {@value #MOST_TIMED} of them, spread evenly, each change is also timed.
 */
final class Watches implements AutoCloseable {
    private static final int WATCHES_PER_CONNECTION = 100;
    private static final int MOST_TIMED = 16;
    private static final long LONGEST_NANOS = 600_000_000_000L;
    private static final int DIGITS = 3;

    private final List<MeshConnection> connections = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final Histogram latencies = new ConcurrentHistogram(LONGEST_NANOS, DIGITS);
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder messages = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder resyncs = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile DueTimes dueTimes = new DueTimes(0, 0);

    /** @param token where to go on; null to begin with a snapshot */
    Watches(ServerAddress server, Selector selector, int count, @Nullable ByteString token) {
        WatchRequest.Builder request = WatchRequest.newBuilder().setSelector(selector);
        if (token != null) {
            request.setResumeToken(token);
        }
        int timedEach = Math.max(1, count / MOST_TIMED);
        for (int watch = 0; watch < count; watch++) {
            if (watch % WATCHES_PER_CONNECTION == 0) {
                connections.add(MeshConnection.open(server));
            }
            Reader reader = new Reader(watch % timedEach == 0);
            readers.add(reader);
            ClientCall<WatchRequest, Message> call =
                    connections.getLast().channel().newCall(Message.WATCH, CallOptions.DEFAULT);
            ClientCalls.asyncServerStreamingCall(call, request.build(), reader);
        }
    }

    /** From now on changes of this run are timed, and what was counted is forgotten. */
    void count(DueTimes run) {
        dueTimes = run;
        latencies.reset();
        deliveries.reset();
        messages.reset();
        bytes.reset();
    }

    /** Whether every watch has its snapshot, or everything it missed. */
    boolean synced() {
        requireNoFailure();
        return readers.stream().allMatch(reader -> reader.synced);
    }

    /** Whether every watch has everything up to the revision. */
    boolean reached(long revision) {
        requireNoFailure();
        return readers.stream().allMatch(reader -> reader.revision >= revision);
    }

    /** When the last change came to any of them. */
    long lastChangeNanos() {
        return readers.stream().mapToLong(reader -> reader.changedNanos).max().orElse(0);
    }

    /** From where the first of them can go on. */
    ByteString token() {
        return readers.getFirst().token;
    }

    long deliveries() {
        return deliveries.sum();
    }

    long messages() {
        return messages.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    /** How many were told to begin anew. */
    long resyncs() {
        return resyncs.sum();
    }

    double quantileMs(double quantile) {
        return latencies.getValueAtPercentile(quantile * 100) / 1e6;
    }

    @Override
    public void close() {
        connections.forEach(MeshConnection::close);
    }

    private void requireNoFailure() {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new CliException(ExitCode.ERROR, "a watch ended: " + failed.getMessage());
        }
    }

    private final class Reader implements StreamObserver<Message> {
        private final boolean timed;
        private volatile boolean synced;
        private volatile long revision;
        private volatile long changedNanos;
        private volatile ByteString token = ByteString.EMPTY;

        Reader(boolean timed) {
            this.timed = timed;
        }

        @Override
        public void onNext(Message message) {
            long nowNanos = System.nanoTime();
            messages.increment();
            bytes.add(message.bytes().size());
            if (message.changes() > 0) {
                deliveries.add(message.changes());
                changedNanos = nowNanos;
                if (timed && synced) {
                    time(message, nowNanos);
                }
            }
            if (message.resync()) {
                resyncs.increment();
            }
            if (message.bookmark() != null) {
                token = message.bookmark().getResumeToken();
                revision = message.bookmark().getRevision();
            }
            if (message.synced() != null) {
                token = message.synced().getResumeToken();
                revision = message.synced().getRevision();
                synced = true;
            }
        }

        private void time(Message message, long nowNanos) {
            DueTimes run = dueTimes;
            try {
                for (Change change :
                        WatchResponse.parseFrom(message.bytes()).getBatch().getChangesList()) {
                    long tookNanos = change.hasUpsert()
                            ? run.sinceNanos(SimulatedCluster.numberIn(change.getUpsert()), nowNanos)
                            : -1;
                    if (tookNanos >= 0) {
                        latencies.recordValue(Math.min(tookNanos, LONGEST_NANOS));
                    }
                }
            } catch (InvalidProtocolBufferException unreadable) {
                onError(unreadable);
            }
        }

        @Override
        public void onError(Throwable error) {
            failure.compareAndSet(null, error);
        }

        @Override
        public void onCompleted() {
            onError(new IllegalStateException("the server ended it"));
        }
    }
}
