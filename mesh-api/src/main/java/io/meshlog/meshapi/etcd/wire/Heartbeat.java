package io.meshlog.meshapi.etcd.wire;

import com.google.protobuf.ByteString;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.schemas.etcd.KeyValue;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * The key that tells Cilium that its etcd lives: agents drop a connection on which it does not change for two minutes. It is
 * in no log; each replica answers it itself, also while Kafka is away, because what agents are to learn from it is whether
 * this connection serves. Safe on any thread.
 */
public final class Heartbeat {
    public static final String KEY = Layout.HEARTBEAT;

    /** How often a watch of it is sent an event, in milliseconds. */
    public static final long PERIOD_MS = 60_000;

    private final InstantSource clock;

    public Heartbeat(InstantSource clock) {
        this.clock = clock;
    }

    /** It, as of a revision: it never says more of the log than its reader has been given. */
    public KeyValue at(long revision, boolean keyOnly) {
        KeyValue.Builder heartbeat = KeyValue.newBuilder()
                .setKey(KeyRange.bytes(KEY))
                .setCreateRevision(1)
                .setModRevision(revision)
                .setVersion(1);
        if (!keyOnly) {
            heartbeat.setValue(ByteString.copyFromUtf8(
                    clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()));
        }
        return heartbeat.build();
    }
}
