package io.meshlog.meshapi.etcd;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.access.InsecureDevAuthenticator;
import io.meshlog.meshapi.etcd.watch.WatchService;
import io.meshlog.meshapi.grpc.TestReplica;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.RangeRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The etcd face over a replica in memory, and a client that speaks for eastus. */
final class TestEtcd implements AutoCloseable {
    final TestReplica replica = new TestReplica();
    final FoldVoice voice = new FoldVoice(replica);
    final AtomicLong laterMs = new AtomicLong();
    final EtcdServices services;
    final ManagedChannel channel;
    /** Of a client that speaks for no cluster. */
    final ManagedChannel operators;

    final KVGrpc.KVBlockingStub kv;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService catchUps = Executors.newFixedThreadPool(2);
    private final Server server;

    TestEtcd(long heartbeatMs) throws Exception {
        services = new EtcdServices(
                new EtcdServices.Base(
                        "replica-0",
                        replica.replica,
                        replica.hub,
                        replica.reads,
                        new WatchService.Threads(() -> loop, catchUps),
                        InstantSource.system(),
                        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) + laterMs.get(),
                        heartbeatMs,
                        voice,
                        Runnable::run),
                null,
                () -> "http://127.0.0.1:2379",
                true);
        String name = InProcessServerBuilder.generateName();
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name)
                .directExecutor()
                .intercept(new Unsupported())
                .intercept(new AccessInterceptor(
                        InsecureDevAuthenticator.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
        services.all().forEach(builder::addService);
        server = builder.build().start();
        operators = InProcessChannelBuilder.forName(name).build();
        channel = InProcessChannelBuilder.forName(name)
                .intercept(MetadataUtils.newAttachHeadersInterceptor(speakingFor("eastus")))
                .build();
        kv = KVGrpc.newBlockingStub(channel);
    }

    static Metadata speakingFor(String cluster) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-meshlog-cluster", Metadata.ASCII_STRING_MARSHALLER), cluster);
        return headers;
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** A read of what begins with a prefix, that does not ask the log. */
    static RangeRequest.Builder prefix(String prefix) {
        int last = prefix.length() - 1;
        return RangeRequest.newBuilder()
                .setKey(bytes(prefix))
                .setRangeEnd(bytes(prefix.substring(0, last) + (char) (prefix.charAt(last) + 1)))
                .setSerializable(true);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        operators.shutdownNow();
        server.shutdownNow();
        loop.shutdownNow();
        catchUps.shutdownNow();
        replica.close();
    }
}
