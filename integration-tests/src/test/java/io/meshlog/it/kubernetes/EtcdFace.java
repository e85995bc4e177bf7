package io.meshlog.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchGrpc;
import io.meshlog.schemas.etcd.WatchRequest;
import io.meshlog.schemas.etcd.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One watch of everything a cluster's agents can see, from the first revision on, which writes down every change. */
final class EtcdFace implements AutoCloseable {
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    private static final int MAX_SLICE_BYTES = 1 << 20;

    private final ManagedChannel channel;
    private final List<KeyChange> seen = new CopyOnWriteArrayList<>();
    private volatile @Nullable String ended;

    /** @param value as text, null for a deletion */
    record KeyChange(String key, @Nullable String value) {
        boolean isDeletion() {
            return value == null;
        }
    }

    EtcdFace(int port) {
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        WatchGrpc.newStub(channel)
                .watch(new Recorder())
                .onNext(WatchRequest.newBuilder()
                        .setCreateRequest(WatchCreateRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("cilium/"))
                                .setRangeEnd(ByteString.copyFromUtf8("cilium0"))
                                .setStartRevision(1))
                        .build());
    }

    /** All changes so far, in their order. */
    List<KeyChange> seen() {
        assertThat(ended).as("the watch goes on").isNull();
        return List.copyOf(seen);
    }

    /** The keys that are there now, and their values. */
    Map<String, String> state() {
        Map<String, String> state = new TreeMap<>();
        for (KeyChange change : seen()) {
            if (change.isDeletion()) {
                state.remove(change.key());
            } else {
                state.put(change.key(), change.value());
            }
        }
        return state;
    }

    /**
     * A value as it can be compared: what a zstd frame holds, since the frame itself may differ, and without the time at
     * which the API server made a service export.
     */
    static String comparable(byte[] value) {
        if (value.length >= ZSTD.length && Arrays.equals(value, 0, ZSTD.length, ZSTD, 0, ZSTD.length)) {
            return HexFormat.of().formatHex(Zstd.decompress(value, MAX_SLICE_BYTES));
        }
        return new String(value, StandardCharsets.UTF_8)
                .replaceFirst("\"exportCreationTimestamp\":\"[^\"]*\"", "\"exportCreationTimestamp\":\"then\"");
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private final class Recorder implements StreamObserver<WatchResponse> {
        @Override
        public void onNext(WatchResponse message) {
            if (message.getCanceled()) {
                ended = message.getCancelReason();
            }
            for (Event event : message.getEventsList()) {
                String key = event.getKv().getKey().toStringUtf8();
                boolean deletion = event.getType() == Event.EventType.DELETE;
                seen.add(new KeyChange(
                        key,
                        deletion ? null : comparable(event.getKv().getValue().toByteArray())));
            }
        }

        @Override
        public void onError(Throwable failed) {
            ended = failed.toString();
        }

        @Override
        public void onCompleted() {
            ended = "completed";
        }
    }
}
