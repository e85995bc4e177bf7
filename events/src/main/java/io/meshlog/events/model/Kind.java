package io.meshlog.events.model;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The kinds of resources, each with the word that stands for it in keys and on the command line. */
public enum Kind {
    NODE("nodes", false, true),
    IDENTITY("identities", false, true),
    ENDPOINT("endpoints", false, true),
    SERVICE("services", true, true),
    ENDPOINT_SLICE("endpointslices", true, true),
    SERVICE_EXPORT("serviceexports", true, true, 2),
    POLICY("policies", true, true, 2),
    CLUSTER_CONFIG("clusterconfigs", false, true, 2),
    OPAQUE("opaque", false, true),
    VIOLATION("violations", false, false),
    CLUSTER("clusters", false, false),
    SESSION("sessions", false, false),
    JOB("jobs", false, false),
    FLEET("fleet", false, false),
    DIGEST("digest", false, false);

    private static final Map<String, Kind> BY_PLURAL =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Kind::plural, Function.identity()));

    private final String plural;
    private final boolean namespaced;
    private final boolean declared;
    private final int featureLevel;

    Kind(String plural, boolean namespaced, boolean declared) {
        this(plural, namespaced, declared, 1);
    }

    Kind(String plural, boolean namespaced, boolean declared, int featureLevel) {
        this.plural = plural;
        this.namespaced = namespaced;
        this.declared = declared;
        this.featureLevel = featureLevel;
    }

    /** The word in keys, for example {@code endpointslices}. */
    public String plural() {
        return plural;
    }

    /** Whether keys of this kind carry a namespace before the name. */
    public boolean namespaced() {
        return namespaced;
    }

    /** Whether clusters declare it; the others are decided by the fold. */
    public boolean declared() {
        return declared;
    }

    /** The feature level a fleet needs to hold resources of this kind. */
    public int featureLevel() {
        return featureLevel;
    }

    /** The kind of that word, or null where there is none. */
    public static @Nullable Kind ofPlural(String plural) {
        return BY_PLURAL.get(plural);
    }
}
