package io.meshlog.publisher.k8s.read;

import io.meshlog.publisher.k8s.IpAddresses;
import java.util.Optional;

/** Fields that hold addresses, made canonical. */
final class Addresses {
    private Addresses() {}

    /** The address there, empty where the field is not there or is empty. */
    static String optionalIp(Field field) {
        return field.text("").isEmpty() ? "" : ip(field);
    }

    /** The address there, empty where the text is something else. */
    static Optional<String> ipIfAny(Field field) {
        return IpAddresses.canonical(field.text(""));
    }

    /** The address there. */
    static String ip(Field field) {
        String text = field.requiredText();
        return IpAddresses.canonical(text).orElseThrow(() -> field.error("\"" + text + "\" is not an IP address"));
    }

    /** The prefix block there, {@code 10.0.3.7/16} becomes {@code 10.0.0.0/16}. */
    static String cidr(Field field) {
        String text = field.requiredText();
        return IpAddresses.canonicalCidr(text).orElseThrow(() -> field.error("\"" + text + "\" is not a CIDR"));
    }
}
