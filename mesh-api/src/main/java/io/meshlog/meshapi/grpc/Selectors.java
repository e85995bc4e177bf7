package io.meshlog.meshapi.grpc;

import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.watch.Selector;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Selectors as clients write them, and which parts of the key space they need. */
final class Selectors {
    /** What is asked for by name; digests are no resources. */
    private static final Set<Kind> KNOWN = EnumSet.complementOf(EnumSet.of(Kind.DIGEST));

    private static final Set<Kind> OF_FLEET_ALONE = EnumSet.of(Kind.CLUSTER, Kind.JOB, Kind.FLEET);
    private static final char AFTER_SLASH = '/' + 1;

    /** Keys with {@code after < key <= upTo}. */
    record Range(ResourceKey after, ResourceKey upTo) {
        static Range under(String prefix) {
            String open = prefix.substring(0, prefix.length() - 1) + AFTER_SLASH;
            return new Range(new ResourceKey(prefix), new ResourceKey(open));
        }
    }

    private Selectors() {}

    /** @throws FailedCallException INVALID for a kind there is none of: it lists the known ones */
    static Selector of(io.meshlog.schemas.v1.Selector asked) {
        return new Selector(
                Set.copyOf(asked.getClustersList()),
                asked.getKindsList().stream().map(Selectors::kind).collect(Collectors.toSet()),
                Set.copyOf(asked.getNamespacesList()),
                Set.copyOf(asked.getNamesList()),
                asked.getLabelsMap());
    }

    private static Kind kind(String word) {
        Kind kind = Kind.ofPlural(word);
        if (kind == null || !KNOWN.contains(kind)) {
            throw Failure.INVALID.because(
                    "selector.kinds: \"%s\" is no kind; the kinds are %s",
                    word,
                    Arrays.stream(Kind.values())
                            .filter(KNOWN::contains)
                            .map(Kind::plural)
                            .collect(Collectors.joining(", ")));
        }
        return kind;
    }

    /**
     * The ranges of keys that can hold what is selected, in the order of keys. They may hold more; they overlap nowhere.
     *
     * <p>Example: clusters {eastus}, kinds {services, clusters} gives {@code _fleet/clusters/} and
     * {@code eastus/services/}.
     */
    static List<Range> ranges(Selector selector) {
        Set<String> clusters = new TreeSet<>(selector.clusters());
        boolean onlyFleet = OF_FLEET_ALONE.containsAll(selector.kinds());
        if (clusters.isEmpty() && !onlyFleet) {
            return List.of(new Range(new ResourceKey(""), new ResourceKey("\u00ff")));
        }
        clusters.remove(ResourceKey.FLEET_PREFIX);
        Stream<String> ofFleet = prefixes(ResourceKey.FLEET_PREFIX, selector.kinds());
        Stream<String> ofClusters = clusters.stream().flatMap(cluster -> prefixes(cluster, selector.kinds()));
        return Stream.concat(ofFleet, onlyFleet ? Stream.of() : ofClusters)
                .sorted(Comparator.naturalOrder())
                .map(Range::under)
                .toList();
    }

    private static Stream<String> prefixes(String cluster, Set<Kind> kinds) {
        return kinds.stream().map(kind -> "%s/%s/".formatted(cluster, kind.plural()));
    }
}
