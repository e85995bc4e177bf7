package io.meshlog.meshapi.etcd;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC server of the etcd face, on a port of its own. */
public final class EtcdFace implements AutoCloseable {
    /** The largest request that is taken in, in bytes: etcd's own default and what gRPC puts around it. */
    public static final int MAX_INBOUND_BYTES = 2 << 20;
    /** How often clients may ping; Cilium's do every 15 s. */
    public static final long PERMITTED_KEEP_ALIVE_MS = 5_000;
    /** How many calls one connection may have open. */
    public static final int MAX_CALLS_PER_CONNECTION = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(EtcdFace.class);
    private static final long DRAIN_MS = 2_000;

    private final Server server;

    private EtcdFace(Server server) {
        this.server = server;
    }

    /**
     * Starts serving.
     *
     * @param transport where, without services
     * @param services handlers of which none blocks
     * @param interceptors outermost first; without the one that authorizes, nothing should be served
     * @throws UncheckedIOException if the address cannot be had
     */
    public static EtcdFace start(
            ServerBuilder<?> transport,
            List<? extends BindableService> services,
            List<ServerInterceptor> interceptors) {
        transport.maxInboundMessageSize(MAX_INBOUND_BYTES).directExecutor();
        services.forEach(transport::addService);
        transport.intercept(new Unsupported());
        // gRPC calls the interceptor that was added last first
        interceptors.reversed().forEach(transport::intercept);
        EtcdFace face = new EtcdFace(transport.build());
        try {
            face.server.start();
        } catch (IOException taken) {
            throw new UncheckedIOException("etcd.bind: cannot be served on: " + taken.getMessage(), taken);
        }
        LOG.info("etcd is served on {}", face.server.getListenSockets());
        return face;
    }

    /** The port that is served on; for address 0 the one that was given. */
    public int port() {
        return server.getPort();
    }

    /** Takes no new calls, gives open ones two seconds, and cuts off the rest. */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(DRAIN_MS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow().awaitTermination(DRAIN_MS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
