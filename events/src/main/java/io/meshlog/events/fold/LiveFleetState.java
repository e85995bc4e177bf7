package io.meshlog.events.fold;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A fleet's state over {@link Entries}: resources stay in the entries, what the fold asks for at every event (the fleet,
 * clusters, sessions, jobs, counts, sums, known deletes) is kept in memory beside them and rebuilt from them.
 *
 * <p>For one thread, the one that decides.
 */
public final class LiveFleetState implements FleetState {
    private final Entries entries;
    private final ValueEncoding encoding;
    private final Tally tally = new Tally();
    private final TreeMap<String, Cluster> clusters = new TreeMap<>();
    private final Map<ResourceKey, Session> sessions = new HashMap<>();
    private final TreeMap<Long, Job> jobs = new TreeMap<>();
    /**
     * Deletes that are still known: revision -> keys. Within a revision in the order of keys, not of changes: entries do not
     * tell the latter, and a state that was rebuilt from them must forget the same ones first.
     */
    private final TreeMap<Long, NavigableSet<ResourceKey>> deletes = new TreeMap<>();
    /** What was read for the event at hand: applying its decision asks for the same entries again. */
    private Map<ResourceKey, @Nullable Entry> read = new HashMap<>();

    private @Nullable Fleet fleet;
    private AddressPlan addressPlan = AddressPlan.of(List.of());
    private long revision;
    private long lastEventOffset = -1;

    /** Over what the entries hold already; reads all of them once. */
    public LiveFleetState(Entries entries, ValueEncoding encoding) {
        this.entries = entries;
        this.encoding = encoding;
        try (Entries.Cursor all = entries.range(null, null)) {
            while (all.hasNext()) {
                Entry entry = all.next();
                tally.add(entry);
                index(entry);
                revision = Math.max(revision, entry.modRevision());
                lastEventOffset = Math.max(lastEventOffset, entry.eventOffset());
            }
        }
        plan();
    }

    /**
     * What took the place of what.
     *
     * @param before what was under the key, a known delete included; null where there was nothing
     */
    public record Replacement(@Nullable Entry before, Entry after) {}

    /** Makes a decision about this state the state. Returns what it replaced, traces included, in its order. */
    public List<Replacement> apply(Decision decision) {
        List<Replacement> replaced = new ArrayList<>(decision.changes().size());
        for (FleetChange change : decision.changes()) {
            if (change.op() != FleetChange.Op.DIGEST) {
                Entry after = Entry.of(change);
                Session session = change.op() == FleetChange.Op.TRACE ? decision.session() : null;
                replaced.add(new Replacement(replace(after, session), after));
            }
        }
        for (ResourceKey key : decision.forgotten()) {
            forget(key);
        }
        revision = decision.revision();
        lastEventOffset = decision.eventOffset();
        if (!read.isEmpty()) {
            // clearing costs what the largest decision so far has made of the table
            read = new HashMap<>();
        }
        return replaced;
    }

    /** @param session what the entry holds, where it is a session and known without decoding it */
    private @Nullable Entry replace(Entry entry, @Nullable Session session) {
        Entry old = entry(entry.key());
        if (old != null) {
            tally.remove(old);
            if (old.deleted()) {
                forgetDelete(old);
            }
        }
        tally.add(entry);
        if (session == null) {
            index(entry);
        } else {
            sessions.put(entry.key(), session);
        }
        entries.put(entry);
        if (entry.kind() == Kind.CLUSTER) {
            plan();
        }
        return old;
    }

    private void forget(ResourceKey key) {
        Entry old = entry(key);
        if (old != null && old.deleted()) {
            forgetDelete(old);
            entries.remove(key);
        }
    }

    private void forgetDelete(Entry old) {
        NavigableSet<ResourceKey> keys = deletes.get(old.modRevision());
        if (keys != null) {
            keys.remove(old.key());
            if (keys.isEmpty()) {
                deletes.remove(old.modRevision());
            }
        }
    }

    private void index(Entry entry) {
        EncodedValue value = entry.value();
        if (value == null) {
            deletes.computeIfAbsent(entry.modRevision(), none -> new TreeSet<>())
                    .add(entry.key());
        }
        switch (entry.kind()) {
            case FLEET -> fleet = (Fleet) decoded(entry);
            case SESSION -> sessions.put(entry.key(), (Session) Objects.requireNonNull(decoded(entry)));
            case CLUSTER -> put(clusters, entry.key().name(), (Cluster) decoded(entry));
            case JOB -> put(jobs, Long.parseLong(entry.key().name()), (Job) decoded(entry));
            case NODE,
                    IDENTITY,
                    ENDPOINT,
                    SERVICE,
                    ENDPOINT_SLICE,
                    SERVICE_EXPORT,
                    POLICY,
                    CLUSTER_CONFIG,
                    OPAQUE,
                    VIOLATION,
                    DIGEST -> {
                // stays in the entries alone
            }
        }
    }

    private @Nullable Resource decoded(Entry entry) {
        EncodedValue value = entry.value();
        return value == null ? null : encoding.decode(value).resource();
    }

    private static <K, V> void put(Map<K, V> map, K key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    private void plan() {
        addressPlan = AddressPlan.of(clusters.values());
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public long nextEventOffset() {
        return lastEventOffset < 0 ? -1 : lastEventOffset + 1;
    }

    @Override
    public @Nullable Fleet fleet() {
        return fleet;
    }

    @Override
    public @Nullable Cluster cluster(String name) {
        return clusters.get(name);
    }

    @Override
    public Collection<Cluster> clusters() {
        return clusters.values();
    }

    @Override
    public AddressPlan addressPlan() {
        return addressPlan;
    }

    @Override
    public @Nullable Session session(ResourceKey key) {
        return sessions.get(key);
    }

    @Override
    public Collection<Job> jobs() {
        return jobs.values();
    }

    @Override
    public @Nullable Entry entry(ResourceKey key) {
        if (read.containsKey(key)) {
            return read.get(key);
        }
        Entry entry = entries.get(key);
        read.put(key, entry);
        return entry;
    }

    @Override
    public Entries.Cursor entries(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
        return entries.range(after, upTo);
    }

    @Override
    public long count(String prefix, Kind kind) {
        return tally.count(prefix, kind);
    }

    @Override
    public List<ResourceKey> deletesBelow(long below, int limit) {
        return deletes.headMap(below, false).values().stream()
                .flatMap(NavigableSet::stream)
                .limit(limit)
                .toList();
    }

    @Override
    public Digest digest() {
        return tally.digest();
    }
}
