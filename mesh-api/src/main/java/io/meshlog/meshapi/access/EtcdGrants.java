package io.meshlog.meshapi.access;

import com.google.protobuf.ByteString;
import io.meshlog.meshapi.access.AskedKeys.Range;
import java.util.ArrayList;
import java.util.List;

/**
 * Which keys Cilium's read-only roles may read through the etcd face: those that Cilium grants them on its own etcd
 * (pkg/kvstore/etcdinit, v1.20), of every cluster of the fleet instead of the one an etcd is of. The role {@code remote} may
 * read {@code cilium/cache} as well: where a cluster's configuration says that it is cached, Cilium's readers look there.
 */
final class EtcdGrants {
    private static final List<Range> LOCAL =
            prefixes("cilium/.heartbeat", "cilium/cache/", "cilium/cluster-config/", "cilium/synced/");
    private static final List<Range> REMOTE = with(LOCAL, prefixes("cilium/state/"));

    private EtcdGrants() {}

    private static List<Range> prefixes(String... prefixes) {
        List<Range> ranges = new ArrayList<>();
        for (String prefix : prefixes) {
            char last = prefix.charAt(prefix.length() - 1);
            String end = prefix.substring(0, prefix.length() - 1) + (char) (last + 1);
            ranges.add(new Range(ByteString.copyFromUtf8(prefix), ByteString.copyFromUtf8(end)));
        }
        return List.copyOf(ranges);
    }

    private static List<Range> with(List<Range> some, List<Range> more) {
        List<Range> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    /** What a role may read; all keys that the caller sees where it is not bound to ranges. */
    static boolean mayRead(Role role, Range asked) {
        return switch (role) {
            case MEMBER, OPERATOR, READER, ROOT -> true;
            case REMOTE -> REMOTE.stream().anyMatch(granted -> granted.holds(asked));
            case LOCAL -> LOCAL.stream().anyMatch(granted -> granted.holds(asked));
        };
    }

    /** Whether it may write at all; whose keys is judged where a request is understood. */
    static boolean mayWrite(Role role) {
        return switch (role) {
            case MEMBER, OPERATOR, ROOT -> true;
            case READER, REMOTE, LOCAL -> false;
        };
    }
}
