package io.meshlog.meshapi.grpc;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Value;
import io.meshlog.events.proto.ResourceProtos;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.WatchHub;
import io.meshlog.schemas.v1.ClusterStatus;
import io.meshlog.schemas.v1.Component;
import io.meshlog.schemas.v1.StatusResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a replica says of the fleet and of itself; also when it is out of service. Reads the store. */
public final class StatusReport {
    /** The writer that a cluster's publisher is. */
    private static final String PUBLISHER = "publisher";

    private final Self self;
    private final Replica replica;
    private final WatchHub hub;
    private final Supplier<Set<String>> connected;
    private final Supplier<List<io.meshlog.meshapi.replica.Component>> components;

    /** Who the replica is: its name, unique in the fleet, and the version of its program. */
    public record Self(String name, String version) {}

    /**
     * @param connected the clusters whose publishers are connected to the gateway beside this replica
     * @param components the other parts of the control plane
     */
    public StatusReport(
            Self self,
            Replica replica,
            WatchHub hub,
            Supplier<Set<String>> connected,
            Supplier<List<io.meshlog.meshapi.replica.Component>> components) {
        this.self = self;
        this.replica = replica;
        this.hub = hub;
        this.connected = connected;
        this.components = components;
    }

    StatusResponse make() {
        Map<String, Map<Kind, Long>> counts = replica.store().counts();
        StatusResponse.Builder status = StatusResponse.newBuilder();
        List<String> conditions = new ArrayList<>(replica.conditions());
        try (ReplicaSnapshot snapshot = replica.store().snapshot()) {
            status.setRevision(snapshot.position().revision());
            if (at(snapshot, ResourceKey.FLEET) instanceof Fleet fleet) {
                status.setFleet(ResourceProtos.fleet(fleet));
            } else {
                conditions.add("the fleet is not founded yet, as far as this replica knows");
            }
            addClusters(snapshot, counts, status, conditions);
        }
        for (io.meshlog.meshapi.replica.Component component : components.get()) {
            status.addComponents(Component.newBuilder()
                    .setName(component.name())
                    .setState(component.state())
                    .setHealthy(component.healthy()));
            if (!component.healthy()) {
                conditions.add("%s: %s".formatted(component.name(), component.state()));
            }
        }
        return status.setReplica(replica(counts)).addAllConditions(conditions).build();
    }

    private io.meshlog.schemas.v1.Replica replica(Map<String, Map<Kind, Long>> counts) {
        return io.meshlog.schemas.v1.Replica.newBuilder()
                .setName(self.name())
                .setVersion(self.version())
                .setState(replica.stateName())
                .setSynced(replica.synced())
                .setStalenessMs(replica.stalenessMs())
                .setWatches(hub.openWatches())
                .setResources(counts.values().stream()
                        .flatMap(kinds -> kinds.values().stream())
                        .mapToLong(Long::longValue)
                        .sum())
                .build();
    }

    private void addClusters(
            ReplicaSnapshot snapshot,
            Map<String, Map<Kind, Long>> counts,
            StatusResponse.Builder status,
            List<String> conditions) {
        Set<String> publishing = connected.get();
        Selectors.Range range =
                Selectors.Range.under("%s/%s/".formatted(ResourceKey.FLEET_PREFIX, Kind.CLUSTER.plural()));
        try (Entries.Cursor all = snapshot.range(range.after(), range.upTo())) {
            while (all.hasNext()) {
                Value value = Replica.value(all.next());
                if (value != null && value.resource() instanceof Cluster cluster) {
                    ClusterStatus made = cluster(snapshot, cluster, counts.getOrDefault(cluster.name(), Map.of()))
                            .setConnected(publishing.contains(cluster.name()))
                            .build();
                    status.addClusters(made);
                    if (!made.hasSession()) {
                        conditions.add("cluster %s has never published".formatted(cluster.name()));
                    }
                }
            }
        }
    }

    private static ClusterStatus.Builder cluster(ReplicaSnapshot snapshot, Cluster cluster, Map<Kind, Long> counts) {
        ClusterStatus.Builder status =
                ClusterStatus.newBuilder().setName(cluster.name()).setId(cluster.id());
        counts.forEach((kind, count) -> {
            if (kind.declared() && count > 0) {
                status.putResources(kind.plural(), count);
            }
        });
        status.setViolations(counts.getOrDefault(Kind.VIOLATION, 0L));
        if (at(snapshot, ResourceKey.session(cluster.name(), PUBLISHER)) instanceof Session session) {
            status.setSession(ResourceProtos.session(session));
        }
        return status;
    }

    private static @Nullable Object at(ReplicaSnapshot snapshot, ResourceKey key) {
        Value value = Replica.value(snapshot.get(key));
        return value == null ? null : value.resource();
    }
}
