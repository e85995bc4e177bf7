package io.meshlog.events.fold;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Statement.Transaction;
import io.meshlog.events.model.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares, then one of two lists of operations, as one write: all of it or nothing. The rules are etcd's
 * (server/etcdserver/txn): a missing key has version, revisions and lease 0 and no value that equals any; a compare on a
 * range must hold for each of its keys; no key may be put twice, or put and deleted, in one transaction.
 */
final class Transactions {
    private final Limits limits;

    Transactions(Limits limits) {
        this.limits = limits;
    }

    Outcome decide(Draft draft, Fleet fleet, Sender sender, Transaction txn) {
        Refusal refusal = judge(draft.state(), sender, txn.success());
        refusal = refusal != null ? refusal : judge(draft.state(), sender, txn.failure());
        if (refusal != null) {
            return Outcome.refused(refusal);
        }
        boolean succeeded = txn.compares().stream().allMatch(compare -> holds(draft, compare));
        List<Operation> operations = succeeded ? txn.success() : txn.failure();
        Draft attempt = new Draft(draft.state(), draft.encoding(), draft.provenance());
        List<Long> deleted = new ArrayList<>();
        for (Operation operation : operations) {
            Refusal refused = perform(attempt, fleet, sender, operation, deleted);
            if (refused != null) {
                return Outcome.refused(refused);
            }
            if (attempt.size() > limits.maxChanges()) {
                return Outcome.refused(Refusal.of(
                        Rule.TOO_LARGE, "request is too large: it makes more than %d changes", limits.maxChanges()));
            }
        }
        draft.take(attempt);
        return Outcome.transaction(succeeded, deleted);
    }

