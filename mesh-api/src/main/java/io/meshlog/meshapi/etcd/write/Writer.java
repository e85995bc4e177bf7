package io.meshlog.meshapi.etcd.write;

import io.grpc.StatusRuntimeException;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.access.Role;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;

/**
 * Who writes: a member only its own cluster's keys, an operator anybody's, readers none.
 *
 * @param view what it sees, and so what its keys mean
 */
public record Writer(Principal principal, View view) {
    /**
     * What a key stands for.
     *
     * @throws io.grpc.StatusRuntimeException if it is no key that can be written, or not this writer's
     */
    KeyPlace place(String key) {
        KeyPlace place = Layout.owner(key, view);
        if (place == null) {
            throw nobodys(key);
        }
        requireCluster(place.cluster(), key);
        return place;
    }

    private static StatusRuntimeException nobodys(String key) {
        if (key.isEmpty()) {
            return EtcdErrors.emptyKey();
        }
        if (key.equals(Layout.HEARTBEAT) || key.startsWith(Layout.HIDDEN)) {
            return EtcdErrors.unimplemented("%s is each replica's own and cannot be written".formatted(printable(key)));
        }
        return EtcdErrors.invalid(
                "whose key is %s? It names no cluster, and neither does the client: it has to speak for one, or etcd.cluster has to be set"
                        .formatted(printable(key)));
    }

    private static String printable(String key) {
        return KeyRange.bytes(key).toStringUtf8().replace('\0', '.');
    }

    void requireCluster(String cluster, String what) {
        boolean own = cluster.equals(principal.cluster());
        if (!own && principal.role() != Role.OPERATOR) {
            throw EtcdErrors.permissionDenied("%s (%s) may not write %s, which is cluster %s's"
                    .formatted(principal.name(), principal.role(), printable(what), cluster));
        }
    }
}
