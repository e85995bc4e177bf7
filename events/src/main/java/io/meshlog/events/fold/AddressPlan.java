package io.meshlog.events.fold;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.ipv4.IPv4AddressAssociativeTrie;
import inet.ipaddr.ipv6.IPv6AddressAssociativeTrie;
import io.meshlog.events.model.Cluster;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster was admitted with which addresses. Immutable: an admission makes a new plan.
 *
 * <p>No address is admitted for two clusters, so the most specific block an address lies in names its cluster.
 */
public final class AddressPlan {
    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
            .allowWildcardedSeparator(false)
            .allowAll(false)
            .allowEmpty(false)
            .allowSingleSegment(false)
            .setRangeOptions(inet.ipaddr.AddressStringParameters.RangeParameters.NO_RANGE)
            .allowMask(false)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .getParentBuilder()
            .getIPv6AddressParametersBuilder()
            .allowZone(false)
            .allowBase85(false)
            .getParentBuilder()
            .toParams();

    private final IPv4AddressAssociativeTrie<String> v4 = new IPv4AddressAssociativeTrie<>();
    private final IPv6AddressAssociativeTrie<String> v6 = new IPv6AddressAssociativeTrie<>();

    private final Set<String> boundInV4 = new HashSet<>();
    private final Set<String> boundInV6 = new HashSet<>();

    private AddressPlan() {}

    /**
     * The plan of these clusters, whose blocks are known not to overlap.
     *
     * @throws IllegalArgumentException where a CIDR is none
     */
    public static AddressPlan of(Collection<Cluster> clusters) {
        AddressPlan plan = new AddressPlan();
        for (Cluster cluster : clusters) {
            blocks(cluster).forEach(text -> {
                IPAddress block = parse(text);
                if (block == null) {
                    throw new IllegalArgumentException(
                            "cluster %s has \"%s\", which is not a CIDR".formatted(cluster.name(), text));
                }
                plan.add(block, cluster.name());
            });
        }
        return plan;
    }

    private void add(IPAddress block, String owner) {
        if (block.isIPv4()) {
            v4.put(block.toIPv4(), owner);
            boundInV4.add(owner);
        } else {
            v6.put(block.toIPv6(), owner);
            boundInV6.add(owner);
        }
    }

    static Stream<String> blocks(Cluster cluster) {
        return Stream.concat(cluster.podCidrs().stream(), cluster.nodeCidrs().stream());
    }

    /** The cluster whose block covers all of the address or block, null where none does. */
    @Nullable
    String owner(IPAddress address) {
        var node = address.isIPv4()
                ? v4.longestPrefixMatchNode(address.toIPv4())
                : v6.longestPrefixMatchNode(address.toIPv6());
        return node == null ? null : node.getValue();
    }

    /** Whether the cluster was admitted with any block of the address's family, and so with no address outside of them. */
    boolean bound(String cluster, IPAddress address) {
        return (address.isIPv4() ? boundInV4 : boundInV6).contains(cluster);
    }

    /** A cluster other than this one that has a block overlapping the given one, null where there is none. */
    static @Nullable Cluster overlapping(Collection<Cluster> clusters, String name, IPAddress block) {
        for (Cluster other : clusters) {
            if (!other.name().equals(name)
                    && blocks(other)
                            .map(AddressPlan::parse)
                            .anyMatch(theirs -> theirs != null && overlap(theirs, block))) {
                return other;
            }
        }
        return null;
    }

    private static boolean overlap(IPAddress one, IPAddress other) {
        return one.isIPv4() == other.isIPv4() && (one.contains(other) || other.contains(one));
    }

    /**
     * An address, or a block for text with a prefix length; null where it is neither. Strict: no host names, wildcards,
     * zones or partial addresses.
     */
    static @Nullable IPAddress parse(String text) {
        IPAddressString string = new IPAddressString(text, STRICT);
        try {
            IPAddress address = string.toAddress();
            return address == null ? null : address.isPrefixed() ? address.toPrefixBlock() : address;
        } catch (AddressStringException invalid) {
            return null;
        }
    }
}
