package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Resource;

/**
 * A key taken apart: {@code <cluster>/<kind>/[<namespace>/]<name>}. Names of endpoints, violations and opaque resources
 * may themselves hold slashes.
 *
 * @param cluster {@code _fleet} for what belongs to none
 * @param namespace empty for kinds without one
 */
public record ResourceName(String cluster, String kind, String namespace, String name) {
    /** Takes a key apart; what has no slashes is all name. */
    public static ResourceName ofKey(String key) {
        String[] parts = key.split("/", 3);
        if (parts.length < 3) {
            return new ResourceName("", "", "", key);
        }
        ResourceKind kind = ResourceKind.ofWord(parts[1]);
        int slash = parts[2].indexOf('/');
        if (kind == null || !kind.namespaced() || slash < 0) {
            return new ResourceName(parts[0], parts[1], "", parts[2]);
        }
        return new ResourceName(parts[0], parts[1], parts[2].substring(0, slash), parts[2].substring(slash + 1));
    }

    /** The name of a resource. */
    public static ResourceName of(Resource resource) {
        return ofKey(resource.getKey());
    }

    /** The key again. */
    public String key() {
        return cluster + "/" + kind + "/" + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
