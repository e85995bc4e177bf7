package io.meshlog.events.fold;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Value;
import io.meshlog.events.model.Violation;
import org.jspecify.annotations.Nullable;

/**
 * What one cluster declares, key by key, judged and drafted. A refused declaration leaves what is there as it is and
 * makes a violation; an accepted one takes the violation away. Each declaration drafts at most two changes.
 */
final class Declarations {
    private final Draft draft;
    private final Limits limits;
    private final Cluster cluster;
    private final Origin origin;
    private final Admission admission;
    private @Nullable Refusal firstRefusal;
    private int refused;

    Declarations(Draft draft, Limits limits, Fleet fleet, Cluster cluster, Origin origin) {
        this.draft = draft;
        this.limits = limits;
        this.cluster = cluster;
        this.origin = origin;
        this.admission = new Admission(fleet, draft.state().addressPlan(), cluster);
    }

    /** The first refusal so far, null where there is none. */
    @Nullable
    Refusal firstRefusal() {
        return firstRefusal;
    }

    int refused() {
        return refused;
    }

    /** Declares a resource, unless an equal one is there. */
    void upsert(ResourceKey key, Value value) {
        declare(key, value, false, 0);
    }

    /** Declares a resource as a write of its own, also when an equal one is there. */
    void write(ResourceKey key, Value value, long lease) {
        declare(key, value, true, lease);
    }

    private void declare(ResourceKey key, Value value, boolean always, long lease) {
        EncodedValue encoded = draft.encoding().encode(value);
        Refusal refusal = judge(key, value, encoded);
        if (refusal != null) {
            refuse(key, refusal);
            return;
        }
        if (always) {
            draft.put(value.resource().kind(), key, encoded, origin, lease);
        } else {
            draft.putIfDifferent(value.resource().kind(), key, value, encoded, origin);
        }
        clearViolation(key);
    }

    /** Takes a resource back, and the violation about it. Only what the cluster itself may name. */
    void delete(ResourceKey key) {
        Kind kind = key.kind();
        if (key.prefix().equals(cluster.name()) && kind != null && kind.declared()) {
            draft.delete(key, origin);
        }
        clearViolation(key);
    }

    /** Most clusters have no violation at all, and then none needs to be looked for. */
    private void clearViolation(ResourceKey subject) {
        if (draft.count(cluster.name(), Kind.VIOLATION) > 0) {
            draft.delete(subject.violationBy(cluster.name()), Origin.FOLD);
        }
    }

    /** Refuses something about a key, for as long as it is not said otherwise. */
    void refuse(ResourceKey subject, Refusal refusal) {
        refused++;
        if (firstRefusal == null) {
            firstRefusal = refusal;
        }
        ResourceKey key = subject.violationBy(cluster.name());
        boolean known = draft.live(key) != null;
        if (key.value().length() <= limits.maxKeyBytes()
                && (known || draft.count(cluster.name(), Kind.VIOLATION) < limits.maxViolations())) {
            Violation violation = new Violation(subject.value(), refusal.rule(), refusal.message());
            draft.putIfDifferent(key, Value.of(violation), Origin.FOLD);
        }
    }

    private @Nullable Refusal judge(ResourceKey key, Value value, EncodedValue encoded) {
        if (!(value.resource() instanceof Declared resource)) {
            return Refusal.of(
                    Rule.NOT_PERMITTED,
                    "no cluster declares %s",
                    value.resource().kind().plural());
        }
        if (!key.prefix().equals(cluster.name())) {
            return Refusal.of(Rule.NOT_OWNER, "%s speaks for itself alone, not for %s", cluster.name(), key.prefix());
        }
        ResourceKey own = resource.keyIn(cluster.name());
        if (!own.equals(key)) {
            return Refusal.of(Rule.NAME_MISMATCH, "a resource named %s is declared under the key %s", own, key);
        }
        Refusal size = judgeSize(key, resource, encoded);
        return size != null ? size : admission.judge(resource);
    }

    private @Nullable Refusal judgeSize(ResourceKey key, Declared resource, EncodedValue encoded) {
        if (key.value().length() > limits.maxKeyBytes()) {
            return Refusal.of(
                    Rule.TOO_LARGE,
                    "the key has %d bytes, the limit is %d",
                    key.value().length(),
                    limits.maxKeyBytes());
        }
        if (encoded.bytes().size() > limits.maxValueBytes()) {
            return Refusal.of(
                    Rule.TOO_LARGE,
                    "the value has %d bytes, the limit is %d",
                    encoded.bytes().size(),
                    limits.maxValueBytes());
        }
        if (draft.live(key) != null) {
            return null;
        }
        int most = cluster.maxResources() > 0 ? cluster.maxResources() : limits.maxResources();
        if (held() >= most) {
            return Refusal.of(Rule.TOO_MANY, "cluster %s holds its limit of %d resources", cluster.name(), most);
        }
        return resource.kind() == Kind.OPAQUE && draft.count(cluster.name(), Kind.OPAQUE) >= limits.maxOpaque()
                ? Refusal.of(
                        Rule.TOO_MANY,
                        "cluster %s holds its limit of %d keys without a type",
                        cluster.name(),
                        limits.maxOpaque())
                : null;
    }

    private long held() {
        long held = 0;
        for (Kind kind : Kind.values()) {
            if (kind.declared()) {
                held += draft.count(cluster.name(), kind);
            }
        }
        return held;
    }
}