    private @Nullable Refusal judge(FleetState state, Sender sender, List<Operation> operations) {
        if (operations.size() > limits.maxChanges()) {
            return Refusal.of(
                    Rule.TOO_LARGE,
                    "request is too large: %d operations, the limit is %d",
                    operations.size(),
                    limits.maxChanges());
        }
        Set<ResourceKey> put = new HashSet<>();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put(Value value, long lease)) {
                Cluster cluster = clusterOf(state, sender);
                if (cluster == null || !(value.resource() instanceof Declared declared)) {
                    return Refusal.of(
                            Rule.NOT_PERMITTED,
                            "%s may not put %s",
                            sender.principal(),
                            value.resource().kind());
                }
                if (!put.add(declared.keyIn(cluster.name()))) {
                    return Refusal.of(Rule.MALFORMED, "duplicate key given in txn request");
                }
            }
        }
        for (Operation operation : operations) {
            if (operation instanceof Operation.DeleteRange(ResourceKey key, ResourceKey rangeEnd)
                    && put.stream().anyMatch(one -> covers(key, rangeEnd, one))) {
                return Refusal.of(Rule.MALFORMED, "duplicate key given in txn request");
            }
        }
        return null;
    }

    private static boolean covers(ResourceKey key, @Nullable ResourceKey rangeEnd, ResourceKey one) {
        return rangeEnd == null ? one.equals(key) : one.compareTo(key) >= 0 && one.compareTo(rangeEnd) < 0;
    }

    private static @Nullable Cluster clusterOf(FleetState state, Sender sender) {
        return sender.cluster() == null ? null : state.cluster(sender.cluster());
    }

    private @Nullable Refusal perform(
            Draft draft, Fleet fleet, Sender sender, Operation operation, List<Long> deleted) {
        return switch (operation) {
            case Operation.Put(Value value, long lease) -> {
                deleted.add(0L);
                Cluster cluster = Objects.requireNonNull(clusterOf(draft.state(), sender));
                Declarations declarations = new Declarations(draft, limits, fleet, cluster, Origin.ETCD);
                declarations.write(((Declared) value.resource()).keyIn(cluster.name()), value, lease);
                yield declarations.firstRefusal();
            }
            case Operation.DeleteRange(ResourceKey key, ResourceKey rangeEnd) ->
                deleteRange(draft, sender, key, rangeEnd, deleted);
            case Operation.Read read -> {
                deleted.add(0L);
                yield null;
            }
        };
    }

    private @Nullable Refusal deleteRange(
            Draft draft, Sender sender, ResourceKey key, @Nullable ResourceKey rangeEnd, List<Long> deleted) {
        String cluster = sender.cluster();
        String last = rangeEnd == null ? key.value() : rangeEnd.value();
        if (cluster == null || !key.prefix().equals(cluster) || !last.startsWith(cluster)) {
            return Refusal.of(Rule.NOT_OWNER, "%s may not delete from %s to %s", sender.principal(), key, rangeEnd);
        }
        long count = 0;
        for (Entry entry : live(draft, key, rangeEnd)) {
            if (entry.kind().declared()) {
                if (draft.size() > limits.maxChanges()) {
                    return Refusal.of(
                            Rule.TOO_LARGE, "request is too large: it makes more than %d changes", limits.maxChanges());
                }
                draft.delete(entry.key(), Origin.ETCD);
                count++;
            }
        }
        deleted.add(count);
        return null;
    }

    /** The live entries of a key or range, at most one more than a write may change. */
    private List<Entry> live(Draft draft, ResourceKey key, @Nullable ResourceKey rangeEnd) {
        List<Entry> live = new ArrayList<>();
        Entry first = draft.live(key);
        if (first != null) {
            live.add(first);
        }
        if (rangeEnd == null) {
            return live;
        }
        try (Entries.Cursor held = draft.state().entries(key, rangeEnd)) {
            while (held.hasNext() && live.size() <= limits.maxChanges()) {
                ResourceKey next = held.next().key();
                Entry entry = next.equals(rangeEnd) ? null : draft.live(next);
                if (entry != null) {
                    live.add(entry);
                }
            }
        }
        return live;
    }

    private boolean holds(Draft draft, Compare compare) {
        if (compare.rangeEnd() == null) {
            return holds(draft, compare, draft.live(compare.key()));
        }
        List<Entry> entries = allLive(draft, compare.key(), compare.rangeEnd());
        return entries.isEmpty()
                ? holds(draft, compare, null)
                : entries.stream().allMatch(entry -> holds(draft, compare, entry));
    }

    private static List<Entry> allLive(Draft draft, ResourceKey key, ResourceKey rangeEnd) {
        List<Entry> live = new ArrayList<>();
        Entry first = draft.live(key);
        if (first != null) {
            live.add(first);
        }
        try (Entries.Cursor held = draft.state().entries(key, rangeEnd)) {
            while (held.hasNext()) {
                Entry entry = held.next();
                if (!entry.deleted() && !entry.key().equals(rangeEnd)) {
                    live.add(entry);
                }
            }
        }
        return live;
    }

    private static boolean holds(Draft draft, Compare compare, @Nullable Entry entry) {
        return switch (compare.target()) {
            case VERSION -> holds(compare, entry == null ? 0 : entry.version());
            case CREATE_REVISION -> holds(compare, entry == null ? 0 : entry.createRevision());
            case MOD_REVISION -> holds(compare, entry == null ? 0 : entry.modRevision());
            case LEASE -> holds(compare, entry == null ? 0 : entry.lease());
            case VALUE -> entry != null && entry.value() != null && valueHolds(draft, compare, entry.value());
        };
    }

    private static boolean holds(Compare compare, long actual) {
        return holds(compare.result(), Long.compare(actual, compare.number()));
    }

    private static boolean valueHolds(Draft draft, Compare compare, EncodedValue actual) {
        Value wanted = compare.value();
        if (wanted == null) {
            return false;
        }
        EncodedValue encoded = draft.encoding().encode(draft.encoding().decode(actual));
        return holds(
                compare.result(),
                encoded.bytes().compareTo(draft.encoding().encode(wanted).bytes()));
    }

    private static boolean holds(Compare.Result result, int order) {
        return switch (result) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
        };
    }
}
