package io.meshlog.publisher.k8s;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Texts of addresses, made canonical the way Go's net package prints them: RFC 5952 for IPv6. */
public final class IpAddresses {
    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
            .allowEmpty(false)
            .allowAll(false)
            .allowSingleSegment(false)
            .allowWildcardedSeparator(false)
            .allowMask(false)
            .allowPrefix(true)
            .setRangeOptions(RangeParameters.NO_RANGE)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(false)
            .getParentBuilder()
            .getIPv6AddressParametersBuilder()
            .allowZone(false)
            .getParentBuilder()
            .toParams();

    private IpAddresses() {}

    /** The address, {@code 10.0.0.1} for {@code ::ffff:10.0.0.1}; empty where the text is something else. */
    public static Optional<String> canonical(String text) {
        IPAddress address = parse(text);
        if (address == null || address.isPrefixed()) {
            return Optional.empty();
        }
        String canonical = canonical(address);
        // The text that is there already: a large cluster names its nodes' addresses once for each pod.
        return Optional.of(canonical.equals(text) ? text : canonical);
    }

    /** The prefix block, {@code 10.0.0.0/16} for {@code 10.0.3.7/16}; empty where the text is something else. */
    public static Optional<String> canonicalCidr(String text) {
        IPAddress address = parse(text);
        if (address == null || !address.isPrefixed()) {
            return Optional.empty();
        }
        IPAddress lower = address.toPrefixBlock().getLower().withoutPrefixLength();
        return Optional.of(lower.toCanonicalString() + "/" + address.getNetworkPrefixLength());
    }

    private static String canonical(IPAddress address) {
        if (address.isIPv6() && address.toIPv6().isIPv4Mapped()) {
            return address.toIPv6().getEmbeddedIPv4Address().toCanonicalString();
        }
        return address.toCanonicalString();
    }

    private static @Nullable IPAddress parse(String text) {
        try {
            return new IPAddressString(text, STRICT).toAddress();
        } catch (AddressStringException invalid) {
            return null;
        }
    }
}
