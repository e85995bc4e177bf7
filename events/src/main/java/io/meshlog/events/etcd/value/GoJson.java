package io.meshlog.events.etcd.value;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** JSON byte for byte as Go's {@code encoding/json} writes it: no spaces, HTML's characters escaped. For one thread. */
final class GoJson {
    private static final int FIRST_PRINTABLE = 0x20;

    private final StringBuilder text = new StringBuilder(256);
    /** Whether something stands before in the object or array that is open. */
    private boolean first = true;

    /** Writes one object and gives its bytes. */
    static byte[] object(Consumer<GoJson> fields) {
        GoJson json = new GoJson();
        json.open('{', fields, '}');
        return json.text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void open(char begin, Consumer<GoJson> content, char end) {
        text.append(begin);
        first = true;
        content.accept(this);
        text.append(end);
        first = false;
    }

    private void separate() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    private GoJson name(String name) {
        separate();
        quote(name);
        text.append(':');
        return this;
    }

    GoJson text(String name, String value) {
        name(name).quote(value);
        return this;
    }

    /** Leaves the field out where it is empty. */
    GoJson textIfAny(String name, @Nullable String value) {
        return value == null || value.isEmpty() ? this : text(name, value);
    }

    GoJson number(String name, long value) {
        name(name).text.append(value);
        return this;
    }

    GoJson truth(String name, boolean value) {
        name(name).text.append(value);
        return this;
    }

    GoJson none(String name) {
        name(name).text.append("null");
        return this;
    }

    GoJson object(String name, Consumer<GoJson> fields) {
        name(name).open('{', fields, '}');
        return this;
    }

    /** An array of objects. */
    <T> GoJson array(String name, Collection<T> elements, BiConsumer<GoJson, T> element) {
        name(name).open('[', json -> elements.forEach(each -> json.element(inner -> element.accept(inner, each))), ']');
        return this;
    }

    /** As {@link #array}, or null where there is none: a nil slice. */
    <T> GoJson arrayOrNull(String name, Collection<T> elements, BiConsumer<GoJson, T> element) {
        return elements.isEmpty() ? none(name) : array(name, elements, element);
    }

    private void element(Consumer<GoJson> fields) {
        separate();
        open('{', fields, '}');
    }

    GoJson texts(String name, Map<String, String> map) {
        return object(name, json -> map.forEach(json::text));
    }

    /** As {@link #texts}; leaves the field out where there is none. */
    GoJson textsIfAny(String name, Map<String, String> map) {
        return map.isEmpty() ? this : texts(name, map);
    }

    /** An array of texts; leaves the field out where there is none. */
    GoJson wordsIfAny(String name, Collection<String> words) {
        if (words.isEmpty()) {
            return this;
        }
        name(name).open('[', json -> words.forEach(json::word), ']');
        return this;
    }

    private void word(String word) {
        separate();
        quote(word);
    }

    /** As {@link #texts}, or null where there is none: a nil map. */
    GoJson textsOrNull(String name, Map<String, String> map) {
        return map.isEmpty() ? none(name) : texts(name, map);
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            escape(value.charAt(i));
        }
        text.append('"');
    }

    private void escape(char character) {
        switch (character) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\b' -> text.append("\\b");
            case '\f' -> text.append("\\f");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            case '<', '>', '&', '\u2028', '\u2029' -> text.append("\\u%04x".formatted((int) character));
            default -> {
                if (character < FIRST_PRINTABLE) {
                    text.append("\\u%04x".formatted((int) character));
                } else {
                    text.append(character);
                }
            }
        }
    }
}
