package io.meshlog.cli.client;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.MeshGrpc;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A channel to one server. */
public final class MeshConnection implements AutoCloseable {
    /** Above what a server puts into one message; a list of any length comes in many. */
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    /** A server that is gone without a word is noticed after about this long; servers permit one ping in 5 s. */
    private static final int KEEP_ALIVE_SECONDS = 15;

    private final ServerAddress address;
    private final ManagedChannel channel;

    private MeshConnection(ServerAddress address, ManagedChannel channel) {
        this.address = address;
        this.channel = channel;
    }

    /** Connects lazily: the first call meets the failure. */
    public static MeshConnection open(ServerAddress address) {
        ClientTls tls = address.tls();
        ChannelCredentials credentials = tls == null ? InsecureChannelCredentials.create() : tls.credentials();
        ManagedChannel channel = Grpc.newChannelBuilder(address.authority(), credentials)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .directExecutor()
                .build();
        return new MeshConnection(address, channel);
    }

    /** Where it leads. */
    public ServerAddress address() {
        return address;
    }

    /** For calls that block nobody; their answers come on the transport's threads. */
    public Channel channel() {
        return channel;
    }

    /** The reading API, each call limited to the timeout. */
    public MeshGrpc.MeshBlockingStub mesh(Optional<Duration> timeout) {
        MeshGrpc.MeshBlockingStub stub = MeshGrpc.newBlockingStub(channel);
        return timeout.map(limit -> stub.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS))
                .orElse(stub);
    }

    /** The operators' API. */
    public AdminGrpc.AdminBlockingStub admin(Optional<Duration> timeout) {
        AdminGrpc.AdminBlockingStub stub = AdminGrpc.newBlockingStub(channel);
        return timeout.map(limit -> stub.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS))
                .orElse(stub);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
