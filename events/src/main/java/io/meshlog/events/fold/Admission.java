package io.meshlog.events.fold;

import inet.ipaddr.IPAddress;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.Policy;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.ServiceExport;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster may declare: only itself. A hostile member with a valid certificate can claim no other cluster's name,
 * number, identities or addresses.
 *
 * <p>Identity ranges follow Cilium's pkg/identity: the cluster id in the upper bits, 16 bits below it with up to 255
 * clusters, 15 with up to 511; local parts below 256 are reserved.
 */
final class Admission {
    private static final String CLUSTER_LABEL = "io.cilium.k8s.policy.cluster";
    private static final long FIRST_LOCAL_IDENTITY = 256;
    /** Cilium's reserved identities (host, world, unmanaged, health, init, remote-node, kube-apiserver, ingress and the like). */
    private static final long LAST_RESERVED_IDENTITY = 11;
    /** Cilium's well-known identities (etcd-operator, kube-dns and the like), the same in every cluster. */
    private static final long FIRST_WELL_KNOWN_IDENTITY = 100;
    /** Address types of a node that other nodes route to as they are. */
    private static final Set<String> ROUTED_NODE_ADDRESSES = Set.of("InternalIP", "CiliumInternalIP");

    private static final Set<String> NODE_NAMES = Set.of("Hostname", "InternalDNS", "ExternalDNS");

    /** Larger than any policy that etcd takes through Kubernetes in practice, and half of what a value may have. */
    private static final int MAX_POLICY_SPEC_BYTES = 256 * 1_024;

    private final Fleet fleet;
    private final AddressPlan plan;
    private final Cluster cluster;

    Admission(Fleet fleet, AddressPlan plan, Cluster cluster) {
        this.fleet = fleet;
        this.plan = plan;
        this.cluster = cluster;
    }

    /** Null where the cluster may declare it. */
    @Nullable
    Refusal judge(Declared resource) {
        int level = resource.kind().featureLevel();
        if (fleet.featureLevel() < level) {
            return Refusal.of(
                    Rule.NOT_PERMITTED,
                    "%s need feature level %d, the fleet is at %d",
                    resource.kind().plural(),
                    level,
                    fleet.featureLevel());
        }
        return switch (resource) {
            case Node node -> judgeNode(node);
            case Identity identity -> judgeIdentity(identity);
            case Endpoint endpoint -> judgeEndpoint(endpoint);
            case Service service -> judgeService(service);
            case EndpointSlice slice -> judgeSlice(slice);
            case ServiceExport export -> sameCluster(export.cluster(), 0);
            case Policy policy -> judgePolicy(policy);
            case ClusterConfig config -> judgeConfig(config);
            case Opaque opaque -> null;
        };
    }

