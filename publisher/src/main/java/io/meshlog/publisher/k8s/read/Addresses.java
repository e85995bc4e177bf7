package io.meshlog.publisher.k8s.read;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Texts of addresses, made canonical the way Go's net package prints them: RFC 5952 for IPv6. */
final class Addresses {
    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
            .allowEmpty(false)
            .allowAll(false)
            .allowSingleSegment(false)
            .allowWildcardedSeparator(false)
            .allowMask(false)
            .allowPrefix(true)
            .setRangeOptions(inet.ipaddr.AddressStringParameters.RangeParameters.NO_RANGE)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(false)
            .getParentBuilder()
            .getIPv6AddressParametersBuilder()
            .allowZone(false)
            .getParentBuilder()
            .toParams();

    private Addresses() {}

    /** The address there, empty where the field is not there or is empty. */
    static String optionalIp(Field field) {
        return field.text("").isEmpty() ? "" : ip(field);
    }

    /** The address there, empty where the text is something else. */
    static Optional<String> ipIfAny(Field field) {
        return ipIfAny(field.text(""));
    }

    /** The address there. */
    static String ip(Field field) {
        String text = field.requiredText();
        return ipIfAny(text).orElseThrow(() -> field.error("\"" + text + "\" is not an IP address"));
    }

    private static Optional<String> ipIfAny(String text) {
        IPAddress address = parse(text);
        return address == null || address.isPrefixed() ? Optional.empty() : Optional.of(canonical(address));
    }

    /** The prefix block there, {@code 10.0.3.7/16} becomes {@code 10.0.0.0/16}. */
    static String cidr(Field field) {
        String text = field.requiredText();
        IPAddress address = parse(text);
        if (address == null || !address.isPrefixed()) {
            throw field.error("\"" + text + "\" is not a CIDR");
        }
        IPAddress lower = address.toPrefixBlock().getLower().withoutPrefixLength();
        return lower.toCanonicalString() + "/" + address.getNetworkPrefixLength();
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
