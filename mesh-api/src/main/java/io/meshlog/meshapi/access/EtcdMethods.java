package io.meshlog.meshapi.access;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The methods of etcd's API. What the face does not do is open to every reader all the same: the face refuses it in words,
 * which tell more than that it is not permitted. Lasting operations on a transaction's parts, and whose keys are written,
 * are judged where the request is understood.
 */
final class EtcdMethods {
    private static final String PACKAGE = "etcdserverpb.";

    /** A transaction may only read; one that writes is judged by its handler. */
    static final Set<String> READING =
            named("KV/Range", "KV/Txn", "Watch/Watch", "Cluster/MemberList", "Maintenance/Status", "Auth/AuthStatus");

    /** Leases name keys, and whose they are. */
    static final Set<String> READING_LEASES = named("Lease/LeaseTimeToLive", "Lease/LeaseLeases");

    static final Set<String> WRITING =
            named("KV/Put", "KV/DeleteRange", "Lease/LeaseGrant", "Lease/LeaseRevoke", "Lease/LeaseKeepAlive");

    /** What Cilium sets up, of users and roles. */
    static final Set<String> USERS =
            named("Auth/AuthEnable", "Auth/UserAdd", "Auth/UserGrantRole", "Auth/RoleAdd", "Auth/RoleGrantPermission");

    static final Set<String> REFUSED = named(
            "KV/Compact",
            "Cluster/MemberAdd",
            "Cluster/MemberRemove",
            "Cluster/MemberUpdate",
            "Cluster/MemberPromote",
            "Maintenance/Alarm",
            "Maintenance/Defragment",
            "Maintenance/Hash",
            "Maintenance/HashKV",
            "Maintenance/Snapshot",
            "Maintenance/MoveLeader",
            "Maintenance/Downgrade",
            "Auth/AuthDisable",
            "Auth/Authenticate",
            "Auth/UserGet",
            "Auth/UserList",
            "Auth/UserDelete",
            "Auth/UserChangePassword",
            "Auth/UserRevokeRole",
            "Auth/RoleGet",
            "Auth/RoleList",
            "Auth/RoleDelete",
            "Auth/RoleRevokePermission");

    private EtcdMethods() {}

    /** Whether a method, known or not, is of etcd's API. */
    static boolean isOne(String method) {
        return method.startsWith(PACKAGE);
    }

    private static Set<String> named(String... methods) {
        return Stream.of(methods).map(method -> PACKAGE + method).collect(Collectors.toUnmodifiableSet());
    }
}
