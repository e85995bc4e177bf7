package io.meshlog.meshapi.access;

import com.google.protobuf.ByteString;
import io.meshlog.meshapi.access.AskedKeys.Range;
import org.jspecify.annotations.Nullable;

/**
 * What Cilium's etcd users and roles are here: always in force, by the names in certificates, never kept. Whoever sets them
 * up as Cilium does (etcdinit, and the user management of clustermesh-apiserver, v1.20) asks for what is so already.
 */
public final class EtcdUsers {
    private static final String ROOT = "root";
    private static final String REMOTE = "remote";
    private static final String LOCAL = "local";

    private EtcdUsers() {}

    /** Whether certificates of this common name are known. */
    public static boolean isUser(String name) {
        return principal(name) != null;
    }

    /** Whether certificates of this common name have what Cilium's role grants. */
    public static boolean hasRole(String user, String role) {
        Principal principal = principal(user);
        return principal != null
                && switch (principal.role()) {
                    case ROOT, MEMBER -> role.equals(ROOT);
                    case REMOTE -> role.equals(REMOTE);
                    case LOCAL -> role.equals(LOCAL);
                    case OPERATOR, READER -> false;
                };
    }

    public static boolean isRole(String role) {
        return role.equals(ROOT) || readOnly(role) != null;
    }

    /** Whether the role may read these keys; {@code end} as in etcd's messages. */
    public static boolean mayRead(String role, ByteString first, ByteString end) {
        Role known = readOnly(role);
        return known != null && EtcdGrants.mayRead(known, new Range(first, end));
    }

    private static @Nullable Role readOnly(String role) {
        return switch (role) {
            case REMOTE -> Role.REMOTE;
            case LOCAL -> Role.LOCAL;
            default -> null;
        };
    }

    /** Who shows a certificate of this common name, null for nobody. */
    static @Nullable Principal principal(String commonName) {
        if (commonName.equals(ROOT)) {
            return new Principal("cilium/root", null, Role.ROOT);
        }
        String cluster = after("admin-", commonName);
        if (cluster != null) {
            return Principal.member(cluster);
        }
        if (commonName.equals(REMOTE) || after("remote-", commonName) != null) {
            return new Principal("cilium/" + commonName, null, Role.REMOTE);
        }
        return after("local-", commonName) == null ? null : new Principal("cilium/" + commonName, null, Role.LOCAL);
    }

    private static @Nullable String after(String prefix, String name) {
        String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return CertificateAuthenticator.NAME.matcher(rest).matches() ? rest : null;
    }
}
