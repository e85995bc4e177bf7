package io.meshlog.publisher.k8s.read;

import io.meshlog.publisher.k8s.read.Tree.Mapping;
import io.meshlog.publisher.k8s.read.Tree.Nothing;
import io.meshlog.publisher.k8s.read.Tree.Scalar;
import io.meshlog.publisher.k8s.read.Tree.Sequence;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One place of a document and what stands there, or that nothing does. Reading something other than what is there throws
 * a {@link FieldException} that names the place; an explicit null is as good as nothing, as in Kubernetes.
 */
public final class Field {
    private final String origin;
    private final int parentLine;
    private final String path;
    private final @Nullable Tree tree;

    private Field(String origin, int parentLine, String path, @Nullable Tree tree) {
        this.origin = origin;
        this.parentLine = parentLine;
        this.path = path;
        this.tree = tree instanceof Nothing ? null : tree;
    }

    /**
     * A whole document.
     *
     * @param origin what messages begin with, for example a file; empty for none
     */
    public static Field root(String origin, Tree tree) {
        return new Field(origin, tree.line(), "", tree);
    }

    /** Where it stands, for messages: the file and, where it is known, the line. */
    public String place() {
        return line() > 0 ? origin + ":" + line() : origin;
    }

    public boolean isThere() {
        return tree != null;
    }

    /** The value of that key; nothing where the key, or this field itself, is not there. */
    public Field get(String key) {
        return new Field(
                origin, line(), join(path, key), tree == null ? null : mapping().get(key));
    }

    /** The items of a list, none where it is not there. */
    public List<Field> items() {
        if (tree == null) {
            return List.of();
        }
        if (!(tree instanceof Sequence sequence)) {
            throw error("has to be a list, it is " + shown());
        }
        List<Field> items = new ArrayList<>(sequence.items().size());
        for (Tree item : sequence.items()) {
            items.add(new Field(origin, line(), path + "[" + items.size() + "]", item));
        }
        return items;
    }

    /** The keys of a map, none where it is not there. */
    public List<String> keys() {
        return tree == null ? List.of() : List.copyOf(mapping().keySet());
    }

    /** A map of texts, as labels and annotations are; empty where it is not there. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        keys().forEach(key -> texts.put(key, get(key).text("")));
        return texts;
    }

    /** @throws FieldException if it is not there, is empty or no text */
    public String requiredText() {
        String text = text("");
        if (text.isEmpty()) {
            throw error(tree == null ? "is missing" : "is empty");
        }
        return text;
    }

    public String text(String otherwise) {
        String text = textOrNull();
        return text == null ? otherwise : text;
    }

    public @Nullable String textOrNull() {
        if (tree == null) {
            return null;
        }
        if (tree instanceof Scalar scalar && scalar.value() instanceof String text) {
            return text;
        }
        throw error(
                tree instanceof Scalar
                        ? "has to be text, it is " + shown() + ": put it in quotes"
                        : "has to be text, it is " + shown());
    }

    public @Nullable Boolean truthOrNull() {
        if (tree == null) {
            return null;
        }
        if (tree instanceof Scalar scalar && scalar.value() instanceof Boolean truth) {
            return truth;
        }
        throw error("has to be true or false, it is " + shown());
    }

    /** A whole number within bounds, both included. */
    public long number(long otherwise, long least, long most) {
        Long number = numberOrNull(least, most);
        return number == null ? otherwise : number;
    }

    public @Nullable Long numberOrNull(long least, long most) {
        if (tree == null) {
            return null;
        }
        if (!(tree instanceof Scalar scalar)
                || !(scalar.value() instanceof Long
                        || scalar.value() instanceof Integer
                        || scalar.value() instanceof BigInteger)) {
            throw error("has to be a whole number, it is " + shown());
        }
        BigInteger number = new BigInteger(scalar.value().toString());
        if (number.compareTo(BigInteger.valueOf(least)) < 0 || number.compareTo(BigInteger.valueOf(most)) > 0) {
            throw error("%s is not within %d and %d".formatted(number, least, most));
        }
        return number.longValue();
    }

    public boolean isMap() {
        return tree instanceof Mapping;
    }

    public boolean isList() {
        return tree instanceof Sequence;
    }

    /** A text, number or truth value as text. */
    public String scalarText() {
        if (tree instanceof Scalar scalar) {
            return scalar.value().toString();
        }
        throw error("has to be a single value, it is " + shown());
    }

    /** The prefix block there, in canonical text. */
    public String cidr() {
        return Addresses.cidr(this);
    }

    /** Writes the map there, of these keys alone, as canonical JSON. */
    void canonicalJson(Set<String> keys, StringBuilder json) {
        Map<String, Tree> kept = new LinkedHashMap<>();
        mapping().forEach((key, value) -> {
            if (keys.contains(key) && !(value instanceof Nothing)) {
                kept.put(key, value);
            }
        });
        CanonicalJson.write(new Mapping(kept, line()), json);
    }

    /** An error about this place. */
    public FieldException error(String problem) {
        return new FieldException(origin, line(), path, problem);
    }

    private int line() {
        return tree != null && tree.line() > 0 ? tree.line() : parentLine;
    }

    private Map<String, Tree> mapping() {
        if (tree instanceof Mapping mapping) {
            return mapping.entries();
        }
        throw error("has to be a map, it is " + shown());
    }

    private String shown() {
        return switch (tree) {
            case null -> "nothing";
            case Nothing nothing -> "null";
            case Mapping mapping -> "a map";
            case Sequence sequence -> "a list";
            case Scalar scalar ->
                scalar.value() instanceof String
                        ? quoted(scalar.value())
                        : scalar.value().toString();
        };
    }

    private static String quoted(Object value) {
        return "\"" + value + "\"";
    }

    private static String join(String path, String key) {
        boolean plain = key.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
        return plain ? (path.isEmpty() ? key : path + "." + key) : path + "[\"" + key + "\"]";
    }
}
