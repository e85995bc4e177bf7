package io.meshlog.meshapi.access;

import static java.util.Map.entry;

import io.meshlog.events.model.Kind;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may call what. A method without an entry is refused to everyone.
 *
 * <p>Members read what the fleet's clusters declare, what was refused, and who is a member: agents route by it. How far
 * another cluster's writers have come, and the fleet's own work, are not theirs: sessions only of the own cluster, no
 * jobs.
 */
final class MethodAccess {
    private static final Set<Role> EVERYONE = EnumSet.allOf(Role.class);
    private static final Set<Role> READERS = EnumSet.of(Role.MEMBER, Role.OPERATOR, Role.READER);
    private static final Set<Role> OPERATORS = EnumSet.of(Role.OPERATOR);
    private static final Set<Role> ETCD_READERS = EnumSet.of(Role.MEMBER, Role.OPERATOR, Role.READER, Role.ROOT);
    private static final Set<Role> ETCD_WRITERS = EnumSet.of(Role.MEMBER, Role.OPERATOR, Role.ROOT);
    private static final Set<Role> MEMBERS = EnumSet.of(Role.MEMBER);

    private static final Map<String, Set<Role>> BY_METHOD = withEtcd(Map.ofEntries(
            entry("meshlog.v1.Publishing/Publish", MEMBERS),
            entry("meshlog.v1.Mesh/Watch", READERS),
            entry("meshlog.v1.Mesh/List", READERS),
            entry("meshlog.v1.Mesh/Get", READERS),
            entry("meshlog.v1.Mesh/Status", READERS),
            entry("meshlog.v1.Admin/Admit", OPERATORS),
            entry("meshlog.v1.Admin/Expel", OPERATORS),
            entry("meshlog.v1.Admin/AdvanceHorizon", OPERATORS),
            entry("meshlog.v1.Admin/Checkpoint", OPERATORS),
            entry("meshlog.v1.Admin/ListCheckpoints", OPERATORS),
            entry("meshlog.v1.Admin/Refound", OPERATORS),
            entry("meshlog.v1.Admin/RaiseFeatureLevel", OPERATORS),
            entry("grpc.health.v1.Health/Check", EVERYONE),
            entry("grpc.health.v1.Health/Watch", EVERYONE),
            entry("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", READERS),
            entry("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", READERS)));

    private static Map<String, Set<Role>> withEtcd(Map<String, Set<Role>> own) {
        Map<String, Set<Role>> all = new HashMap<>(own);
        EtcdMethods.READING.forEach(method -> all.put(method, EVERYONE));
        EtcdMethods.READING_LEASES.forEach(method -> all.put(method, ETCD_READERS));
        EtcdMethods.WRITING.forEach(method -> all.put(method, ETCD_WRITERS));
        EtcdMethods.USERS.forEach(method -> all.put(method, ETCD_WRITERS));
        EtcdMethods.REFUSED.forEach(method -> all.put(method, EVERYONE));
        return Map.copyOf(all);
    }

    private MethodAccess() {}

    static Set<String> methods() {
        return BY_METHOD.keySet();
    }

    /** @throws io.meshlog.meshapi.failure.FailedCallException NOT_PERMITTED if the principal may not call it at all */
    static void requireMethod(Principal principal, String method) {
        Set<Role> roles = BY_METHOD.getOrDefault(method, Set.of());
        if (!roles.contains(principal.role())) {
            if (EtcdMethods.isOne(method)) {
                throw deniedInEtcdsWords();
            }
            throw Failure.NOT_PERMITTED.because(
                    "%s (%s) may not call %s: it is for %s", principal.name(), principal.role(), method, roles);
        }
    }

    /** @throws io.meshlog.meshapi.failure.FailedCallException NOT_PERMITTED if the range holds what it may not see */
    static void requireRange(Principal principal, AskedRange range) {
        String cluster = principal.cluster();
        if (cluster == null) {
            return;
        }
        if (range.names(EnumSet.of(Kind.JOB))) {
            throw Failure.NOT_PERMITTED.because("%s may not see the fleet's jobs", principal.name());
        }
        if (range.names(EnumSet.of(Kind.SESSION)) && !range.isWithin(cluster)) {
            throw Failure.NOT_PERMITTED.because(
                    "%s may see the sessions of cluster %s only; name it as the selector's one cluster",
                    principal.name(), cluster);
        }
    }

    /**
     * Whether everything that is asked for may be read, and written at all. A range that holds one key too many is refused
     * whole.
     *
     * @throws io.meshlog.meshapi.failure.FailedCallException NOT_PERMITTED if not, in etcd's words
     */
    static void requireKeys(Principal principal, AskedKeys asked) {
        Role role = principal.role();
        boolean permitted = (!asked.writes() || EtcdGrants.mayWrite(role))
                && asked.ranges().stream().allMatch(range -> EtcdGrants.mayRead(role, range));
        if (!permitted) {
            throw deniedInEtcdsWords();
        }
    }

    /** etcd's clients know an error by its whole text. */
    private static FailedCallException deniedInEtcdsWords() {
        return Failure.NOT_PERMITTED.because("etcdserver: permission denied");
    }
}
