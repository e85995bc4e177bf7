package io.meshlog.publisher.export;

import io.meshlog.events.model.Identity;
import io.meshlog.publisher.k8s.CiliumIdentity;

/** Identities, by the notation of Cilium's labels. */
final class IdentityRule {
    private static final String NAMESPACE_LABEL = "k8s:io.kubernetes.pod.namespace";
    private static final String RESERVED = "reserved";
    private static final String UNSPECIFIED = "unspec";

    private IdentityRule() {}

    /** The namespace its labels place it in, empty where they do not. */
    static String namespace(CiliumIdentity identity) {
        return identity.securityLabels().getOrDefault(NAMESPACE_LABEL, "");
    }

    static Identity export(CiliumIdentity identity) {
        return new Identity(
                identity.id(),
                identity.securityLabels().entrySet().stream()
                        .map(entry -> label(entry.getKey(), entry.getValue()))
                        .toList());
    }

    /**
     * {@code k8s:app} is the key "app" of the source "k8s"; {@code $host} and {@code reserved.host} are short for {@code
     * reserved:host}; without a source it is "unspec".
     */
    private static Identity.Label label(String text, String value) {
        int colon = text.indexOf(':');
        if (text.startsWith("$")) {
            return reserved(text.substring(1), value);
        }
        if (colon < 0) {
            return text.startsWith(RESERVED + ".")
                    ? reserved(text.substring(RESERVED.length() + 1), value)
                    : new Identity.Label(UNSPECIFIED, text, value);
        }
        String source = text.substring(0, colon);
        String key = text.substring(colon + 1);
        if (source.equals(RESERVED)) {
            return reserved(key, value);
        }
        return new Identity.Label(source.isEmpty() ? UNSPECIFIED : source, key, value);
    }

    /** {@code reserved:=host} says the same as {@code reserved:host=}. */
    private static Identity.Label reserved(String key, String value) {
        return key.isEmpty() ? new Identity.Label(RESERVED, value, "") : new Identity.Label(RESERVED, key, value);
    }
}
