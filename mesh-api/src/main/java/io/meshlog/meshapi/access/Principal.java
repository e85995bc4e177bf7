package io.meshlog.meshapi.access;

import org.jspecify.annotations.Nullable;

/**
 * Who is calling, as the connection proves it; never as a payload says it.
 *
 * @param name for logs and provenance
 * @param cluster what it speaks for; there exactly for members
 */
public record Principal(String name, @Nullable String cluster, Role role) {
    public Principal {
        if ((role == Role.MEMBER) != (cluster != null)) {
            throw new IllegalArgumentException(
                    "principal %s: a member, and only a member, has a cluster".formatted(name));
        }
    }

    public static Principal member(String cluster) {
        return new Principal("cluster/" + cluster, cluster, Role.MEMBER);
    }
}
