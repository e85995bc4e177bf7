package io.meshlog.publisher.source.etcd.client;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.publisher.source.etcd.client.EtcdConfig.Endpoint;
import io.meshlog.publisher.source.etcd.client.EtcdConfig.Tls;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeResponse;
import io.meshlog.schemas.etcd.TxnRequest;
import io.meshlog.schemas.etcd.TxnResponse;
import io.meshlog.schemas.etcd.WatchGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one endpoint of an etcd. Calls wait for their answer, at most {@value #CALL_TIMEOUT_S} s; a path that is
 * dead is noticed after 25 s. For one thread, and {@link #close} for any.
 */
public final class EtcdConnection implements AutoCloseable {
    private static final long CALL_TIMEOUT_S = 10;
    private static final long KEEPALIVE_TIME_S = 15;
    private static final long KEEPALIVE_TIMEOUT_S = 10;
    /** Above what etcd puts into one message: a page, or what happened at one revision. */
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    /** Says to an etcd that its member is to end a watch when it has lost the others. */
    private static final Metadata.Key<String> LEADER = Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    /** Names the cluster to a Meshlog where no certificate does. */
    private static final Metadata.Key<String> CLUSTER =
            Metadata.Key.of("x-meshlog-cluster", Metadata.ASCII_STRING_MARSHALLER);

    private final String endpoint;
    private final ManagedChannel channel;
    private final Metadata headers = new Metadata();

    private EtcdConnection(String endpoint, ManagedChannel channel, @Nullable String cluster) {
        this.endpoint = endpoint;
        this.channel = channel;
        headers.put(LEADER, "true");
        if (cluster != null) {
            headers.put(CLUSTER, cluster);
        }
    }

    /**
     * Connects with the first call.
     *
     * @param cluster whom a Meshlog without certificates is to take the client for; null for nobody
     * @throws EtcdException if its certificates cannot be read
     */
    static EtcdConnection open(Endpoint endpoint, @Nullable Tls tls, @Nullable String cluster) {
        try {
            ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(
                            endpoint.authority(),
                            endpoint.encrypted() ? credentials(tls) : InsecureChannelCredentials.create())
                    .keepAliveTime(KEEPALIVE_TIME_S, TimeUnit.SECONDS)
                    .keepAliveTimeout(KEEPALIVE_TIMEOUT_S, TimeUnit.SECONDS)
                    .maxInboundMessageSize(MAX_MESSAGE_BYTES);
            return new EtcdConnection(endpoint.authority(), builder.build(), endpoint.encrypted() ? null : cluster);
        } catch (IOException | IllegalArgumentException unusable) {
            throw new EtcdException(
                    EtcdException.Code.AWAY,
                    "%s: its certificates cannot be used: %s".formatted(endpoint.authority(), unusable.getMessage()),
                    unusable);
        }
    }

    private static ChannelCredentials credentials(@Nullable Tls tls) throws IOException {
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
        Path authority = tls == null ? null : tls.authority();
        if (authority != null) {
            builder.trustManager(authority.toFile());
        }
        Path certificate = tls == null ? null : tls.certificate();
        Path key = tls == null ? null : tls.key();
        if (certificate != null && key != null) {
            builder.keyManager(certificate.toFile(), key.toFile());
        }
        return builder.build();
    }

    /** {@code host:port}. */
    public String endpoint() {
        return endpoint;
    }

    /** @throws EtcdException if it is not answered */
    public RangeResponse range(RangeRequest request) {
        try {
            return kv().range(request);
        } catch (StatusRuntimeException failed) {
            throw EtcdException.of(endpoint, failed);
        }
    }

    /** @throws EtcdException if it is not answered; it may have been done all the same */
    public TxnResponse commit(TxnRequest request) {
        try {
            return kv().txn(request);
        } catch (StatusRuntimeException failed) {
            throw EtcdException.of(endpoint, failed);
        }
    }

    private KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(CALL_TIMEOUT_S, TimeUnit.SECONDS);
    }

    /**
     * Watches ranges.
     *
     * @param from of each range the first revision that is still needed
     */
    public WatchCall watch(List<KeyRange> ranges, long[] from) {
        WatchCall call = new WatchCall(endpoint);
        WatchGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .watch(call);
        for (int i = 0; i < ranges.size(); i++) {
            call.add(i, ranges.get(i), from[i]);
        }
        return call;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
