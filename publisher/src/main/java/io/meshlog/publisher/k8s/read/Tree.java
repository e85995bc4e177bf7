package io.meshlog.publisher.k8s.read;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parsed document, still without meaning. Every part knows its line, from 1; 0 where it comes from no text.
 *
 * <p>Maps and lists are not copied: whoever makes a tree does not change it afterwards.
 */
public sealed interface Tree {
    int line();

    /** A text, number or truth value. */
    record Scalar(Object value, int line) implements Tree {}

    /** An explicit null. */
    record Nothing(int line) implements Tree {}

    record Mapping(Map<String, Tree> entries, int line) implements Tree {}

    record Sequence(List<Tree> items, int line) implements Tree {}

    /**
     * The tree of maps, lists and scalars, as an API client's generic objects are made of.
     *
     * @throws IllegalArgumentException if a map's key is no text
     */
    static Tree of(@Nullable Object value) {
        return switch (value) {
            case null -> new Nothing(0);
            case Map<?, ?> map -> {
                Map<String, Tree> entries = new LinkedHashMap<>();
                map.forEach((key, entry) -> entries.put(keyText(key), of(entry)));
                yield new Mapping(entries, 0);
            }
            case List<?> list -> {
                List<Tree> items = new ArrayList<>(list.size());
                list.forEach(item -> items.add(of(item)));
                yield new Sequence(items, 0);
            }
            default -> new Scalar(value, 0);
        };
    }

    private static String keyText(@Nullable Object key) {
        if (key instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("a key is no text: " + key);
    }
}
