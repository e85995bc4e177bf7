package io.meshlog.events.fold;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A range frame, decided key by key: what it names is declared, what a session wrote and it does not name is deleted,
 * and so are violations about what it does not name.
 *
 * <p>It stops where the write is full and says how far it came. Worked example, with room for four changes and the keys
 * c/nodes/a, c/nodes/b and c/nodes/d in the state: the frame (null, null] of a, c and e keeps a, deletes b, creates c,
 * deletes d and is full; what is left is the frame (c/nodes/d, null] of e.
 */
final class FrameSweep {
    /** A key drafts at most so many changes: its resource and its violation. */
    static final int CHANGES_PER_KEY = 2;

    private final Draft draft;
    private final Declarations declarations;
    private final String cluster;
    private final int room;

    FrameSweep(Draft draft, Declarations declarations, String cluster, int room) {
        this.draft = draft;
        this.declarations = declarations;
        this.cluster = cluster;
        this.room = room;
    }

    /** What is left of a frame: its range now begins after the cursor. */
    record Rest(ResourceKey cursor, List<Value> resources) {}

    /**
     * Decides the frame as far as there is room. Returns what is left, null where nothing is.
     *
     * @param after the key its range begins after, null for the beginning
     * @param upTo the last key of its range, null for the end
     */
    @Nullable
    Rest sweep(@Nullable ResourceKey after, @Nullable ResourceKey upTo, List<Value> resources) {
        SortedMap<ResourceKey, Value> named = named(cluster, resources);
        ResourceKey cursor = after;
        try (Entries.Cursor held = held(after, upTo, "");
                Entries.Cursor violations = held(after, upTo, Kind.VIOLATION.plural() + "/")) {
            Merge merge = new Merge(new ArrayList<>(named.keySet()), held, violations);
            for (ResourceKey key = merge.next(); key != null; key = merge.next()) {
                if (draft.size() + CHANGES_PER_KEY > room) {
                    return new Rest(
                            cursor == null ? new ResourceKey(cluster + "/") : cursor,
                            List.copyOf(named.tailMap(key).values()));
                }
                Value value = named.get(key);
                if (value != null) {
                    declarations.upsert(key, value);
                } else {
                    sweepUnnamed(key);
                }
                cursor = key;
            }
        }
        return null;
    }

    private void sweepUnnamed(ResourceKey key) {
        Entry entry = draft.live(key);
        if (entry != null && entry.origin() == Origin.SESSION) {
            draft.delete(key, Origin.SESSION);
        }
        draft.delete(violationOf(key), Origin.FOLD);
    }

    /** The resources by the key each has when this cluster declares it. Of two with one key the last one counts. */
    static SortedMap<ResourceKey, Value> named(String cluster, List<Value> resources) {
        SortedMap<ResourceKey, Value> named = new TreeMap<>();
        for (Value value : resources) {
            if (value.resource() instanceof Declared declared) {
                named.put(declared.keyIn(cluster), value);
            }
        }
        return named;
    }

    /** Entries of the range, its keys moved by what stands between the cluster and the kind. */
    private Entries.Cursor held(@Nullable ResourceKey after, @Nullable ResourceKey upTo, String moved) {
        String start = cluster + "/" + moved;
        ResourceKey first = after == null ? new ResourceKey(start) : moved(after, moved);
        ResourceKey last = upTo == null ? new ResourceKey(start + "\u00ff") : moved(upTo, moved);
        return draft.state().entries(first, last);
    }

    private ResourceKey moved(ResourceKey key, String moved) {
        return new ResourceKey(cluster + "/" + moved + key.value().substring(cluster.length() + 1));
    }

    private ResourceKey violationOf(ResourceKey key) {
        return moved(key, Kind.VIOLATION.plural() + "/");
    }

    /** The keys of three sorted runs, each once, in order. Violations stand under the keys they are about. */
    private final class Merge {
        private final List<ResourceKey> named;
        private final Entries.Cursor held;
        private final Entries.Cursor violations;
        private int nextNamed;
        private @Nullable ResourceKey nextHeld;
        private @Nullable ResourceKey nextViolation;

        Merge(List<ResourceKey> named, Entries.Cursor held, Entries.Cursor violations) {
            this.named = named;
            this.held = held;
            this.violations = violations;
            this.nextHeld = advanceHeld();
            this.nextViolation = advanceViolations();
        }

        @Nullable
        ResourceKey next() {
            ResourceKey first = nextNamed < named.size() ? named.get(nextNamed) : null;
            first = earlier(first, nextHeld);
            first = earlier(first, nextViolation);
            if (first == null) {
                return null;
            }
            if (nextNamed < named.size() && first.equals(named.get(nextNamed))) {
                nextNamed++;
            }
            if (first.equals(nextHeld)) {
                nextHeld = advanceHeld();
            }
            if (first.equals(nextViolation)) {
                nextViolation = advanceViolations();
            }
            return first;
        }

        private @Nullable ResourceKey advanceHeld() {
            while (held.hasNext()) {
                Entry entry = held.next();
                if (!entry.deleted() && entry.kind().declared() && entry.origin() == Origin.SESSION) {
                    return entry.key();
                }
            }
            return null;
        }

        private @Nullable ResourceKey advanceViolations() {
            while (violations.hasNext()) {
                Entry entry = violations.next();
                if (!entry.deleted()) {
                    int skipped = cluster.length() + 1 + Kind.VIOLATION.plural().length() + 1;
                    return new ResourceKey(cluster + "/" + entry.key().value().substring(skipped));
                }
            }
            return null;
        }

        private static @Nullable ResourceKey earlier(@Nullable ResourceKey one, @Nullable ResourceKey other) {
            if (one == null || other == null) {
                return one == null ? other : one;
            }
            return one.compareTo(other) <= 0 ? one : other;
        }
    }
}
