package io.meshlog.meshapi.etcd;

import io.grpc.stub.StreamObserver;
import io.meshlog.meshapi.etcd.kv.History;
import io.meshlog.meshapi.etcd.wire.Answers;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.schemas.etcd.ClusterGrpc;
import io.meshlog.schemas.etcd.Member;
import io.meshlog.schemas.etcd.MemberListRequest;
import io.meshlog.schemas.etcd.MemberListResponse;
import java.util.function.Supplier;

/** etcd's {@code Cluster}: a replica is the one member of the cluster it shows. */
final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private final String name;
    private final Supplier<String> clientUrl;
    private final History history;
    private final Headers headers;

    /** @param clientUrl where clients reach it */
    ClusterService(String name, Supplier<String> clientUrl, History history, Headers headers) {
        this.name = name;
        this.clientUrl = clientUrl;
        this.history = history;
        this.headers = headers;
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> answer) {
        Answers.give(answer, () -> {
            try (ReplicaSnapshot snapshot = history.now()) {
                return MemberListResponse.newBuilder()
                        .setHeader(headers.at(
                                snapshot.position(), snapshot.position().revision()))
                        .addMembers(Member.newBuilder()
                                .setID(headers.memberId())
                                .setName(name)
                                .addClientURLs(clientUrl.get())
                                .addPeerURLs(clientUrl.get()))
                        .build();
            }
        });
    }
}
