package io.meshlog.publisher.source.kubernetes;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Gives equal values as one: the objects of a kind say the same namespaces, nodes and ports again and again.
 *
 * <p>Bounded: it knows the last value of each of {@value #SIZE} places; one that was pushed out is merely kept twice. Safe on
 * any thread, for values that never change.
 */
final class Shared {
    private static final int SIZE = 1 << 14;

    private final AtomicReferenceArray<Object> places = new AtomicReferenceArray<>(SIZE);

    @SuppressWarnings("unchecked") // equal values are of one type here: texts, and lists of one kind of record
    <T> T one(T value) {
        int hash = value.hashCode();
        int place = (hash ^ hash >>> 15) & SIZE - 1;
        Object known = places.getAcquire(place);
        if (Objects.equals(known, value)) {
            return (T) known;
        }
        places.setRelease(place, value);
        return value;
    }
}
