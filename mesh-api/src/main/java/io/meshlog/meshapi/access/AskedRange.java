package io.meshlog.meshapi.access;

import com.google.protobuf.ProtocolStringList;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.schemas.v1.GetRequest;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import java.util.Collection;
import java.util.List;

/**
 * What a request asks to see, before anything is looked up. Permission is given for the range or not at all: a range that
 * holds something forbidden is refused whole, never thinned out in silence.
 *
 * @param clusters the prefixes asked for; empty for all
 * @param kinds the words of the kinds asked for; empty for the ones a selector without kinds stands for
 */
record AskedRange(List<String> clusters, List<String> kinds) {
    /** Asks for nothing of the fleet's resources. */
    static final AskedRange NONE = new AskedRange(List.of(), List.of());

    AskedRange {
        clusters = List.copyOf(clusters);
        kinds = List.copyOf(kinds);
    }

    /** The range of a request message; {@link #NONE} for messages that read no resources. */
    static AskedRange of(Object request) {
        return switch (request) {
            case WatchRequest watch -> of(watch.getSelector());
            case ListRequest list -> of(list.getSelector());
            case GetRequest get -> ofKey(new ResourceKey(get.getKey()));
            default -> NONE;
        };
    }

    private static AskedRange of(Selector selector) {
        ProtocolStringList clusters = selector.getClustersList();
        return new AskedRange(clusters, selector.getKindsList());
    }

    private static AskedRange ofKey(ResourceKey key) {
        Kind kind = key.kind();
        return new AskedRange(List.of(key.prefix()), kind == null ? List.of() : List.of(kind.plural()));
    }

    /** Whether it asks for any of these kinds by name. */
    boolean names(Collection<Kind> some) {
        return some.stream().anyMatch(kind -> kinds.contains(kind.plural()));
    }

    /** Whether it asks for this cluster's resources and no others. */
    boolean isWithin(String cluster) {
        return clusters.equals(List.of(cluster));
    }
}
