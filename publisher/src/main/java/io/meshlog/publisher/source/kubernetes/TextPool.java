package io.meshlog.publisher.source.kubernetes;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Gives equal texts as one: the objects of a kind say the same namespaces, nodes, ports and labels again and again.
 *
 * <p>Bounded: it knows the last text of each of {@value #SIZE} places; one that was pushed out is merely kept twice. Safe
 * on any thread.
 */
final class TextPool {
    private static final int SIZE = 1 << 14;

    private final AtomicReferenceArray<String> places = new AtomicReferenceArray<>(SIZE);

    String share(String text) {
        int hash = text.hashCode();
        int place = (hash ^ hash >>> 15) & SIZE - 1;
        String known = places.getPlain(place);
        if (Objects.equals(known, text)) {
            return known;
        }
        places.setRelease(place, text);
        return text;
    }
}
