package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Resource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kinds of resources by the words a person may use for them; the first word is the one in keys. */
public enum ResourceKind {
    NODES(Resource.KindCase.NODE, false, "nodes node no"),
    IDENTITIES(Resource.KindCase.IDENTITY, false, "identities identity id"),
    ENDPOINTS(Resource.KindCase.ENDPOINT, false, "endpoints endpoint ep"),
    SERVICES(Resource.KindCase.SERVICE, true, "services service svc"),
    ENDPOINT_SLICES(Resource.KindCase.ENDPOINT_SLICE, true, "endpointslices endpointslice slices slice eps"),
    SERVICE_EXPORTS(Resource.KindCase.SERVICE_EXPORT, true, "serviceexports serviceexport svcex"),
    POLICIES(Resource.KindCase.POLICY, true, "policies policy pol"),
    CLUSTER_CONFIGS(Resource.KindCase.CLUSTER_CONFIG, false, "clusterconfigs clusterconfig cc"),
    OPAQUE(Resource.KindCase.OPAQUE, false, "opaque"),
    VIOLATIONS(Resource.KindCase.VIOLATION, false, "violations violation"),
    CLUSTERS(Resource.KindCase.CLUSTER, false, "clusters cluster"),
    SESSIONS(Resource.KindCase.SESSION, false, "sessions session"),
    JOBS(Resource.KindCase.JOB, false, "jobs job"),
    FLEET(Resource.KindCase.FLEET, false, "fleet");

    private final Resource.KindCase kindCase;
    private final boolean namespaced;
    /** Separated by spaces. */
    private final String words;

    ResourceKind(Resource.KindCase kindCase, boolean namespaced, String words) {
        this.kindCase = kindCase;
        this.namespaced = namespaced;
        this.words = words;
    }

    /** The kind a word stands for, in any case of letters, or null. */
    public static @Nullable ResourceKind ofWord(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(kind -> kind.words().contains(lower))
                .findFirst()
                .orElse(null);
    }

    /** The kind of a resource, or null for one this version does not know. */
    public static @Nullable ResourceKind of(Resource resource) {
        for (ResourceKind kind : values()) {
            if (kind.kindCase == resource.getKindCase()) {
                return kind;
            }
        }
        return null;
    }

    /** The word in keys and in the API's selectors, for example {@code endpointslices}. */
    public String plural() {
        return words().getFirst();
    }

    /** The word for one of it. */
    public String singular() {
        return words().get(Math.min(1, words().size() - 1));
    }

    /** Every word for it, the plural first. */
    public List<String> words() {
        return List.of(words.split(" "));
    }

    /** Whether its resources have a namespace. */
    public boolean namespaced() {
        return namespaced;
    }

    /** How it is shown. A switch and not a field, so that only the kinds that are shown are loaded. */
    public KindView view() {
        return switch (this) {
            case NODES -> new NodeView();
            case IDENTITIES -> new IdentityView();
            case ENDPOINTS -> new EndpointView();
            case SERVICES -> new ServiceView();
            case ENDPOINT_SLICES -> new EndpointSliceView();
            case SERVICE_EXPORTS -> new ServiceExportView();
            case POLICIES -> new PolicyView();
            case CLUSTER_CONFIGS -> new ClusterConfigView();
            case OPAQUE -> new OpaqueView();
            case VIOLATIONS -> new ViolationView();
            case CLUSTERS -> new ClusterView();
            case SESSIONS -> new SessionView();
            case JOBS -> new JobView();
            case FLEET -> new FleetView();
        };
    }
}
