package io.meshlog.meshapi.etcd;

import com.google.protobuf.Message;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.meshlog.meshapi.access.EtcdUsers;
import io.meshlog.meshapi.etcd.kv.History;
import io.meshlog.meshapi.etcd.wire.Answers;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.schemas.etcd.AuthEnableRequest;
import io.meshlog.schemas.etcd.AuthEnableResponse;
import io.meshlog.schemas.etcd.AuthGrpc;
import io.meshlog.schemas.etcd.AuthRoleAddRequest;
import io.meshlog.schemas.etcd.AuthRoleAddResponse;
import io.meshlog.schemas.etcd.AuthRoleGrantPermissionRequest;
import io.meshlog.schemas.etcd.AuthRoleGrantPermissionResponse;
import io.meshlog.schemas.etcd.AuthStatusRequest;
import io.meshlog.schemas.etcd.AuthStatusResponse;
import io.meshlog.schemas.etcd.AuthUserAddRequest;
import io.meshlog.schemas.etcd.AuthUserAddResponse;
import io.meshlog.schemas.etcd.AuthUserGrantRoleRequest;
import io.meshlog.schemas.etcd.AuthUserGrantRoleResponse;
import io.meshlog.schemas.etcd.Permission;
import io.meshlog.schemas.etcd.ResponseHeader;
import java.util.function.Function;

/**
 * etcd's {@code Auth}, as far as Cilium uses it. Users, roles and grants follow from certificates and are kept nowhere:
 * asking for one that is in force anyway is answered as done, anything else is refused in words, so that nobody takes for
 * granted what is not.
 */
final class AuthService extends AuthGrpc.AuthImplBase {
    private final History history;
    private final Headers headers;
    private final boolean certified;

    /** @param certified whether clients are known by certificates */
    AuthService(History history, Headers headers, boolean certified) {
        this.history = history;
        this.headers = headers;
        this.certified = certified;
    }

    @Override
    public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> answer) {
        give(
                answer,
                header -> AuthStatusResponse.newBuilder()
                        .setHeader(header)
                        .setEnabled(certified)
                        .build());
    }

    @Override
    public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> answer) {
        if (!certified) {
            answer.onError(
                    EtcdErrors.unimplemented("the server runs in insecureDev, without certificates nobody is known"));
            return;
        }
        give(answer, header -> AuthEnableResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void userAdd(AuthUserAddRequest request, StreamObserver<AuthUserAddResponse> answer) {
        boolean inForce =
                EtcdUsers.isUser(request.getName()) && request.getOptions().getNoPassword();
        confirm(
                answer,
                inForce,
                "and there is none \"%s\" without a password".formatted(request.getName()),
                header -> AuthUserAddResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void userGrantRole(AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> answer) {
        confirm(
                answer,
                EtcdUsers.hasRole(request.getUser(), request.getRole()),
                "and %s does not have the role %s".formatted(request.getUser(), request.getRole()),
                header ->
                        AuthUserGrantRoleResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> answer) {
        confirm(
                answer,
                EtcdUsers.isRole(request.getName()),
                "and there is no role \"%s\"".formatted(request.getName()),
                header -> AuthRoleAddResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void roleGrantPermission(
            AuthRoleGrantPermissionRequest request, StreamObserver<AuthRoleGrantPermissionResponse> answer) {
        Permission permission = request.getPerm();
        boolean inForce = permission.getPermType() == Permission.Type.READ
                && EtcdUsers.mayRead(request.getName(), permission.getKey(), permission.getRangeEnd());
        confirm(
                answer,
                inForce,
                "and the role %s may not %s what begins at %s"
                        .formatted(
                                request.getName(),
                                permission.getPermType(),
                                permission.getKey().toStringUtf8()),
                header -> AuthRoleGrantPermissionResponse.newBuilder()
                        .setHeader(header)
                        .build());
    }

    private <T extends Message> void confirm(
            StreamObserver<T> answer, boolean inForce, String otherwise, Function<ResponseHeader, T> made) {
        if (inForce) {
            give(answer, made);
        } else {
            StatusRuntimeException refused = EtcdErrors.unimplemented(
                    "users and roles are not kept here, %s: who a client is and what it may do follows from its certificate"
                            .formatted(otherwise));
            answer.onError(refused);
        }
    }

    private <T extends Message> void give(StreamObserver<T> answer, Function<ResponseHeader, T> made) {
        Answers.give(answer, () -> {
            try (ReplicaSnapshot snapshot = history.now()) {
                return made.apply(
                        headers.at(snapshot.position(), snapshot.position().revision()));
            }
        });
    }
}
