package io.meshlog.meshapi.etcd;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.meshlog.schemas.etcd.AuthGrpc;
import io.meshlog.schemas.etcd.ClusterGrpc;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.MaintenanceGrpc;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What of etcd's API is not done here, each with why: refused as UNIMPLEMENTED and never accepted in silence. {@code
 * docs/etcd-facade.md} has the same list.
 */
final class Unsupported implements ServerInterceptor {
    private static final String MEMBERS = "replicas come and go by themselves; there are no members to administer";
    private static final String USERS =
            "users and roles are not kept here: who a client is and what it may do follows from its certificate";

    private static final Map<String, String> WHY = why();

    private static Map<String, String> why() {
        Map<String, String> why = new HashMap<>();
        why.put(
                KVGrpc.getCompactMethod().getFullMethodName(),
                "the fleet forgets old revisions by its own horizon; a client's Compact would take them from all others");
        ClusterGrpc.getServiceDescriptor().getMethods().forEach(method -> why.put(method.getFullMethodName(), MEMBERS));
        why.remove(ClusterGrpc.getMemberListMethod().getFullMethodName());
        AuthGrpc.getServiceDescriptor().getMethods().forEach(method -> why.put(method.getFullMethodName(), USERS));
        Stream.of(
                        AuthGrpc.getAuthStatusMethod(),
                        AuthGrpc.getAuthEnableMethod(),
                        AuthGrpc.getUserAddMethod(),
                        AuthGrpc.getUserGrantRoleMethod(),
                        AuthGrpc.getRoleAddMethod(),
                        AuthGrpc.getRoleGrantPermissionMethod())
                .forEach(method -> why.remove(method.getFullMethodName()));
        why.put(
                MaintenanceGrpc.getAlarmMethod().getFullMethodName(),
                "there are no alarms; a replica that is not well takes itself out of service and says why in its status");
        why.put(MaintenanceGrpc.getDefragmentMethod().getFullMethodName(), "the store compacts itself");
        why.put(
                MaintenanceGrpc.getHashMethod().getFullMethodName(),
                "replicas compare themselves with the fleet's digests, not with etcd's hash of its file");
        why.put(
                MaintenanceGrpc.getHashKVMethod().getFullMethodName(),
                "replicas compare themselves with the fleet's digests, not with etcd's hash of its keys");
        why.put(
                MaintenanceGrpc.getSnapshotMethod().getFullMethodName(),
                "there is no etcd file to give out; the fleet's log and its checkpoints are the record");
        why.put(MaintenanceGrpc.getMoveLeaderMethod().getFullMethodName(), MEMBERS);
        why.put(MaintenanceGrpc.getDowngradeMethod().getFullMethodName(), "there is no etcd to downgrade");
        return Map.copyOf(why);
    }

    /** The methods that are refused, with why. */
    static Map<String, String> methods() {
        return WHY;
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        String reason = WHY.get(call.getMethodDescriptor().getFullMethodName());
        if (reason == null) {
            return next.startCall(call, headers);
        }
        call.close(Status.UNIMPLEMENTED.withDescription("meshlog: " + reason), new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
