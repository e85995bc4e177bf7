package io.meshlog.meshapi.etcd;

import io.grpc.stub.StreamObserver;
import io.meshlog.meshapi.etcd.kv.History;
import io.meshlog.meshapi.etcd.wire.Answers;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.schemas.etcd.MaintenanceGrpc;
import io.meshlog.schemas.etcd.StatusRequest;
import io.meshlog.schemas.etcd.StatusResponse;

/** etcd's {@code Maintenance}: a replica's status, as a healthy member would give it. */
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    /** The etcd whose API this is. */
    static final String VERSION = "3.6.6";

    private static final String STORAGE_VERSION = "3.6.0";

    private final Replica replica;
    private final History history;
    private final Headers headers;

    MaintenanceService(Replica replica, History history, Headers headers) {
        this.replica = replica;
        this.history = history;
        this.headers = headers;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> answer) {
        Answers.give(answer, () -> {
            try (ReplicaSnapshot snapshot = history.now()) {
                long revision = snapshot.position().revision();
                long bytes = replica.store().sizeBytes();
                return StatusResponse.newBuilder()
                        .setHeader(headers.at(snapshot.position(), revision))
                        .setVersion(VERSION)
                        .setStorageVersion(STORAGE_VERSION)
                        .setDbSize(bytes)
                        .setDbSizeInUse(bytes)
                        .setLeader(headers.memberId())
                        .setRaftIndex(revision)
                        .setRaftAppliedIndex(revision)
                        .setRaftTerm(Headers.RAFT_TERM)
                        .build();
            }
        });
    }
}
