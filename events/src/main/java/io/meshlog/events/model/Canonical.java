package io.meshlog.events.model;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Copies that iterate in one order everywhere, so that equal values encode to equal bytes. */
final class Canonical {
    private Canonical() {}

    static <V> SortedMap<String, V> sorted(Map<String, ? extends V> map) {
        return map.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<String, V>(map));
    }
}
