package io.meshlog.it.kubernetes;

import java.util.Locale;
import java.util.stream.Stream;

/** The kinds that the tests change, and of each a fence: an object whose change comes after what was changed before it. */
enum ClusterKind {
    NAMESPACE("v1", "Namespace", "", "fence-flip", "ip/v1/default/10.244.9.2") {
        @Override
        String fencePatch(int number) {
            return "{\"metadata\":{\"annotations\":{\"clustermesh.cilium.io/global\":\"%s\"}}}"
                    .formatted(number % 2 == 0);
        }
    },
    SERVICE("v1", "Service", "fence", "fence", "services/v1/cluster1/fence/fence"),
    ENDPOINT_SLICE("discovery.k8s.io/v1", "EndpointSlice", "fence", "fence", "endpointslices/v1/cluster1/fence/fence"),
    SERVICE_EXPORT(
            "multicluster.x-k8s.io/v1beta1",
            "ServiceExport",
            "fence",
            "fence",
            "serviceexports/v1/cluster1/fence/fence") {
        @Override
        String fencePatch(int number) {
            return "{\"spec\":{\"exportedLabels\":{\"number\":\"%d\"}}}".formatted(number);
        }
    },
    CILIUM_NODE("cilium.io/v2", "CiliumNode", "", "fence", "nodes/v1/cluster1/fence"),
    CILIUM_IDENTITY("cilium.io/v2", "CiliumIdentity", "", "786431", "identities/v1/id/786431") {
        @Override
        String fencePatch(int number) {
            return "{\"security-labels\":{\"k8s:number\":\"%d\"}}".formatted(number);
        }
    },
    CILIUM_ENDPOINT("cilium.io/v2", "CiliumEndpoint", "fence", "fence", "ip/v1/default/10.244.9.1") {
        @Override
        String fencePatch(int number) {
            return "{\"status\":{\"identity\":{\"id\":%d}}}".formatted(721_300 + number);
        }
    };

    private final String apiVersion;
    private final String kind;
    private final String fenceNamespace;
    private final String fenceName;
    private final String fenceKey;

    ClusterKind(String apiVersion, String kind, String fenceNamespace, String fenceName, String fenceKey) {
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.fenceNamespace = fenceNamespace;
        this.fenceName = fenceName;
        this.fenceKey = "cilium/state/" + fenceKey;
    }

    /** By its name in any case. */
    static ClusterKind of(String kind) {
        return Stream.of(values())
                .filter(one -> one.kind.toLowerCase(Locale.ROOT).equals(kind.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no step changes a " + kind));
    }

    static boolean isFence(String key) {
        return Stream.of(values()).anyMatch(one -> one.fenceKey.equals(key));
    }

    String apiVersion() {
        return apiVersion;
    }

    String kind() {
        return kind;
    }

    String fenceNamespace() {
        return fenceNamespace;
    }

    String fenceName() {
        return fenceName;
    }

    /** The key that the fence's change changes. */
    String fenceKey() {
        return fenceKey;
    }

    /** A change of the fence, another one for each number, counted from 1. */
    String fencePatch(int number) {
        return "{\"metadata\":{\"labels\":{\"number\":\"%d\"}}}".formatted(number);
    }
}
