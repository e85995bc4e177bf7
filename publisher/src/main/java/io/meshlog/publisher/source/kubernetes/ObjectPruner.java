package io.meshlog.publisher.source.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.meshlog.publisher.k8s.CiliumEndpoint;
import io.meshlog.publisher.k8s.CiliumEndpoint.Workload;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectKind;
import io.meshlog.publisher.k8s.ObjectMeta;
import io.meshlog.publisher.k8s.read.Field;
import io.meshlog.publisher.k8s.read.FieldException;
import io.meshlog.publisher.k8s.read.ObjectReader;
import io.meshlog.publisher.k8s.read.Tree;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An API server's objects as the rules know them. The metadata of kinds that a cluster has many of is left out where no
 * rule looks at it.
 */
final class ObjectPruner {
    private final WatchedKind kind;
    private final Shared shared = new Shared();

    ObjectPruner(WatchedKind kind) {
        this.kind = kind;
    }

    /** @throws FieldException if it cannot be read; the message names the field */
    KubernetesObject prune(GenericKubernetesResource object) {
        Map<String, @Nullable Object> document = new HashMap<>(object.getAdditionalProperties());
        // Items of a list of a built-in kind say neither.
        document.put("apiVersion", kind.apiVersion());
        document.put("kind", kind.kind().text());
        document.put("metadata", metadata(kind.kind(), object));
        KubernetesObject read = ObjectReader.read(List.of(Field.root("", Tree.of(document))))
                .objects()
                .getFirst()
                .object();
        return read instanceof CiliumEndpoint endpoint ? shared(endpoint) : read;
    }

    /** There are as many of these as pods, and what they say is mostly what others say too. */
    private CiliumEndpoint shared(CiliumEndpoint endpoint) {
        ObjectMeta meta = endpoint.meta();
        Workload workload = endpoint.workload();
        return new CiliumEndpoint(
                new ObjectMeta(shared.one(meta.namespace()), meta.name(), Map.of(), Map.of(), meta.created()),
                new Workload(
                        meta.name(),
                        workload.addresses(),
                        shared.one(workload.nodeIp()),
                        workload.identity(),
                        workload.encryptionKey(),
                        shared.one(workload.serviceAccount()),
                        shared.one(workload.namedPorts())));
    }

    private static Map<String, @Nullable Object> metadata(ObjectKind kind, GenericKubernetesResource object) {
        var meta = object.getMetadata();
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        kept.put("name", meta.getName());
        kept.put("namespace", meta.getNamespace());
        kept.put("creationTimestamp", meta.getCreationTimestamp());
        switch (kind) {
            case CILIUM_ENDPOINT, CILIUM_ENDPOINT_SLICE, CILIUM_IDENTITY -> {}
            case NAMESPACE,
                    CILIUM_NODE,
                    SERVICE,
                    ENDPOINT_SLICE,
                    SERVICE_EXPORT,
                    NETWORK_POLICY,
                    CILIUM_NETWORK_POLICY,
                    CILIUM_CLUSTERWIDE_NETWORK_POLICY -> {
                kept.put("labels", meta.getLabels());
                kept.put("annotations", meta.getAnnotations());
            }
        }
        return kept;
    }
}
