package io.meshlog.projector.decider;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.fold.LiveFleetState;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The real fold over a map, with few changes for each write so that jobs take steps. */
final class FleetInMemory {
    private static final String OPERATOR = "operator";

    final List<FleetChange> changes = new ArrayList<>();
    /** Changes that no decider was told of yet. */
    final List<FleetChange> unread = new ArrayList<>();

    final MapEntries entries = new MapEntries();
    final LiveFleetState state = new LiveFleetState(entries, new ValueCodec());
    private final FleetFold fold = new FleetFold(Limits.DEFAULT.withMaxChanges(4), new ValueCodec());
    private final Map<String, Long> sequences = new HashMap<>();
    private long offset;

    boolean isEmpty() {
        return offset == 0;
    }

    Decision decide(MeshEvent event) {
        Decision decision = fold.decide(state, offset++, event);
        state.apply(decision);
        changes.addAll(decision.changes());
        unread.addAll(decision.changes());
        return decision;
    }

    /** Admits the cluster and opens its session. */
    void begin(String cluster, int id) {
        if (!sequences.containsKey(OPERATOR)) {
            say(null, OPERATOR, 0, new Statement.OpenSession(new UUID(3, 3)));
            sequences.put(OPERATOR, 0L);
        }
        command(new Statement.Admit(new Cluster(cluster, id, List.of(), List.of(), 0)));
        say(cluster, cluster, 0, new Statement.OpenSession(new UUID(3, id)));
        sequences.put(cluster, 0L);
    }

    /** Leaves a job with several steps behind. */
    void expelWithMany(String cluster, int resources) {
        for (int i = 0; i < resources; i++) {
            upsert(cluster, "key-" + i, "1");
        }
        command(new Statement.Expel(cluster, "test"));
    }

    void upsert(String cluster, String name, String value) {
        Opaque resource = new Opaque(bytes(name), bytes(value));
        next(cluster, cluster, new Statement.Upsert(resource.keyIn(cluster), Value.of(resource)));
    }

    void delete(String cluster, String name) {
        next(cluster, cluster, new Statement.Delete(new Opaque(bytes(name), Bytes.EMPTY).keyIn(cluster)));
    }

    /** How many deletes under a cluster are still known. */
    long deletesOf(String cluster) {
        return entries.map.values().stream()
                .filter(entry -> entry.deleted() && entry.key().prefix().equals(cluster))
                .count();
    }

    private void command(Statement statement) {
        next(null, OPERATOR, statement);
    }

    private void next(@Nullable String cluster, String writer, Statement statement) {
        say(cluster, writer, sequences.merge(writer, 1L, Long::sum), statement);
    }

    private void say(@Nullable String cluster, String writer, long sequence, Statement statement) {
        Sender sender = new Sender(cluster, writer, "", writer, 1, sequence);
        decide(new MeshEvent(new UUID(9, offset), sender, OptionalLong.empty(), statement));
    }

    private static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Entries in a map. */
    static final class MapEntries implements Entries {
        final NavigableMap<ResourceKey, Entry> map = new TreeMap<>();

        @Override
        public @Nullable Entry get(ResourceKey key) {
            return map.get(key);
        }

        @Override
        public void put(Entry entry) {
            map.put(entry.key(), entry);
        }

        @Override
        public void remove(ResourceKey key) {
            map.remove(key);
        }

        @Override
        public Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
            NavigableMap<ResourceKey, Entry> found = after == null ? map : map.tailMap(after, false);
            found = upTo == null ? found : found.headMap(upTo, true);
            Iterator<Entry> copied = List.copyOf(found.values()).iterator();
            return new Cursor() {
                @Override
                public boolean hasNext() {
                    return copied.hasNext();
                }

                @Override
                public Entry next() {
                    return copied.next();
                }

                @Override
                public void close() {
                    // nothing is held
                }
            };
        }
    }
}
