package io.meshlog.events.etcd.keys;

import io.meshlog.events.etcd.keys.KeyFamily.Scope;
import io.meshlog.events.etcd.keys.KeyFamily.Segment;
import io.meshlog.events.etcd.value.Forms;
import io.meshlog.events.etcd.value.ValueForm;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Cilium's layout of keys, in both variants: {@code cilium/state/...} is what a cluster's own {@code
 * clustermesh-apiserver} writes, {@code cilium/cache/...} what {@code kvstoremesh} copies from the others. Whatever is of no
 * family is the view's own cluster's Opaque.
 *
 * <p>A resource is seen under a key exactly if {@link #locate} gives that resource for it: the one rule that reads, watches
 * and writes have in common.
 */
public final class Layout {
    /** What begins so is Meshlog's own and not to be seen or written. */
    public static final String HIDDEN = "\0meshlog/";

    private static final String AFTER_HIDDEN = KeyRange.after(HIDDEN);

    /** Virtual: each replica answers it itself. */
    public static final String HEARTBEAT = "cilium/.heartbeat";

    private static final String OPAQUE = "/" + Kind.OPAQUE.plural() + "/";

    private static final List<KeyFamily> FAMILIES = families();

    private Layout() {}

    private static List<KeyFamily> families() {
        List<KeyFamily> families = new ArrayList<>();
        both(families, "nodes/v1/{c}/", "nodes/v1/{c}/", "{c}/nodes/", Kind.NODE, Forms.NODE);
        both(families, "identities/v1/id/", "identities/v1/{c}/id/", "{c}/identities/", Kind.IDENTITY, Forms.IDENTITY);
        both(families, "ip/v1/default/", "ip/v1/{c}/", "{c}/endpoints/", Kind.ENDPOINT, Forms.ENDPOINT);
        both(families, "services/v1/{c}/", "services/v1/{c}/", "{c}/services/", Kind.SERVICE, Forms.SERVICE);
        both(
                families,
                "endpointslices/v1/{c}/",
                "endpointslices/v1/{c}/",
                "{c}/endpointslices/",
                Kind.ENDPOINT_SLICE,
                Forms.ENDPOINT_SLICE);
        both(
                families,
                "serviceexports/v1/{c}/",
                "serviceexports/v1/{c}/",
                "{c}/serviceexports/",
                Kind.SERVICE_EXPORT,
                Forms.SERVICE_EXPORT);
        families.add(config(Scope.OWN, Forms.CLUSTER_CONFIG));
        families.add(config(Scope.OTHERS, Forms.CLUSTER_CONFIG_CACHED));
        String synced = "{c}" + OPAQUE + "cilium/synced/{c}/cilium/state/";
        families.add(new KeyFamily("cilium/synced/{c}/cilium/state/", synced, Scope.OWN, Kind.OPAQUE, Forms.OPAQUE));
        families.add(new KeyFamily("cilium/synced/{c}/cilium/cache/", synced, Scope.OTHERS, Kind.OPAQUE, Forms.OPAQUE));
        return List.copyOf(families);
    }

    private static KeyFamily config(Scope scope, ValueForm form) {
        return new KeyFamily("cilium/cluster-config/{c}", "{c}/clusterconfigs/{c}", scope, Kind.CLUSTER_CONFIG, form);
    }

    private static void both(
            List<KeyFamily> families, String state, String cache, String resource, Kind kind, ValueForm form) {
        families.add(new KeyFamily("cilium/state/" + state, resource, Scope.OWN, kind, form));
        families.add(new KeyFamily("cilium/cache/" + cache, resource, Scope.ALL, kind, form));
    }

    /** What a key stands for in a view; null where the view sees nothing under it, whatever there is. */
    public static @Nullable KeyPlace locate(String key, View view) {
        Segment segment = segmentOf(key, view);
        boolean unseen = segment != null && !segment.family().scope().holds(view, segment.cluster());
        return unseen ? null : owner(key, view);
    }

    /**
     * What a key stands for to somebody who may write it, also where the view does not see it; null where it can be
     * nobody's.
     */
    public static @Nullable KeyPlace owner(String key, View view) {
        if (key.startsWith(HIDDEN) || key.isEmpty() || key.equals(HEARTBEAT)) {
            return null;
        }
        Segment segment = segmentOf(key, view);
        if (segment != null) {
            return place(segment, key);
        }
        String own = view.cluster();
        return own == null
                ? null
                : new KeyPlace(key, own, key, new ResourceKey(own + OPAQUE + key), Kind.OPAQUE, Forms.OPAQUE);
    }

    /** The segment a key belongs to: of two that could have it the one the view sees; null where it is of none. */
    private static @Nullable Segment segmentOf(String key, View view) {
        Segment unseen = null;
        for (KeyFamily family : FAMILIES) {
            Segment segment = family.segmentOf(key, view);
            if (segment != null) {
                if (family.scope().holds(view, segment.cluster())) {
                    return segment;
                }
                unseen = segment;
            }
        }
        return unseen;
    }

    /** Whether a key is laid out by Cilium, rather than unknown. */
    public static boolean isOfAFamily(String key, View view) {
        return segmentOf(key, view) != null;
    }

    private static KeyPlace place(Segment segment, String key) {
        KeyFamily family = segment.family();
        ResourceKey resource = segment.resourceOf(key);
        // an Opaque's name is its whole key, not what follows the family's prefix
        String name = family.kind() == Kind.OPAQUE
                ? resource.name()
                : key.substring(segment.etcdPrefix().length());
        return new KeyPlace(key, segment.cluster(), name, resource, family.kind(), family.form());
    }

    /** The keys under which a view sees a resource, live or not. */
    public static List<KeyPlace> keysOf(ResourceKey resource, View view) {
        List<KeyPlace> places = new ArrayList<>(2);
        String cluster = resource.prefix();
        for (KeyFamily family : FAMILIES) {
            Segment segment = family.scope().holds(view, cluster) ? family.of(cluster) : null;
            if (segment != null && resource.value().startsWith(segment.resourcePrefix())) {
                String key = segment.keyOf(resource);
                if (segment.holds(key)) {
                    places.add(place(segment, key));
                }
            }
        }
        String own = view.cluster();
        if (places.isEmpty() && own != null && resource.value().startsWith(own + OPAQUE)) {
            KeyPlace opaque = locate(resource.name(), view);
            if (opaque != null && opaque.resource().equals(resource)) {
                places.add(opaque);
            }
        }
        return places;
    }

    /**
     * The parts of a view that a range meets, in the order of keys: between them no key is seen but the view's own
     * unknown ones.
     *
     * @param clusters whose resources there may be, asked for only where the range itself does not tell
     */
    public static List<Segment> segments(KeyRange range, View view, Supplier<? extends Collection<String>> clusters) {
        List<Segment> segments = new ArrayList<>();
        for (KeyFamily family : FAMILIES) {
            if (range.meets(family.head())) {
                for (String cluster : clusters(family, range, view, clusters)) {
                    Segment segment = family.of(cluster);
                    if (family.scope().holds(view, cluster) && segment.meets(range)) {
                        segments.add(segment);
                    }
                }
            }
        }
        segments.sort(Comparator.comparing(Segment::etcdPrefix));
        return segments;
    }

    /**
     * A run of resources that a range of keys stands for.
     *
     * @param cluster null where the range does not tell whose
     * @param end what it ends before
     */
    public record Stretch(@Nullable String cluster, ResourceKey start, ResourceKey end) {}

    /**
     * What a range of keys stands for, to somebody who writes: one stretch for each kind of key it meets. Meshlog's own keys
     * are left out.
     */
    public static List<Stretch> stretches(KeyRange range, View view) {
        List<Stretch> stretches = new ArrayList<>();
        String own = view.cluster();
        for (KeyFamily family : FAMILIES) {
            if (range.meets(family.head())) {
                String cluster = family.scope() == Scope.OWN ? own : family.clusterOf(range);
                if (cluster != null) {
                    Segment segment = family.of(cluster);
                    if (segment.meets(range)) {
                        stretches.add(stretch(range, cluster, segment.resourcePrefix(), segment.etcdPrefix()));
                    }
                } else if (family.scope() != Scope.OWN) {
                    stretches.add(new Stretch(null, ResourceKey.FLEET, ResourceKey.FLEET));
                }
            }
        }
        if (own != null && !FAMILIES.stream().anyMatch(family -> range.isWithin(family.head()))) {
            KeyRange seen = range.start().compareTo(AFTER_HIDDEN) < 0 ? new KeyRange(AFTER_HIDDEN, range.end()) : range;
            if (!seen.isEmpty()) {
                stretches.add(stretch(seen, own, own + OPAQUE, ""));
            }
        }
        return stretches;
    }

    private static Stretch stretch(KeyRange range, String cluster, String resourcePrefix, String etcdPrefix) {
        String first = range.start().compareTo(etcdPrefix) > 0 ? range.start().substring(etcdPrefix.length()) : "";
        String last = range.end();
        String end = last != null && last.startsWith(etcdPrefix)
                ? resourcePrefix + last.substring(etcdPrefix.length())
                : KeyRange.after(resourcePrefix);
        return new Stretch(cluster, new ResourceKey(resourcePrefix + first), new ResourceKey(end));
    }

    private static Collection<String> clusters(
            KeyFamily family, KeyRange range, View view, Supplier<? extends Collection<String>> clusters) {
        String own = view.cluster();
        if (family.scope() == Scope.OWN) {
            return own == null ? List.of() : List.of(own);
        }
        String named = family.clusterOf(range);
        return named == null ? clusters.get() : List.of(named);
    }
}
