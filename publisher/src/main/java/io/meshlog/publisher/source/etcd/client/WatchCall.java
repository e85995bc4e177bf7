package io.meshlog.publisher.source.etcd.client;

import com.google.protobuf.ByteString;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchRequest;
import io.meshlog.schemas.etcd.WatchResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches of some ranges on one stream, read by one thread. The watch of the nth range has the id n.
 *
 * <p>Bound: {@value #WINDOW} messages are asked for ahead; while the reader does not take them the etcd keeps the rest.
 */
public final class WatchCall implements ClientResponseObserver<WatchRequest, WatchResponse>, AutoCloseable {
    private static final int WINDOW = 8;

    private sealed interface Heard {
        record Message(WatchResponse message) implements Heard {}

        record Ended(EtcdException failure) implements Heard {}
    }

    private final String endpoint;
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>(WINDOW + 2);
    private @Nullable ClientCallStreamObserver<WatchRequest> stream;

    WatchCall(String endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> requests) {
        stream = requests;
        requests.disableAutoRequestWithInitial(WINDOW);
    }

    private ClientCallStreamObserver<WatchRequest> stream() {
        ClientCallStreamObserver<WatchRequest> begun = stream;
        if (begun == null) {
            throw new IllegalStateException("the call has not begun");
        }
        return begun;
    }

    void add(int id, KeyRange range, long from) {
        String end = range.end();
        stream()
                .onNext(WatchRequest.newBuilder()
                        .setCreateRequest(WatchCreateRequest.newBuilder()
                                .setWatchId(id)
                                .setKey(KeyRange.bytes(range.start()))
                                .setRangeEnd(end == null ? ByteString.copyFrom(new byte[1]) : KeyRange.bytes(end))
                                .setStartRevision(from)
                                .setProgressNotify(true))
                        .build());
    }

    /**
     * The next message, null where none comes in time.
     *
     * @throws EtcdException if the stream ended, or the etcd ended one of the watches
     */
    public @Nullable WatchResponse next(long limitMs) throws InterruptedException {
        return switch (heard.poll(limitMs, TimeUnit.MILLISECONDS)) {
            case null -> null;
            case Heard.Ended ended -> throw ended.failure();
            case Heard.Message(WatchResponse message) -> {
                stream().request(1);
                if (message.getCanceled()) {
                    throw canceled(message);
                }
                yield message;
            }
        };
    }

    private EtcdException canceled(WatchResponse message) {
        if (message.getCompactRevision() > 0) {
            return new EtcdException(
                    EtcdException.Code.COMPACTED,
                    "%s: what came before revision %d is compacted".formatted(endpoint, message.getCompactRevision()),
                    null);
        }
        return new EtcdException(
                EtcdException.Code.AWAY,
                "%s: the watch was ended: %s".formatted(endpoint, message.getCancelReason()),
                null);
    }

    @Override
    public void onNext(WatchResponse message) {
        heard.add(new Heard.Message(message));
    }

    @Override
    public void onError(Throwable failure) {
        heard.add(new Heard.Ended(EtcdException.of(endpoint, failure)));
    }

    @Override
    public void onCompleted() {
        heard.add(new Heard.Ended(
                new EtcdException(EtcdException.Code.AWAY, endpoint + ": the watch stream ended", null)));
    }

    @Override
    public void close() {
        stream().cancel("no longer needed", null);
    }
}
