package io.meshlog.bench.kubernetes;

/** A cluster's objects, as an API server writes them. Each change gives one endpoint, in turn, another identity. */
record LargeCluster(int clusterId, int endpoints, int nodes) {
    static final int NAMESPACES = 100;
    static final int IDENTITIES = 1_000;
    /** What the objects had before the first change. */
    static final long FIRST_VERSION = 1_000_000;

    private static final int IDENTITY_BITS = 16;
    private static final int RESERVED_IDENTITIES = 256;

    String namespace(int number) {
        return "{\"metadata\":{\"name\":\"team-%d\",%s}}".formatted(number, meta(number, FIRST_VERSION));
    }

    String node(int number) {
        return ("{\"metadata\":{\"name\":\"%s\",%s,\"labels\":{\"kubernetes.io/hostname\":\"%1$s\",\"kubernetes.io/arch\":"
                        + "\"amd64\",\"topology.kubernetes.io/zone\":\"zone-%d\"}},\"spec\":{\"addresses\":[{\"ip\":\"%s\","
                        + "\"type\":\"InternalIP\"}],\"bootid\":\"6d2f0d2c-7f4e-4d0e-9a3e-%012d\",\"encryption\":{},"
                        + "\"health\":{\"ipv4\":\"10.%d.%d.254\"},\"ingress\":{},\"ipam\":{\"podCIDRs\":[\"10.%6$d.%7$d.0/24\"]}}}")
                .formatted(
                        nodeName(number),
                        meta(number, FIRST_VERSION),
                        number % 3,
                        nodeAddress(number),
                        number,
                        64 + number / 250,
                        number % 250);
    }

    String identity(int number) {
        return ("{\"metadata\":{\"name\":\"%d\",%s,\"labels\":{\"app\":\"app-%d\",\"io.kubernetes.pod.namespace\":"
                        + "\"team-%d\"}},\"security-labels\":{\"k8s:app\":\"app-%3$d\",\"k8s:io.cilium.k8s.policy.cluster\":"
                        + "\"bench\",\"k8s:io.kubernetes.pod.namespace\":\"team-%4$d\"}}")
                .formatted(identityOf(number), meta(number, FIRST_VERSION), number, number % NAMESPACES);
    }

    /** @param changed whether it is as its change makes it */
    String endpoint(int number, boolean changed, long version) {
        int identity = number % IDENTITIES + (changed ? 1 : 0);
        String name = "app-%d-5d8c7b9f46-%05x".formatted(number % IDENTITIES, number);
        return ("{\"metadata\":{\"name\":\"%s\",\"namespace\":\"team-%d\",%s,\"labels\":{\"app\":\"app-%d\","
                        + "\"pod-template-hash\":\"5d8c7b9f46\"},\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Pod\","
                        + "\"name\":\"%1$s\",\"uid\":\"0c1d7a52-2f6c-4d55-8a77-%012d\"}]},\"status\":{\"encryption\":{},"
                        + "\"external-identifiers\":{\"cni-attachment-id\":\"%064d:eth0\",\"container-id\":\"%6$064d\","
                        + "\"k8s-namespace\":\"team-%2$d\",\"k8s-pod-name\":\"%1$s\",\"pod-name\":\"team-%2$d/%1$s\"},"
                        + "\"id\":%5$d,\"identity\":{\"id\":%7$d,\"labels\":[\"k8s:app=app-%4$d\","
                        + "\"k8s:io.cilium.k8s.policy.cluster=bench\",\"k8s:io.kubernetes.pod.namespace=team-%2$d\"]},"
                        + "\"named-ports\":[{\"name\":\"http\",\"port\":8080,\"protocol\":\"TCP\"}],\"networking\":"
                        + "{\"addressing\":[{\"ipv4\":\"%8$s\"}],\"node\":\"%9$s\"},\"service-account\":\"default\","
                        + "\"state\":\"ready\"}}")
                .formatted(
                        name,
                        number % NAMESPACES,
                        meta(number, version),
                        number % IDENTITIES,
                        number,
                        number,
                        identityOf(identity),
                        address(number),
                        nodeAddress(number % nodes));
    }

    private static String meta(int number, long version) {
        return ("\"creationTimestamp\":\"2026-03-%02dT10:%02d:%02dZ\",\"generation\":1,\"resourceVersion\":\"%d\","
                        + "\"uid\":\"7b0c2b1e-93d0-4a51-b0ef-%012d\"")
                .formatted(1 + number % 28, number / 60 % 60, number % 60, version, number);
    }

    private static String nodeName(int number) {
        return "node-%05d.example.internal".formatted(number);
    }

    private static String nodeAddress(int number) {
        return "172.16.%d.%d".formatted(number / 250, 1 + number % 250);
    }

    static String address(int number) {
        return "10.%d.%d.%d".formatted(number / 62_500, number / 250 % 250, 1 + number % 250);
    }

    /** The number of the endpoint with that address. */
    static int numberOf(String address) {
        String[] octets = address.split("\\.", -1);
        return Integer.parseInt(octets[1]) * 62_500
                + Integer.parseInt(octets[2]) * 250
                + Integer.parseInt(octets[3])
                - 1;
    }

    private long identityOf(int number) {
        return ((long) clusterId << IDENTITY_BITS) + RESERVED_IDENTITIES + number;
    }

    /** Whether an endpoint with that identity is as its change made it. */
    boolean isChanged(int number, long identity) {
        return identity == identityOf(number % IDENTITIES + 1);
    }
}
