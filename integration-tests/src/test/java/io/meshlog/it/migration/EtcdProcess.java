package io.meshlog.it.migration;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.meshlog.it.golang.GoModule;
import io.meshlog.schemas.etcd.CompactionRequest;
import io.meshlog.schemas.etcd.DeleteRangeRequest;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.LeaseGrantRequest;
import io.meshlog.schemas.etcd.LeaseGrpc;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A real etcd of one member, in a process that can be killed and started again, over the same data or none. */
final class EtcdProcess implements AutoCloseable {
    private static final Duration BUILD_LIMIT = Duration.ofMinutes(9);
    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private final Path program;
    private final Path folder;
    private final int peerPort = freePort();
    private Process process;
    private int port;
    private ManagedChannel channel;

    /** Builds etcd from its module; the test is skipped where that cannot be had. */
    static Path build(Path folder) {
        Path program = folder.resolve("etcd");
        GoModule.orSkip("")
                .run(BUILD_LIMIT, Map.of(), "build", "-o", program.toString(), "go.etcd.io/etcd/server/v3")
                .orFail();
        return program;
    }

    /** @param folder which its data folders are made in */
    EtcdProcess(Path program, Path folder) {
        this.program = program;
        this.folder = folder;
        start("data", freePort());
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** @param data the name of its data folder; a new one is an empty etcd, of another cluster id */
    void start(String data, int clientPort) {
        String client = "http://127.0.0.1:" + clientPort;
        String peer = "http://127.0.0.1:" + peerPort;
        try {
            process = new ProcessBuilder(
                            program.toString(),
                            "--data-dir=" + folder.resolve(data),
                            "--listen-client-urls=" + client,
                            "--advertise-client-urls=" + client,
                            "--listen-peer-urls=" + peer,
                            "--initial-advertise-peer-urls=" + peer,
                            "--initial-cluster=default=" + peer,
                            "--initial-cluster-token=" + data,
                            "--log-level=error")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("etcd.log").toFile()))
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        port = clientPort;
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        await("etcd").atMost(START_LIMIT).ignoreExceptions().untilAsserted(() -> {
            var unused = state();
        });
    }

    /** As a machine that goes down. */
    void kill() {
        channel.shutdownNow();
        process.destroyForcibly().onExit().join();
    }

    int port() {
        return port;
    }

    private KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel).withWaitForReady().withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    long put(String key, byte[] value) {
        return put(key, value, 0);
    }

    long put(String key, byte[] value, long lease) {
        return kv().put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFrom(value))
                        .setLease(lease)
                        .build())
                .getHeader()
                .getRevision();
    }

    long delete(String key) {
        return kv().deleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .build())
                .getHeader()
                .getRevision();
    }

    void compact(long revision) {
        var unused = kv().compact(CompactionRequest.newBuilder()
                .setRevision(revision)
                .setPhysical(true)
                .build());
    }

    /** A lease that nobody keeps alive. */
    long lease(long seconds) {
        return LeaseGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build())
                .getID();
    }

    /** A configuration file that leads to it. */
    Path config() {
        return config(folder.resolve("etcd-%d.yaml".formatted(port)), port);
    }

    static Path config(Path file, int port) {
        try {
            return Files.writeString(file, "endpoints: ['http://127.0.0.1:%d']%n".formatted(port));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Every key there is of Cilium's. */
    Map<String, ByteString> state() {
        return read(kv());
    }

    /** The same, of any etcd. */
    static Map<String, ByteString> read(KVGrpc.KVBlockingStub kv) {
        RangeResponse all = kv.range(RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("cilium/"))
                .setRangeEnd(ByteString.copyFromUtf8("cilium0"))
                .build());
        Map<String, ByteString> state = new TreeMap<>();
        all.getKvsList().forEach(each -> state.put(each.getKey().toStringUtf8(), each.getValue()));
        return state;
    }

    @Override
    public void close() {
        kill();
    }
}
