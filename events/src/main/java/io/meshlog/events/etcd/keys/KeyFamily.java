package io.meshlog.events.etcd.keys;

import io.meshlog.events.etcd.value.ValueForm;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One kind of key and the resources behind it. Both sides are a prefix with the cluster in it, and then the same name, so
 * that within a cluster they sort alike and a range of one is a range of the other.
 *
 * <p>Worked example: {@code cilium/cache/identities/v1/{c}/id/} and <code>{c}/identities/</code>: of eastus, {@code
 * cilium/cache/identities/v1/eastus/id/65537} is {@code eastus/identities/65537}.
 *
 * <p>A family whose sides end in the cluster is of one key for each cluster, and no name follows.
 *
 * @param etcd etcd's side; without {@code {c}} it is always the view's own cluster's
 * @param resource the fleet's side
 * @param scope whose resources are seen there
 */
public record KeyFamily(String etcd, String resource, Scope scope, Kind kind, ValueForm form) {
    private static final String CLUSTER = "{c}";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /** Whose resources a view sees under a family's keys. */
    public enum Scope {
        /** The view's own cluster's. */
        OWN,
        /** Those of all clusters but the view's own. */
        OTHERS,
        /** Everybody's. */
        ALL;

        boolean holds(View view, String cluster) {
            return switch (this) {
                case OWN -> view.isOwn(cluster);
                case OTHERS -> !view.isOwn(cluster);
                case ALL -> true;
            };
        }
    }

    /** A family's keys of one cluster. */
    public record Segment(KeyFamily family, String cluster, String etcdPrefix, String resourcePrefix) {
        ResourceKey resourceOf(String key) {
            return new ResourceKey(resourcePrefix + key.substring(etcdPrefix.length()));
        }

        public String keyOf(ResourceKey resource) {
            return etcdPrefix + resource.value().substring(resourcePrefix.length());
        }

        boolean holds(String key) {
            return family.isSingle()
                    ? key.equals(etcdPrefix)
                    : key.startsWith(etcdPrefix) && family.isName(key.substring(etcdPrefix.length()));
        }

        /** Whether a key of it may be in the range. */
        boolean meets(KeyRange range) {
            return family.isSingle() ? range.contains(etcdPrefix) : range.meets(etcdPrefix);
        }

        /** What its resources end before. */
        public ResourceKey end() {
            return new ResourceKey(family.isSingle() ? resourcePrefix + "\0" : KeyRange.after(resourcePrefix));
        }
    }

    boolean isSingle() {
        return etcd.endsWith(CLUSTER);
    }

    boolean namesCluster() {
        return etcd.contains(CLUSTER);
    }

    /** What stands before the cluster's name; the whole prefix where there is none. */
    String head() {
        int at = etcd.indexOf(CLUSTER);
        return at < 0 ? etcd : etcd.substring(0, at);
    }

    Segment of(String cluster) {
        return new Segment(this, cluster, etcd.replace(CLUSTER, cluster), resource.replace(CLUSTER, cluster));
    }

    /** The segment a key belongs to, null where it is of another family. */
    @Nullable
    Segment segmentOf(String key, View view) {
        String head = head();
        if (!key.startsWith(head)) {
            return null;
        }
        String cluster = namesCluster() ? clusterAt(key, head.length()) : view.cluster();
        if (cluster == null) {
            return null;
        }
        Segment segment = of(cluster);
        return segment.holds(key) ? segment : null;
    }

    private static @Nullable String clusterAt(String key, int from) {
        int slash = key.indexOf('/', from);
        String name = slash < 0 ? key.substring(from) : key.substring(from, slash);
        return NAME.matcher(name).matches() ? name : null;
    }

    /** The cluster all keys of a range are of, if that can be told from the range alone. */
    @Nullable
    String clusterOf(KeyRange range) {
        String cluster = range.start().startsWith(head()) ? clusterAt(range.start(), head().length()) : null;
        String within = head() + cluster + (isSingle() ? "\0" : "/");
        boolean told = isSingle() ? within.equals(range.end()) : range.isWithin(within);
        return cluster != null && told ? cluster : null;
    }

    /** Whether a name may follow the prefix. */
    boolean isName(String name) {
        if (!kind.namespaced()) {
            return !name.isEmpty();
        }
        int slash = name.indexOf('/');
        return slash > 0 && slash < name.length() - 1;
    }
}
