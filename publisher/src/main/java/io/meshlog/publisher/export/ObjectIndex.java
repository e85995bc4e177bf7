package io.meshlog.publisher.export;

import io.meshlog.publisher.k8s.CiliumEndpoint;
import io.meshlog.publisher.k8s.CiliumEndpointSlice;
import io.meshlog.publisher.k8s.CiliumIdentity;
import io.meshlog.publisher.k8s.CiliumNode;
import io.meshlog.publisher.k8s.CoreService;
import io.meshlog.publisher.k8s.DiscoverySlice;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.Namespace;
import io.meshlog.publisher.k8s.ObjectKind;
import io.meshlog.publisher.k8s.ObjectReference;
import io.meshlog.publisher.k8s.PolicyObject;
import io.meshlog.publisher.k8s.ServiceExportObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All objects of the cluster, found by reference and, slices, by their service. */
final class ObjectIndex {
    private final Map<ObjectReference, KubernetesObject> objects = new HashMap<>();
    /** Own slices of each service, by name. Never an empty inner map. */
    private final Map<ObjectReference, Map<ObjectReference, DiscoverySlice>> slices = new HashMap<>();

    @Nullable
    KubernetesObject get(ObjectReference reference) {
        return objects.get(reference);
    }

    Set<ObjectReference> references() {
        return Set.copyOf(objects.keySet());
    }

    /**
     * Returns what was there before.
     *
     * @param reference the object's own, which is kept
     */
    @Nullable
    KubernetesObject put(ObjectReference reference, KubernetesObject object) {
        KubernetesObject before = remove(reference);
        objects.put(reference, object);
        if (object instanceof DiscoverySlice slice && ServiceRule.isOwn(slice)) {
            slices.computeIfAbsent(serviceOf(slice), none -> new TreeMap<>()).put(reference, slice);
        }
        return before;
    }

    /** Returns what was there before. */
    @Nullable
    KubernetesObject remove(ObjectReference reference) {
        KubernetesObject before = objects.remove(reference);
        if (before instanceof DiscoverySlice slice) {
            forgetSlice(serviceOf(slice), reference);
        }
        return before;
    }

    private void forgetSlice(ObjectReference service, ObjectReference reference) {
        Map<ObjectReference, DiscoverySlice> entries = slices.get(service);
        if (entries != null) {
            entries.remove(reference);
            if (entries.isEmpty()) {
                slices.remove(service);
            }
        }
    }

    @Nullable
    Namespace namespace(String name) {
        return (Namespace) objects.get(new ObjectReference(ObjectKind.NAMESPACE, "", name));
    }

    @Nullable
    CoreService service(DiscoverySlice slice) {
        return (CoreService) objects.get(serviceOf(slice));
    }

    /** All of these namespaces, the oldest first. Looks at every object there is: namespaces seldom come or go. */
    List<KubernetesObject> membersOf(Set<String> namespaces) {
        List<KubernetesObject> members = new ArrayList<>();
        for (KubernetesObject object : objects.values()) {
            if (namespaces.contains(namespaceOf(object))) {
                members.add(object);
            }
        }
        members.sort(KubernetesObject.BY_AGE);
        return members;
    }

    /** Its own slices, by name. */
    Collection<DiscoverySlice> slicesOf(ObjectReference service) {
        return slices.getOrDefault(service, Map.of()).values();
    }

    static ObjectReference serviceOf(DiscoverySlice slice) {
        return new ObjectReference(ObjectKind.SERVICE, slice.meta().namespace(), slice.serviceName());
    }

    /** The namespace that decides whether the object is exported; empty for kinds that always are, and where it is not said. */
    static String namespaceOf(KubernetesObject object) {
        return switch (object) {
            case Namespace namespace -> "";
            case CiliumNode node -> "";
            case CiliumIdentity identity -> IdentityRule.namespace(identity);
            case CiliumEndpoint endpoint -> endpoint.meta().namespace();
            case CiliumEndpointSlice slice -> slice.podNamespace();
            case CoreService service -> service.meta().namespace();
            case DiscoverySlice slice -> slice.meta().namespace();
            case ServiceExportObject export -> export.meta().namespace();
            case PolicyObject policy -> policy.meta().namespace();
        };
    }
}
