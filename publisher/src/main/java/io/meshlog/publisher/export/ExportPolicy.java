package io.meshlog.publisher.export;

import static io.meshlog.events.model.Policy.Flavour.CILIUM;
import static io.meshlog.events.model.Policy.Flavour.CILIUM_CLUSTERWIDE;
import static io.meshlog.events.model.Policy.Flavour.NETWORK_POLICY;

import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.Policy;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.publisher.export.ExportChange.Declare;
import io.meshlog.publisher.export.ExportChange.Withdraw;
import io.meshlog.publisher.export.ExportSettings.EndpointSource;
import io.meshlog.publisher.k8s.CiliumEndpoint;
import io.meshlog.publisher.k8s.CiliumEndpointSlice;
import io.meshlog.publisher.k8s.CiliumIdentity;
import io.meshlog.publisher.k8s.CiliumNode;
import io.meshlog.publisher.k8s.CoreService;
import io.meshlog.publisher.k8s.DiscoverySlice;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.Namespace;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.ObjectChange.Deleted;
import io.meshlog.publisher.k8s.ObjectChange.Upserted;
import io.meshlog.publisher.k8s.ObjectKind;
import io.meshlog.publisher.k8s.ObjectReference;
import io.meshlog.publisher.k8s.PolicyObject;
import io.meshlog.publisher.k8s.ServiceExportObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster declares, as a function of its Kubernetes objects: the rules are those of Cilium 1.20, so that a cluster
 * says to the fleet what its clustermesh-apiserver would have said.
 *
 * <p>A change is worked out from the objects it touches: an endpoint costs its own addresses, a slice its service's
 * slices, a service its slices, a namespace all its members if it enters or leaves the mesh and nothing otherwise.
 *
 * <p>The order of changes matters in one place only: an address that two objects claim keeps the value of the first (see
 * {@link AddressClaims}). Within one batch the older object is the first.
 *
 * <p>For one thread at a time.
 */
public final class ExportPolicy {
    private static final int REPLACED_AT_ONCE = 1_000;

    private enum Membership {
        GLOBAL,
        LOCAL,
        UNKNOWN
    }

    private final ExportSettings settings;
    private final NodeRule nodeRule;
    private final ServiceRule serviceRule;
    private final ObjectIndex objects = new ObjectIndex();
    private final AddressClaims claims = new AddressClaims();
    private final SortedMap<ResourceKey, Declared> declared = new TreeMap<>();
    private final SortedMap<ObjectReference, Skipped> skipped = new TreeMap<>();

    public ExportPolicy(ExportSettings settings) {
        this.settings = settings;
        this.nodeRule = new NodeRule(settings);
        this.serviceRule = new ServiceRule(settings);
        ClusterConfig config = settings.clusterConfig();
        declared.put(config.keyIn(settings.cluster()), config);
    }

    /** All that is declared now. A live view, for the same thread. */
    public SortedMap<ResourceKey, Declared> declared() {
        return Collections.unmodifiableSortedMap(declared);
    }

    /** All that is skipped now. A live view, for the same thread. */
    public Collection<Skipped> skipped() {
        return Collections.unmodifiableCollection(skipped.values());
    }

    /**
     * These are all objects there are: what is known and not among them is gone. Decided part by part, the oldest objects
     * first, so that what a decision needs is small beside what is declared.
     *
     * @return what is skipped now, and was not before or for another reason
     */
    public List<Skipped> replace(Collection<? extends KubernetesObject> all) {
        Map<ObjectReference, Skipped> earlier = new HashMap<>(skipped);
        Set<ObjectReference> gone = new HashSet<>(objects.references());
        all.forEach(object -> gone.remove(object.reference()));
        var unused = apply(gone.stream().map(Deleted::new).toList());
        List<Upserted> upserted = all.stream()
                .sorted(KubernetesObject.BY_AGE)
                .<Upserted>map(Upserted::new)
                .toList();
        for (int from = 0; from < upserted.size(); from += REPLACED_AT_ONCE) {
            unused = apply(upserted.subList(from, Math.min(upserted.size(), from + REPLACED_AT_ONCE)));
        }
        return skipped.values().stream()
                .filter(now -> !now.equals(earlier.get(now.object())))
                .toList();
    }

    /** Takes in a batch, decided as one. Of several changes of one object the last counts. */
    public ExportDelta apply(List<? extends ObjectChange> changes) {
        Map<ObjectReference, ObjectChange> last = new LinkedHashMap<>();
        changes.forEach(change -> last.put(change.reference(), change));
        List<KubernetesObject> upserted = new ArrayList<>();
        Batch batch = new Batch();
        for (ObjectChange change : last.values()) {
            switch (change) {
                case Deleted deleted -> batch.replaced(deleted.reference(), null);
                case Upserted upsert -> upserted.add(upsert.object());
            }
        }
        upserted.sort(KubernetesObject.BY_AGE);
        upserted.forEach(object -> batch.replaced(object.reference(), object));
        return batch.decide();
    }

