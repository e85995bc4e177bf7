package io.meshlog.publisher.outbox;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.export.ExportChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is declared, and which part of it the present session has still to say: first the snapshot, frame by frame in the
 * order of keys, then key by key what changed behind the frames' edge.
 *
 * <p>A value becomes fixed when its event is made. Until then only the key is remembered, so of many changes of one key
 * the last is sent. Bound: the declared resources and the keys to be said are each at
 * most the cluster's state (what is there or still has to be taken back); nothing grows with the number of changes.
 *
 * <p>A resource larger than any event may be is treated as not declared: it is left out of frames and taken back where an
 * earlier value was said.
 */
final class Declarations {
    /** What an event takes beside its resources: ids, time and lengths, and two keys of the longest kind for its range. */
    static final int ENVELOPE_BYTES = 128 + 2 * 1_024;

    private final ToIntFunction<Declared> size;
    private final NavigableMap<ResourceKey, Declared> declared = new TreeMap<>();
    /**
     * Keys that are declared and that the fleet does not hold, of those a frame has passed: new ones whose first value is
     * still to be said, and such as are too large. Of all others it holds what was said last.
     */
    private final Set<ResourceKey> unsaid = new HashSet<>();
    /** Keys whose last change is still to be said; only such as a frame has passed already. */
    private final Set<ResourceKey> pending = new LinkedHashSet<>();

    private boolean known;
    private boolean framedAll;
    private @Nullable ResourceKey framedUpTo;

    /** @param size how many bytes a resource takes within an event */
    Declarations(ToIntFunction<Declared> size) {
        this.size = size;
    }

    /** Whether it was ever said what is declared; before that there is nothing to make a snapshot of. */
    boolean isKnown() {
        return known;
    }

    int declared() {
        return declared.size();
    }

    int pending() {
        return pending.size();
    }

    boolean isFramed() {
        return framedAll;
    }

    @Nullable
    ResourceKey framedUpTo() {
        return framedUpTo;
    }

    /** Exactly this is declared. */
    void replace(SortedMap<ResourceKey, Declared> all) {
        known = true;
        for (ResourceKey key : List.copyOf(declared.keySet())) {
            if (!all.containsKey(key)) {
                set(key, null);
            }
        }
        all.forEach(this::set);
    }

    void apply(List<ExportChange> changes) {
        for (ExportChange change : changes) {
            switch (change) {
                case ExportChange.Declare declare -> set(declare.key(), declare.resource());
                case ExportChange.Withdraw withdraw -> set(withdraw.key(), null);
            }
        }
    }

    private void set(ResourceKey key, @Nullable Declared now) {
        Declared before = now == null ? declared.remove(key) : declared.put(key, now);
        if (Objects.equals(before, now) || !isBehindFrames(key)) {
            return;
        }
        if (now == null && unsaid.remove(key)) {
            pending.remove(key);
            return;
        }
        // A withdrawal that was not said yet is of a value that the fleet holds.
        boolean first = pending.add(key) && before == null;
        if (first) {
            unsaid.add(key);
        }
    }

    private boolean isBehindFrames(ResourceKey key) {
        return framedAll || framedUpTo != null && key.compareTo(framedUpTo) <= 0;
    }

    /** The snapshot is to be said again; it carries all that is pending. */
    void restartSnapshot() {
        pending.clear();
        unsaid.clear();
        framedAll = false;
        framedUpTo = null;
    }

    /** The snapshot's next frame: as many resources as one event takes, at least one where any is left. */
    Statement.Frame nextFrame(GatewayLimits limits, TooLarge tooLarge) {
        ResourceKey from = framedUpTo;
        NavigableMap<ResourceKey, Declared> rest = from == null ? declared : declared.tailMap(from, false);
        List<Value> resources = new ArrayList<>();
        ResourceKey last = null;
        ResourceKey to = null;
        int bytes = ENVELOPE_BYTES;
        for (Map.Entry<ResourceKey, Declared> entry : rest.entrySet()) {
            if (!isTooLarge(entry.getKey(), entry.getValue(), limits, tooLarge)) {
                bytes += size.applyAsInt(entry.getValue());
                if (bytes > limits.maxEventBytes() || resources.size() == limits.maxFrameResources()) {
                    to = last;
                    break;
                }
                resources.add(Value.of(entry.getValue()));
            } else {
                unsaid.add(entry.getKey());
            }
            last = entry.getKey();
        }
        framedUpTo = to;
        framedAll = to == null;
        return new Statement.Frame(from, to, resources);
    }

    /** The next change to be said, null where there is none. */
    @Nullable
    Statement nextChange(GatewayLimits limits, TooLarge tooLarge) {
        while (!pending.isEmpty()) {
            ResourceKey key = pending.iterator().next();
            pending.remove(key);
            Declared resource = declared.get(key);
            if (resource == null) {
                return new Statement.Delete(key);
            }
            if (!isTooLarge(key, resource, limits, tooLarge)) {
                unsaid.remove(key);
                return new Statement.Upsert(key, Value.of(resource));
            }
            if (unsaid.add(key)) {
                return new Statement.Delete(key);
            }
        }
        return null;
    }

    private boolean isTooLarge(ResourceKey key, Declared resource, GatewayLimits limits, TooLarge tooLarge) {
        int bytes = ENVELOPE_BYTES + size.applyAsInt(resource);
        if (bytes <= limits.maxEventBytes()) {
            return false;
        }
        tooLarge.found(key, bytes, limits.maxEventBytes());
        return true;
    }

    /** Told of a resource that no event can carry. */
    @FunctionalInterface
    interface TooLarge {
        void found(ResourceKey key, int bytes, int limit);
    }
}
