package io.meshlog.meshapi;

import io.grpc.netty.NettyServerBuilder;
import io.meshlog.meshapi.MeshApiConfig.Etcd;
import io.meshlog.meshapi.etcd.EtcdFace;
import io.meshlog.meshapi.etcd.EtcdServices;
import io.meshlog.meshapi.etcd.watch.WatchService;
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
    private static final int CATCH_UP_THREADS = 2;

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
        ExecutorService catchUps = lifetime.ownsThreads(
                "the threads on which etcd's watches catch up",
                Executors.newFixedThreadPool(
                        CATCH_UP_THREADS,
                        Thread.ofPlatform()
                                .name("etcd-catch-up-", 0)
                                .daemon(true)
                                .factory()));
        EventLoops loops = lifetime.owns("etcd's event loops", EventLoops.start("etcd"));
        AtomicInteger port = new AtomicInteger(etcd.bind().getPort());
        EtcdServices services = new EtcdServices(
                new EtcdServices.Base(
                        config.name(),
                        replica.replica,
                        replica.hub,
                        reads,
                        new WatchService.Threads(loops::current, catchUps),
                        InstantSource.system(),
                        nowMs,
                        Heartbeat.PERIOD_MS,
                        gateway.clients::give,
                        new GuardedLoop("etcd leases", lifetime.ownsThread("etcd-leases"), replica.faults)),
                etcd.cluster(),
                () -> url(doors.scheme(), etcd.bind(), port.get()),
                doors.certificates() != null);
        NettyServerBuilder transport = loops.serve(doors.at(etcd.bind()))
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
