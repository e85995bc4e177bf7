package io.meshlog.publisher.k8s;

import java.util.Comparator;

/** An object of a cluster's API server, or of a manifest that stands for one. */
public sealed interface KubernetesObject
        permits Namespace,
                CiliumNode,
                CiliumIdentity,
                CiliumEndpoint,
                CiliumEndpointSlice,
                CoreService,
                DiscoverySlice,
                ServiceExportObject,
                PolicyObject {

    /** The oldest first, those without a creation time before all others; of equal age by reference. */
    Comparator<KubernetesObject> BY_AGE = Comparator.comparing(
                    (KubernetesObject object) -> object.meta().created())
            .thenComparing(KubernetesObject::reference);

    ObjectKind kind();

    ObjectMeta meta();

    default ObjectReference reference() {
        return new ObjectReference(kind(), meta().namespace(), meta().name());
    }
}