    private Membership membership(String name) {
        Namespace namespace = objects.namespace(name);
        if (namespace == null) {
            return Membership.UNKNOWN;
        }
        return Annotations.GLOBAL_NAMESPACE.truth(namespace.meta().annotations(), settings.defaultGlobalNamespace())
                ? Membership.GLOBAL
                : Membership.LOCAL;
    }

    /** One batch under way: which objects have to be looked at again, and what came of it. */
    private final class Batch {
        /** Each with what was there before the batch. */
        private final Map<ObjectReference, @Nullable KubernetesObject> touched = new LinkedHashMap<>();
        /** Namespaces that enter or leave the mesh. */
        private final Set<String> flipped = new HashSet<>();

        private final Map<ResourceKey, @Nullable Declared> before = new LinkedHashMap<>();
        private final Map<ObjectReference, @Nullable Skipped> skippedBefore = new LinkedHashMap<>();

        /** @param now null where it is gone */
        void replaced(ObjectReference reference, @Nullable KubernetesObject now) {
            Membership membership = membership(reference.name());
            KubernetesObject earlier = now == null ? objects.remove(reference) : objects.put(reference, now);
            touched.put(reference, earlier);
            switch (reference.kind()) {
                case NAMESPACE -> {
                    if (membership != membership(reference.name())) {
                        flipped.add(reference.name());
                    }
                }
                case SERVICE -> {
                    objects.slicesOf(reference).forEach(slice -> touch(slice.reference()));
                    touch(new ObjectReference(ObjectKind.SERVICE_EXPORT, reference.namespace(), reference.name()));
                }
                case ENDPOINT_SLICE -> {
                    touchService(earlier);
                    touchService(now);
                }
                case CILIUM_NODE,
                        CILIUM_IDENTITY,
                        CILIUM_ENDPOINT,
                        CILIUM_ENDPOINT_SLICE,
                        SERVICE_EXPORT,
                        NETWORK_POLICY,
                        CILIUM_NETWORK_POLICY,
                        CILIUM_CLUSTERWIDE_NETWORK_POLICY -> {}
            }
        }

        private void touchService(@Nullable KubernetesObject object) {
            if (object instanceof DiscoverySlice slice) {
                touch(ObjectIndex.serviceOf(slice));
            }
        }

        /** It did not change, but what it is exported as may. */
        private void touch(ObjectReference reference) {
            touched.putIfAbsent(reference, objects.get(reference));
        }

        ExportDelta decide() {
            if (!flipped.isEmpty()) {
                objects.membersOf(flipped).forEach(member -> touch(member.reference()));
            }
            touched.forEach(this::decide);
            List<ExportChange> changes = new ArrayList<>();
            before.forEach((key, earlier) -> {
                Declared now = declared.get(key);
                if (now == null && earlier != null) {
                    changes.add(new Withdraw(key));
                } else if (now != null && !now.equals(earlier)) {
                    changes.add(new Declare(key, now));
                }
            });
            List<Skipped> news = new ArrayList<>();
            skippedBefore.forEach((object, earlier) -> {
                Skipped now = skipped.get(object);
                if (now != null && !now.equals(earlier)) {
                    news.add(now);
                }
            });
            return new ExportDelta(changes, news);
        }

        private void decide(ObjectReference reference, @Nullable KubernetesObject earlier) {
            skippedBefore.put(reference, skipped.remove(reference));
            KubernetesObject object = objects.get(reference);
            switch (reference.kind()) {
                case NAMESPACE -> {}
                case CILIUM_NODE ->
                    set(key(Kind.NODE, reference), object == null ? null : nodeRule.export((CiliumNode) object));
                case CILIUM_IDENTITY -> set(key(Kind.IDENTITY, reference), identity(object));
                case CILIUM_ENDPOINT, CILIUM_ENDPOINT_SLICE -> decideAddresses(reference, earlier, object);
                case SERVICE -> set(key(Kind.SERVICE, reference), export((CoreService) object));
                case SERVICE_EXPORT -> set(key(Kind.SERVICE_EXPORT, reference), export((ServiceExportObject) object));
                case NETWORK_POLICY -> set(policyKey(NETWORK_POLICY, reference), export((PolicyObject) object));
                case CILIUM_NETWORK_POLICY -> set(policyKey(CILIUM, reference), export((PolicyObject) object));
                case CILIUM_CLUSTERWIDE_NETWORK_POLICY ->
                    set(policyKey(CILIUM_CLUSTERWIDE, reference), export((PolicyObject) object));
                case ENDPOINT_SLICE -> set(key(Kind.ENDPOINT_SLICE, reference), export((DiscoverySlice) object));
            }
        }

