package io.meshlog.meshapi;

import io.grpc.netty.NettyServerBuilder;
import io.meshlog.meshapi.MeshApiConfig.Etcd;
import io.meshlog.meshapi.etcd.EtcdFace;
import io.meshlog.meshapi.etcd.EtcdServices;
import io.meshlog.meshapi.etcd.wire.Heartbeat;
import io.meshlog.meshapi.replica.ReadExecutor;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The etcd face put together: its services over the replica, and its own port. */
final class EtcdPart {
    private static final int WATCH_THREADS = 4;

    private final EtcdServices services;
    private final EtcdFace face;

    private EtcdPart(EtcdServices services, EtcdFace face) {
        this.services = services;
        this.face = face;
    }

    /** Serves it, if it is to be served. */
    static @Nullable EtcdPart start(
            MeshApiConfig config,
            Doors doors,
            Lifetime lifetime,
            ReplicaPart replica,
            GatewayPart gateway,
            ReadExecutor reads,
            LongSupplier nowMs) {
        Etcd etcd = config.etcd();
        if (etcd == null) {
            return null;
        }
        ExecutorService threads = lifetime.ownsThreads(
                "the threads of etcd's watches",
                Executors.newFixedThreadPool(
                        WATCH_THREADS,
                        Thread.ofPlatform().name("etcd-watch-", 0).daemon(true).factory()));
        AtomicInteger port = new AtomicInteger(etcd.bind().getPort());
        EtcdServices services = new EtcdServices(
                new EtcdServices.Base(
                        config.name(),
                        replica.replica,
                        replica.hub,
                        reads,
                        threads,
                        InstantSource.system(),
                        nowMs,
                        Heartbeat.PERIOD_MS,
                        gateway.clients::give,
                        lifetime.ownsThread("etcd-leases")),
                etcd.cluster(),
                () -> url(doors.scheme(), etcd.bind(), port.get()),
                doors.certificates() != null);
        NettyServerBuilder transport = doors.at(etcd.bind())
                .permitKeepAliveTime(EtcdFace.PERMITTED_KEEP_ALIVE_MS, TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxConcurrentCallsPerConnection(EtcdFace.MAX_CALLS_PER_CONNECTION);
        EtcdFace face =
                lifetime.owns("etcd", EtcdFace.start(transport, services.all(), List.of(doors.access(etcd.bind()))));
        port.set(face.port());
        return new EtcdPart(services, face);
    }

    private static String url(String scheme, InetSocketAddress bind, int port) {
        String host = bind.getAddress().getHostAddress();
        return "%s://%s:%d".formatted(scheme, host.contains(":") ? "[" + host + "]" : host, port);
    }

    void tick() {
        services.tick();
    }

    void look() {
        services.look();
    }

    int port() {
        return face.port();
    }
}
