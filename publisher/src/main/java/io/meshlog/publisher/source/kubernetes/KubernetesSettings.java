package io.meshlog.publisher.source.kubernetes;

/**
 * What is read of a cluster.
 *
 * @param endpoints which of the two kinds that tell of pods
 * @param mcsApi whether ServiceExports are read
 * @param pageSize objects in each page of a list, 1 to 10,000
 * @param ciliumNamespace where Cilium's config map is, which says which kind tells of pods
 */
public record KubernetesSettings(EndpointKind endpoints, boolean mcsApi, int pageSize, String ciliumNamespace) {
    public static final int DEFAULT_PAGE_SIZE = 500;
    public static final String DEFAULT_CILIUM_NAMESPACE = "kube-system";
    private static final int MAX_PAGE_SIZE = 10_000;

    /** Where endpoints are read from; never from both, as they would be told twice. */
    public enum EndpointKind {
        /** As Cilium's config map says in {@code enable-cilium-endpoint-slice}, looked at once, at the start. */
        AUTO,
        CILIUM_ENDPOINT,
        CILIUM_ENDPOINT_SLICE
    }

    public static final KubernetesSettings DEFAULT =
            new KubernetesSettings(EndpointKind.AUTO, true, DEFAULT_PAGE_SIZE, DEFAULT_CILIUM_NAMESPACE);

    public KubernetesSettings {
        if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
            throw new IllegalArgumentException(
                    "kubernetes.pageSize: %d is not within 1 and %d".formatted(pageSize, MAX_PAGE_SIZE));
        }
        if (ciliumNamespace.isEmpty()) {
            throw new IllegalArgumentException("kubernetes.ciliumNamespace: is empty");
        }
    }
}
