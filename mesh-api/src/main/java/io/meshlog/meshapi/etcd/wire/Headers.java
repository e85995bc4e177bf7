package io.meshlog.meshapi.etcd.wire;

import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.schemas.etcd.ResponseHeader;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The header of every answer. Its {@code cluster_id} is a function of the fleet's log id: the same at every replica, and
 * another one exactly when the log is another one, which makes clients begin anew. Never zero. Safe on any thread.
 */
public final class Headers {
    /** Raft's term, of which there is none: a constant, so that clients see no elections. */
    public static final long RAFT_TERM = 2;

    private final long memberId;

    /** @param replica the replica's name */
    public Headers(String replica) {
        this.memberId =
                nonZero(UUID.nameUUIDFromBytes(("meshlog replica " + replica).getBytes(StandardCharsets.UTF_8)));
    }

    /** The header of an answer of a log at a revision. */
    public ResponseHeader at(UUID logId, long revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(nonZero(logId))
                .setMemberId(memberId)
                .setRevision(revision)
                .setRaftTerm(RAFT_TERM)
                .build();
    }

    /**
     * The header of an answer from a store, at a revision of its log.
     *
     * @throws io.grpc.StatusRuntimeException UNAVAILABLE where it holds no log yet
     */
    public ResponseHeader at(StorePosition position, long revision) {
        UUID logId = position.logId();
        if (logId == null) {
            throw EtcdErrors.unavailable("the fleet is not founded yet");
        }
        return at(logId, revision);
    }

    public long memberId() {
        return memberId;
    }

    private static long nonZero(UUID id) {
        long mixed = id.getMostSignificantBits() ^ id.getLeastSignificantBits();
        return mixed == 0 ? 1 : mixed;
    }
}
