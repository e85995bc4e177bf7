package io.meshlog.it.simulation;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.Tally;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.meshapi.grpc.ProtoChangeEncoder;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.watch.Selector;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that was ever decided, kept apart from all that is tested: the state at each revision, and each write. It is what a
 * fold decides that nothing goes wrong with; what is committed has to be the same, later.
 */
final class History {
    /** One change of a write. */
    record Change(@Nullable Entry before, Entry after) {}

    /** What a reader sees of an entry. */
    private record Shown(Bytes bytes, Map<String, String> labels) {}

    private record Said(
            UUID logId, ResourceKey key, @Nullable FleetChange change) {}

    private static final ValueCodec VALUES = new ValueCodec();
    private static final ProtoChangeEncoder ENCODER = new ProtoChangeEncoder();

    private final Consumer<Situation> met;
    private final Reference reference = new Reference();
    private final List<Said> decided = new ArrayList<>();
    private int committedCount;
    private long committedRevision;
    private final IdentityHashMap<Entry, Shown> shown = new IdentityHashMap<>();
    private final Map<ResourceKey, Entry> now = new TreeMap<>();
    private final TreeMap<Long, Map<ResourceKey, Entry>> states = new TreeMap<>();
    private final TreeMap<Long, List<Change>> writes = new TreeMap<>();

    History(Consumer<Situation> met) {
        this.met = met;
    }

    /** This was said, and is decided. */
    void add(long offset, MeshEvent event) {
        Decision decision = reference.decide(offset, event);
        for (FleetChange change : decision.changes()) {
            decided.add(new Said(reference.logId(), change.key(), change));
            if (change.op() == FleetChange.Op.DIGEST) {
                requireDigest(change);
            } else {
                add(change);
            }
        }
        for (ResourceKey key : decision.forgotten()) {
            met.accept(Situation.DELETE_FORGOTTEN);
            decided.add(new Said(reference.logId(), key, null));
            now.remove(key);
        }
        states.put(revision(), live());
    }

    /** This is in the changelog now. */
    void requireDecided(List<ChangeRecord> committed) {
        for (ChangeRecord record : committed) {
            FleetChange change = record.change();
            if (change != null && change.isWrite()) {
                requireOwn(change);
                committedRevision = change.revision();
            }
            Said right = decided.get(committedCount++);
            Promise.DETERMINISTIC.require(
                    right.equals(new Said(record.logId(), record.key(), change)),
                    "the changelog says %s, decided was %s",
                    record,
                    right);
        }
    }

    /** Up to which revision the changelog has said what was decided. */
    long committedRevision() {
        return committedRevision;
    }

    private void add(FleetChange change) {
        if (change.isWrite()) {
            if (change.kind() == Kind.JOB) {
                met.accept(Situation.JOB);
            } else if (change.kind() == Kind.VIOLATION) {
                met.accept(Situation.VIOLATION);
            }
            if (change.index() == 0) {
                states.put(change.revision() - 1, live());
            }
            writes.computeIfAbsent(change.revision(), none -> new ArrayList<>())
                    .add(new Change(now.get(change.key()), Entry.of(change)));
        }
        now.put(change.key(), Entry.of(change));
    }

    private void requireDigest(FleetChange change) {
        met.accept(Situation.DIGEST);
        Tally tally = new Tally();
        now.values().forEach(tally::add);
        EncodedValue said = Objects.requireNonNull(change.value());
        Promise.DETERMINISTIC.require(
                tally.digest().equals(VALUES.decode(said).resource()),
                "the digest of revision %d is not that of what was said before it",
                change.revision());
    }

    private static void requireOwn(FleetChange change) {
        String speaker = change.provenance().cluster();
        boolean declared = change.origin() == Origin.SESSION && change.kind() != Kind.VIOLATION;
        Promise.ISOLATED.require(
                !declared || speaker == null || change.key().prefix().equals(speaker),
                "%s changed %s",
                speaker,
                change.key());
    }

    private Map<ResourceKey, Entry> live() {
        Map<ResourceKey, Entry> live = new TreeMap<>();
        now.forEach((key, entry) -> {
            if (!entry.deleted() && entry.kind() != Kind.SESSION) {
                live.put(key, entry);
            }
        });
        return live;
    }

    long revision() {
        return writes.isEmpty() ? 0 : writes.lastKey();
    }

    /** What is there, known deletes included. */
    Map<ResourceKey, Entry> now() {
        return now;
    }

    /** What lives at a revision, sessions left out. */
    Map<ResourceKey, Entry> at(long revision) {
        return states.getOrDefault(revision, Map.of());
    }

    Map<String, byte[]> selected(Selector selector, long revision) {
        Map<String, byte[]> selected = new TreeMap<>();
        at(revision).values().stream()
                .filter(entry -> isSelected(selector, entry))
                .forEach(entry ->
                        selected.put(entry.key().value(), shown(entry).bytes().shared()));
        return selected;
    }

    boolean isSelected(Selector selector, String key, long revision) {
        Entry entry = at(revision).get(new ResourceKey(key));
        return entry != null && isSelected(selector, entry);
    }

    private Shown shown(Entry entry) {
        return shown.computeIfAbsent(entry, each -> new Shown(Bytes.owned(ENCODER.upsert(each)), ENCODER.labels(each)));
    }

    /** How many changes of a write such a reader is to see. */
    long seen(Selector selector, long revision) {
        return writes.getOrDefault(revision, List.of()).stream()
                .filter(change -> isSelected(selector, change.after())
                        || change.before() != null && isSelected(selector, change.before()))
                .count();
    }

    long seen(Selector selector, long after, long upTo) {
        return after >= upTo
                ? 0
                : writes.subMap(after, false, upTo, true).keySet().stream()
                        .mapToLong(revision -> seen(selector, revision))
                        .sum();
    }

    private boolean isSelected(Selector selector, Entry entry) {
        return !entry.deleted()
                && selector.matchesKey(entry.key(), entry.kind())
                && selector.matchesLabels(shown(entry).labels());
    }

    @Nullable
    Session session(String cluster) {
        var value = Replica.value(now.get(ResourceKey.session(cluster, Member.WRITER)));
        return value == null ? null : (Session) value.resource();
    }

    static Set<ResourceKey> difference(Map<ResourceKey, Entry> one, Map<ResourceKey, Entry> other) {
        Set<ResourceKey> keys = new TreeSet<>(one.keySet());
        keys.addAll(other.keySet());
        keys.removeIf(key -> Objects.equals(one.get(key), other.get(key)));
        return keys;
    }

    static Map<ResourceKey, Entry> held(Entries.Cursor cursor) {
        Map<ResourceKey, Entry> held = new TreeMap<>();
        try (cursor) {
            cursor.forEachRemaining(entry -> held.put(entry.key(), entry));
        }
        return held;
    }
}