        private void decideAddresses(
                ObjectReference reference, @Nullable KubernetesObject earlier, @Nullable KubernetesObject object) {
            Map<String, Endpoint> now = endpoints(object);
            Set<String> before = EndpointRule.addresses(earlier);
            claims.claim(reference, before, now.keySet());
            Set<String> addresses = new LinkedHashSet<>(before);
            addresses.addAll(now.keySet());
            for (String address : addresses) {
                ObjectReference owner = claims.owner(address);
                if (owner == null) {
                    set(key(address), null);
                } else {
                    Map<String, Endpoint> said = owner.equals(reference) ? now : endpoints(objects.get(owner));
                    set(key(address), said.get(address));
                }
            }
        }

        private @Nullable Declared identity(@Nullable KubernetesObject object) {
            return object instanceof CiliumIdentity identity && isGlobal(identity)
                    ? IdentityRule.export(identity)
                    : null;
        }

        private Map<String, Endpoint> endpoints(@Nullable KubernetesObject object) {
            EndpointSource believed = settings.endpointSource();
            if (object instanceof CiliumEndpoint endpoint
                    && believed != EndpointSource.CILIUM_ENDPOINT_SLICE
                    && isGlobal(object)) {
                return EndpointRule.export(endpoint.meta().namespace(), List.of(endpoint.workload()));
            }
            if (object instanceof CiliumEndpointSlice slice
                    && believed != EndpointSource.CILIUM_ENDPOINT
                    && isGlobal(object)) {
                return EndpointRule.export(slice.podNamespace(), slice.workloads());
            }
            return Map.of();
        }

        private @Nullable Declared export(@Nullable CoreService service) {
            return settings.serviceExport().services()
                            && service != null
                            && ServiceRule.isOffered(service)
                            && isGlobal(service)
                    ? serviceRule.export(service, List.copyOf(objects.slicesOf(service.reference())))
                    : null;
        }

        private @Nullable Declared export(@Nullable DiscoverySlice slice) {
            if (slice == null || !settings.serviceExport().endpointSlices() || !ServiceRule.isOwn(slice)) {
                return null;
            }
            CoreService service = objects.service(slice);
            return service != null
                            && ServiceRule.isOffered(service)
                            && membership(slice.meta().namespace()) == Membership.GLOBAL
                    ? serviceRule.export(slice)
                    : null;
        }

        private @Nullable Declared export(@Nullable ServiceExportObject export) {
            if (export == null
                    || !settings.mcsApi()
                    || !(objects.get(new ObjectReference(
                                    ObjectKind.SERVICE,
                                    export.meta().namespace(),
                                    export.meta().name()))
                            instanceof CoreService service)
                    || !ServiceExportRule.canBeExported(service)) {
                return null;
            }
            return isGlobal(export) ? ServiceExportRule.export(settings.cluster(), export, service) : null;
        }

        private @Nullable Declared export(@Nullable PolicyObject policy) {
            if (policy == null || (policy.flavour().namespaced() && !isGlobal(policy))) {
                return null;
            }
            return new Policy(
                    policy.flavour(),
                    policy.meta().namespace(),
                    policy.meta().name(),
                    policy.meta().labels(),
                    policy.spec());
        }

        /** Whether the object is there and its namespace takes part in the mesh; says why where that cannot be told. */
        private boolean isGlobal(@Nullable KubernetesObject object) {
            if (object == null) {
                return false;
            }
            String namespace = ObjectIndex.namespaceOf(object);
            if (namespace.isEmpty()) {
                skip(object, "it names no namespace");
                return false;
            }
            Membership membership = membership(namespace);
            if (membership == Membership.UNKNOWN) {
                skip(object, "its namespace %s is not known".formatted(namespace));
            }
            return membership == Membership.GLOBAL;
        }

        private void skip(KubernetesObject object, String reason) {
            skipped.put(object.reference(), new Skipped(object.reference(), reason));
        }

        private void set(ResourceKey key, @Nullable Declared value) {
            Declared earlier = value == null ? declared.remove(key) : declared.put(key, value);
            if (!before.containsKey(key)) {
                before.put(key, earlier);
            }
        }

        private ResourceKey key(Kind kind, ObjectReference reference) {
            return ResourceKey.of(settings.cluster(), kind, reference.namespace(), reference.name());
        }

        private ResourceKey policyKey(Policy.Flavour flavour, ObjectReference reference) {
            return ResourceKey.of(
                    settings.cluster(), Kind.POLICY, reference.namespace(), Policy.keyName(flavour, reference.name()));
        }

        private ResourceKey key(String address) {
            return ResourceKey.of(settings.cluster(), Kind.ENDPOINT, null, address);
        }
    }
}
