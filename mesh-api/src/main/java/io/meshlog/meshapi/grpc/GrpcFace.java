package io.meshlog.meshapi.grpc;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.meshlog.schemas.v1.MeshGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gRPC server: the services it is given, and beside them standard health (SERVING means synced) and reflection.
 *
 * <p>Reading services are called on event loops and never block; writing services, whose messages cost work to read, on
 * threads of their own.
 */
public final class GrpcFace implements AutoCloseable {
    /** The largest message that is taken in, in bytes. Above what an event may be, so that the gateway can say by how much. */
    public static final int MAX_INBOUND_BYTES = 4 << 20;
    /** How often clients may ping; Cilium's do every 15 s. */
    public static final long PERMITTED_KEEP_ALIVE_MS = 5_000;
    /** How many calls one connection may have open. */
    public static final int MAX_CALLS_PER_CONNECTION = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(GrpcFace.class);
    private static final long DRAIN_MS = 5_000;

    private final Server server;
    private final HealthStatusManager health;

    private GrpcFace(Server server, HealthStatusManager health) {
        this.server = server;
        this.health = health;
    }

    /**
     * What is served.
     *
     * @param reading services whose handlers never block
     * @param writing services whose handlers run on {@code writers}
     * @param interceptors outermost first; without the one that authorizes, nothing should be served
     */
    public record Services(
            List<BindableService> reading,
            List<BindableService> writing,
            Executor writers,
            List<ServerInterceptor> interceptors) {
        public Services {
            reading = List.copyOf(reading);
            writing = List.copyOf(writing);
            interceptors = List.copyOf(interceptors);
        }
    }

    /**
     * Starts serving.
     *
     * @param transport where, without services
     * @throws UncheckedIOException if the address cannot be had
     */
    public static GrpcFace start(ServerBuilder<?> transport, Services services) {
        HealthStatusManager health = new HealthStatusManager();
        transport
                .maxInboundMessageSize(MAX_INBOUND_BYTES)
                .directExecutor()
                .callExecutor(new WritersElsewhere(services));
        Stream.of(
                        List.of(health.getHealthService(), ProtoReflectionServiceV1.newInstance(), reflectionV1Alpha()),
                        services.reading(),
                        services.writing())
                .flatMap(List::stream)
                .map(service -> MalformedRequests.guard(service.bindService(), services.interceptors()))
                .forEach(transport::addService);
        GrpcFace face = new GrpcFace(transport.build(), health);
        face.serving(false);
        try {
            face.server.start();
        } catch (IOException taken) {
            throw new UncheckedIOException("grpc.bind: cannot be served on: " + taken.getMessage(), taken);
        }
        LOG.info("gRPC is served on {}", face.server.getListenSockets());
        return face;
    }

    @SuppressWarnings("deprecation") // older clients ask for v1alpha
    private static BindableService reflectionV1Alpha() {
        return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
    }

    /** What standard health checks answer from now on. */
    public void serving(boolean synced) {
        ServingStatus status = synced ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        health.setStatus(MeshGrpc.SERVICE_NAME, status);
    }

    /** The port that is served on; for address 0 the one that was given. */
    public int port() {
        return server.getPort();
    }

    /** The server, for those who look at what it serves. */
    Server server() {
        return server;
    }

    /** Takes no new calls, waits for open ones to end, for at most five seconds, and cuts off the rest. */
    @Override
    public void close() {
        health.enterTerminalState();
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

    /** Which thread a call is handled on. */
    private static final class WritersElsewhere implements ServerCallExecutorSupplier {
        private final List<String> writing;
        private final Executor writers;

        WritersElsewhere(Services services) {
            this.writing = services.writing().stream()
                    .map(service -> service.bindService().getServiceDescriptor().getName())
                    .toList();
            this.writers = services.writers();
        }

        @Override
        public <A, B> Executor getExecutor(ServerCall<A, B> call, Metadata metadata) {
            return writing.contains(call.getMethodDescriptor().getServiceName()) ? writers : Runnable::run;
        }
    }
}
