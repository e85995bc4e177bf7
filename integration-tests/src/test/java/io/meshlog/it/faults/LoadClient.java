package io.meshlog.it.faults;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.LeaseGrantRequest;
import io.meshlog.schemas.etcd.LeaseGrpc;
import io.meshlog.schemas.etcd.PutRequest;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;

/**
 * A client of the etcd face that writes nodes of its own under a lease, and goes to the other replica when one fails it. Nodes,
 * because a cluster may have 10,000 keys of no known kind, and the full load is ten times that.
 */
final class LoadClient implements Runnable, AutoCloseable {
    static final ByteString FIRST_KEY = ByteString.copyFromUtf8(prefix() + "-");
    /** Above every key of theirs: the character after {@code -}. */
    static final ByteString END_OF_KEYS = ByteString.copyFromUtf8(prefix() + ".");

    private static final long LEASE_SECONDS = 600;
    private static final long CALL_LIMIT_SECONDS = 20;
    private static final int ATTEMPTS = 60;

    private final int number;
    private final int keys;
    private final AtomicIntegerArray ports;
    private final Map<String, Long> acknowledged;
    private int at;
    private ManagedChannel channel;

    /**
     * @param ports of the replicas, as they are now
     * @param acknowledged takes the revision of each key's acknowledged write
     */
    LoadClient(int number, int keys, AtomicIntegerArray ports, Map<String, Long> acknowledged) {
        this.number = number;
        this.keys = keys;
        this.ports = ports;
        this.acknowledged = acknowledged;
        this.at = number % ports.length();
        this.channel = open(ports.get(at));
    }

    private static String prefix() {
        return "cilium/state/nodes/v1/%s/load".formatted(ScriptedCluster.NAME);
    }

    /** What is put under a key of theirs. */
    static String value(String key) {
        return "{\"Name\":\"%s\",\"Cluster\":\"%s\",\"ClusterID\":1}"
                .formatted(key.substring(key.lastIndexOf('/') + 1), ScriptedCluster.NAME);
    }

    static ManagedChannel open(int port) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    @Override
    public void run() {
        long lease = untilItSucceeds(on -> LeaseGrpc.newBlockingStub(on)
                .withDeadlineAfter(CALL_LIMIT_SECONDS, TimeUnit.SECONDS)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(LEASE_SECONDS).build())
                .getID());
        for (int i = 0; i < keys; i++) {
            String key = "%s-%03d-%05d".formatted(prefix(), number, i);
            PutRequest put = PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8(value(key)))
                    .setLease(lease)
                    .build();
            long revision = untilItSucceeds(on -> KVGrpc.newBlockingStub(on)
                    .withDeadlineAfter(CALL_LIMIT_SECONDS, TimeUnit.SECONDS)
                    .put(put)
                    .getHeader()
                    .getRevision());
            acknowledged.put(key, revision);
        }
    }

    private long untilItSucceeds(Function<ManagedChannel, Long> call) {
        for (int i = 0; ; i++) {
            try {
                return call.apply(channel);
            } catch (StatusRuntimeException failed) {
                if (i == ATTEMPTS) {
                    throw failed;
                }
                close();
                at = (at + 1) % ports.length();
                channel = open(ports.get(at));
            }
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
