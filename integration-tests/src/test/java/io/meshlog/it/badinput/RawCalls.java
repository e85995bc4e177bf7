package io.meshlog.it.badinput;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Calls with whatever bytes, a bounded number at a time, and how they ended. */
final class RawCalls {
    private static final int AT_ONCE = 64;
    private static final Metadata.Key<String> CLUSTER =
            Metadata.Key.of("x-meshlog-cluster", Metadata.ASCII_STRING_MARSHALLER);
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    };

    private final ManagedChannel channel;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();
    private final Queue<String> unexplained = new ConcurrentLinkedQueue<>();

    RawCalls(ManagedChannel channel) {
        this.channel = channel;
    }

    /** Sends the messages, half-closes, and lets the call end by itself, by its first answer or by its deadline. */
    void send(String method, String cluster, List<byte[]> messages) throws InterruptedException {
        places.acquire();
        ClientCall<byte[], byte[]> call = channel.newCall(
                MethodDescriptor.newBuilder(BYTES, BYTES)
                        .setFullMethodName(method)
                        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                        .build(),
                CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS));
        Metadata headers = new Metadata();
        if (!cluster.isEmpty()) {
            headers.put(CLUSTER, cluster);
        }
        call.start(new End(method, call), headers);
        call.request(1);
        messages.forEach(call::sendMessage);
        call.halfClose();
    }

    /** Waits for all, then tells how often each method ended in each way. */
    Map<String, LongAdder> ends() throws InterruptedException {
        places.acquire(AT_ONCE);
        places.release(AT_ONCE);
        return ends;
    }

    /** Ends that say nothing, or that nobody thought of. */
    List<String> unexplained() {
        return List.copyOf(unexplained);
    }

    private final class End extends ClientCall.Listener<byte[]> {
        private final String method;
        private final ClientCall<byte[], byte[]> call;
        private boolean answered;

        End(String method, ClientCall<byte[], byte[]> call) {
            this.method = method;
            this.call = call;
        }

        @Override
        public void onMessage(byte[] message) {
            answered = true;
            // a watch would go on for ever
            call.cancel("answered", null);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ends.computeIfAbsent(
                            "%s %s".formatted(method, answered ? "answered" : status.getCode()),
                            none -> new LongAdder())
                    .increment();
            if (!answered && !isExplained(status)) {
                unexplained.add("%s: %s".formatted(method, status));
            }
            places.release();
        }
    }

    private static boolean isExplained(Status status) {
        return switch (status.getCode()) {
            // a stream that was half-closed before it said anything wrong
            case OK, DEADLINE_EXCEEDED -> true;
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    FAILED_PRECONDITION,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    RESOURCE_EXHAUSTED,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNAVAILABLE -> status.getDescription() != null;
            default -> false;
        };
    }
}
