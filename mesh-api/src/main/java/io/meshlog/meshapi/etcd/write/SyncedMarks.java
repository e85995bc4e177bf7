package io.meshlog.meshapi.etcd.write;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Statement.Transaction;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the keys by which Cilium's readers know that a cluster's state is all there, when a publisher's first snapshot of it
 * is complete. They are changes of the log like others, so a reader that resumes is told of them exactly once. Every replica
 * sees to it; the first one's write holds, the others' change nothing. A publisher's later snapshots leave them alone,
 * because no publisher's session wrote them.
 */
public final class SyncedMarks {
    private static final String SERVICES = "services";
    /** Cilium's words for what it waits for. */
    private static final List<String> KINDS =
            List.of("endpointslices", "identities", "ip", "nodes", "serviceexports", SERVICES);

    /** The mode of a cluster that says its services by their slices alone. For their own kind nothing comes then, nor a mark. */
    private static final String SLICES_ONLY = "endpointslices-only";

    private static final String PRINCIPAL = "synced-marks";
    private static final Logger LOG = LoggerFactory.getLogger(SyncedMarks.class);

    private final RecentWrites writes;
    private final ClusterVoice voice;
    private final InstantSource clock;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    public SyncedMarks(RecentWrites writes, ClusterVoice voice, InstantSource clock) {
        this.writes = writes;
        this.voice = voice;
        this.clock = clock;
    }

    /** To be called every second or so, where reading the store is no harm. */
    public void look() {
        try (ReplicaSnapshot snapshot = writes.snapshot()) {
            if (snapshot == null) {
                return;
            }
            ResourceKey first = ResourceKey.cluster("");
            try (Entries.Cursor clusters = snapshot.range(first, new ResourceKey(first.value() + "\u00ff"))) {
                while (clusters.hasNext()) {
                    Entry cluster = clusters.next();
                    if (!cluster.deleted()) {
                        look(snapshot, cluster.key().name());
                    }
                }
            }
        }
    }

    private void look(ReplicaSnapshot snapshot, String cluster) {
        List<Opaque> missing = new ArrayList<>();
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        for (String kind : markedKinds(snapshot, cluster)) {
            Opaque mark = new Opaque(bytes("cilium/synced/%s/cilium/state/%s/v1".formatted(cluster, kind)), bytes(now));
            Entry held = snapshot.get(mark.keyIn(cluster));
            if (held == null || held.deleted()) {
                missing.add(mark);
            }
        }
        if (!missing.isEmpty() && isComplete(snapshot, cluster) && underWay.add(cluster)) {
            write(cluster, missing);
        }
    }

    /** Cilium's clustermesh-apiserver marks every kind it can write, also one that is switched off but for services. */
    private static List<String> markedKinds(ReplicaSnapshot snapshot, String cluster) {
        Entry entry = snapshot.get(ResourceKey.of(cluster, Kind.CLUSTER_CONFIG, null, cluster));
        Value value = entry == null ? null : Replica.value(entry);
        boolean slicesOnly = value != null
                && value.resource() instanceof ClusterConfig config
                && SLICES_ONLY.equals(config.endpointSlicesExportMode());
        return slicesOnly
                ? KINDS.stream().filter(kind -> !kind.equals(SERVICES)).toList()
                : KINDS;
    }

    private static boolean isComplete(ReplicaSnapshot snapshot, String cluster) {
        ResourceKey first = ResourceKey.of(cluster, Kind.SESSION, null, "");
        try (Entries.Cursor sessions = snapshot.range(first, new ResourceKey(first.value() + "\u00ff"))) {
            while (sessions.hasNext()) {
                Value value = Replica.value(sessions.next());
                if (value != null && value.resource() instanceof Session session && session.snapshotComplete()) {
                    return true;
                }
            }
        }
        return false;
    }

    private void write(String cluster, List<Opaque> marks) {
        List<Compare> absent = new ArrayList<>();
        List<Operation> puts = new ArrayList<>();
        for (Opaque mark : marks) {
            absent.add(new Compare(mark.keyIn(cluster), null, Compare.Target.VERSION, Compare.Result.EQUAL, 0, null));
            puts.add(new Operation.Put(Value.of(mark), 0));
        }
        var unused = voice.say(cluster, PRINCIPAL, new Transaction(absent, puts, List.of()))
                .thenCompose(KvWrites::decided)
                .whenComplete((decided, failed) -> {
                    underWay.remove(cluster);
                    if (failed != null) {
                        LOG.warn(
                                "cluster {} is complete and could not be marked so yet: {}",
                                cluster,
                                failed.toString());
                    }
                });
    }

    private static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
