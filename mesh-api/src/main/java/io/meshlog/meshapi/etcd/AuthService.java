package io.meshlog.meshapi.etcd;

import io.grpc.stub.StreamObserver;
import io.meshlog.meshapi.etcd.kv.History;
import io.meshlog.meshapi.etcd.wire.Answers;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.schemas.etcd.AuthGrpc;
import io.meshlog.schemas.etcd.AuthStatusRequest;
import io.meshlog.schemas.etcd.AuthStatusResponse;

/** etcd's {@code Auth}, as far as clients ask whether it is on: who a client is does not depend on users kept here. */
final class AuthService extends AuthGrpc.AuthImplBase {
    private final History history;
    private final Headers headers;

    AuthService(History history, Headers headers) {
        this.history = history;
        this.headers = headers;
    }

    @Override
    public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> answer) {
        Answers.give(answer, () -> {
            try (ReplicaSnapshot snapshot = history.now()) {
                return AuthStatusResponse.newBuilder()
                        .setHeader(headers.at(
                                snapshot.position(), snapshot.position().revision()))
                        .setEnabled(false)
                        .build();
            }
        });
    }
}