    private @Nullable Refusal judgeNode(Node node) {
        return Stream.of(
                        sameCluster(node.cluster(), node.clusterId()),
                        nodeAddresses(node),
                        addresses(Stream.concat(
                                Stream.of(node.ipv4AllocCidr(), node.ipv6AllocCidr()),
                                Stream.concat(
                                        node.ipv4SecondaryAllocCidrs().stream(),
                                        node.ipv6SecondaryAllocCidrs().stream()))),
                        addresses(Stream.of(
                                node.ipv4HealthIp(), node.ipv6HealthIp(), node.ipv4IngressIp(), node.ipv6IngressIp())))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable Refusal nodeAddresses(Node node) {
        for (Node.Address address : node.addresses()) {
            if (!NODE_NAMES.contains(address.type())) {
                Refusal refusal = address(address.ip(), ROUTED_NODE_ADDRESSES.contains(address.type()));
                if (refusal != null) {
                    return refusal;
                }
            }
        }
        return null;
    }

    private @Nullable Refusal judgeIdentity(Identity identity) {
        if (identity.id() < FIRST_LOCAL_IDENTITY) {
            return Refusal.of(Rule.IDENTITY_RESERVED, "identity %d is reserved, no cluster declares it", identity.id());
        }
        Refusal range = identityRange(identity.id());
        if (range != null) {
            return range;
        }
        for (Identity.Label label : identity.labels()) {
            if (label.source().equals("k8s")
                    && label.key().equals(CLUSTER_LABEL)
                    && !label.value().equals(cluster.name())) {
                return Refusal.of(
                        Rule.IDENTITY_CLUSTER_LABEL,
                        "identity %d says it is of cluster \"%s\", %s declares it",
                        identity.id(),
                        label.value(),
                        cluster.name());
            }
        }
        return null;
    }

    private @Nullable Refusal identityRange(long id) {
        int shift = fleet.maxConnectedClusters() > 255 ? 15 : 16;
        long first = ((long) cluster.id() << shift) + FIRST_LOCAL_IDENTITY;
        long last = ((long) (cluster.id() + 1) << shift) - 1;
        return id >= first && id <= last
                ? null
                : Refusal.of(
                        Rule.IDENTITY_OUT_OF_RANGE,
                        "identity %d is outside of %d to %d, the range of cluster %s (id %d)",
                        id,
                        first,
                        last,
                        cluster.name(),
                        cluster.id());
    }

    private @Nullable Refusal judgeEndpoint(Endpoint endpoint) {
        long id = endpoint.identity();
        boolean shared = (id >= 0 && id <= LAST_RESERVED_IDENTITY)
                || (id >= FIRST_WELL_KNOWN_IDENTITY && id < FIRST_LOCAL_IDENTITY);
        Refusal identity = shared ? null : identityRange(id);
        return identity != null ? identity : addresses(Stream.of(endpoint.keyName(), endpoint.hostIp()));
    }

    private @Nullable Refusal judgeService(Service service) {
        Refusal owner = sameCluster(service.cluster(), service.clusterId());
        return owner != null ? owner : addresses(service.backends().keySet().stream());
    }

    private @Nullable Refusal judgeSlice(EndpointSlice slice) {
        Refusal owner = sameCluster(slice.cluster(), slice.clusterId());
        if (owner != null || slice.addressType().equals("FQDN")) {
            return owner;
        }
        return addresses(slice.endpoints().stream().flatMap(endpoint -> endpoint.addresses().stream()));
    }

    private static @Nullable Refusal judgePolicy(Policy policy) {
        if (policy.flavour().namespaced() == policy.namespace().isEmpty()) {
            return Refusal.of(
                    Rule.NAME_MISMATCH,
                    policy.flavour().namespaced()
                            ? "a policy of the kind %s needs a namespace"
                            : "a policy of the kind %s has no namespace",
                    policy.flavour().shortName());
        }
        int bytes = policy.spec().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_POLICY_SPEC_BYTES) {
            return Refusal.of(
                    Rule.TOO_LARGE, "the policy's rules have %d bytes, the limit is %d", bytes, MAX_POLICY_SPEC_BYTES);
        }
        return policy.spec().startsWith("{") && policy.spec().endsWith("}")
                ? null
                : Refusal.of(Rule.MALFORMED, "the policy's rules are no JSON object");
    }

    /** A cluster's own id must be told: readers derive the range of its identities from it. */
    private @Nullable Refusal judgeConfig(ClusterConfig config) {
        Refusal refusal = sameCluster(config.cluster(), config.id());
        if (refusal != null) {
            return refusal;
        }
        return config.id() == cluster.id()
                ? null
                : Refusal.of(
                        Rule.CLUSTER_ID_MISMATCH,
                        "its cluster config names no id, %s was admitted with %d",
                        cluster.name(),
                        cluster.id());
    }

    private @Nullable Refusal sameCluster(String name, int id) {
        if (!name.equals(cluster.name())) {
            return Refusal.of(
                    Rule.NAME_MISMATCH, "it says it is of cluster \"%s\", %s declares it", name, cluster.name());
        }
        return id == 0 || id == cluster.id()
                ? null
                : Refusal.of(
                        Rule.CLUSTER_ID_MISMATCH,
                        "it says its cluster has id %d, %s was admitted with %d",
                        id,
                        cluster.name(),
                        cluster.id());
    }

    /** Judges all that are there; null and empty stand for none. */
    private @Nullable Refusal addresses(Stream<@Nullable String> texts) {
        return texts.filter(text -> text != null && !text.isEmpty())
                .map(text -> address(Objects.requireNonNull(text), true))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable Refusal address(String text, boolean mustBeOwn) {
        IPAddress address = AddressPlan.parse(text);
        if (address == null) {
            return Refusal.of(Rule.ADDRESS_INVALID, "\"%s\" is not an IP address or CIDR", text);
        }
        String owner = plan.owner(address);
        if (cluster.name().equals(owner)) {
            return null;
        }
        if (owner != null) {
            return Refusal.of(
                    Rule.ADDRESS_OF_OTHER_CLUSTER, "%s belongs to cluster %s, not to %s", text, owner, cluster.name());
        }
        return mustBeOwn && plan.bound(cluster.name(), address)
                ? Refusal.of(
                        Rule.ADDRESS_OUTSIDE_CLUSTER,
                        "%s is outside of what cluster %s was admitted with: pods %s, nodes %s",
                        text,
                        cluster.name(),
                        cluster.podCidrs(),
                        cluster.nodeCidrs())
                : null;
    }
}
