package io.meshlog.publisher.k8s;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Kubernetes kinds that are read, each with the API versions whose fields are known here. */
public enum ObjectKind {
    NAMESPACE("Namespace", false, "v1"),
    CILIUM_NODE("CiliumNode", false, "cilium.io/v2"),
    CILIUM_IDENTITY("CiliumIdentity", false, "cilium.io/v2"),
    CILIUM_ENDPOINT("CiliumEndpoint", true, "cilium.io/v2"),
    /** Without a namespace of its own in Kubernetes; its field {@code namespace} says whose endpoints it carries. */
    CILIUM_ENDPOINT_SLICE("CiliumEndpointSlice", false, "cilium.io/v2alpha1"),
    SERVICE("Service", true, "v1"),
    ENDPOINT_SLICE("EndpointSlice", true, "discovery.k8s.io/v1"),
    SERVICE_EXPORT("ServiceExport", true, "multicluster.x-k8s.io/v1beta1 multicluster.x-k8s.io/v1alpha1"),
    NETWORK_POLICY("NetworkPolicy", true, "networking.k8s.io/v1"),
    CILIUM_NETWORK_POLICY("CiliumNetworkPolicy", true, "cilium.io/v2"),
    CILIUM_CLUSTERWIDE_NETWORK_POLICY("CiliumClusterwideNetworkPolicy", false, "cilium.io/v2");

    private final String text;
    private final boolean namespaced;
    /** Separated by spaces. */
    private final String apiVersions;

    ObjectKind(String text, boolean namespaced, String apiVersions) {
        this.text = text;
        this.namespaced = namespaced;
        this.apiVersions = apiVersions;
    }

    /** The word in a manifest's {@code kind}. */
    public String text() {
        return text;
    }

    /** Whether its objects live in a namespace. */
    public boolean namespaced() {
        return namespaced;
    }

    /** The kind of that API version and word, null where it is none that is read. */
    public static @Nullable ObjectKind of(String apiVersion, String kind) {
        for (ObjectKind known : values()) {
            if (known.text.equals(kind) && List.of(known.apiVersions.split(" ")).contains(apiVersion)) {
                return known;
            }
        }
        return null;
    }
}
