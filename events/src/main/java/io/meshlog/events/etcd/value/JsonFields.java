package io.meshlog.events.etcd.value;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object, read as leniently as Go does: what is missing is empty, what is unknown is passed over. */
record JsonFields(JsonNode node) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** @throws InvalidValueException if it is no JSON object */
    static JsonFields parse(byte[] bytes) {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            if (node == null || !node.isObject()) {
                throw new InvalidValueException("the value is no JSON object");
            }
            return new JsonFields(node);
        } catch (IOException garbled) {
            throw new InvalidValueException("the value is no JSON", garbled);
        }
    }

    JsonFields object(String name) {
        return new JsonFields(node.path(name));
    }

    String text(String name) {
        return node.path(name).asText("");
    }

    long number(String name) {
        return node.path(name).asLong();
    }

    boolean truth(String name) {
        return node.path(name).asBoolean();
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    byte @Nullable [] bytes(String name) {
        if (!has(name)) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(text(name));
        } catch (IllegalArgumentException garbled) {
            throw new InvalidValueException("\"%s\" is no base64".formatted(name), garbled);
        }
    }

    <T> List<T> list(String name, Function<JsonFields, T> element) {
        List<T> list = new ArrayList<>();
        node.path(name).forEach(each -> list.add(element.apply(new JsonFields(each))));
        return list;
    }

    List<String> words(String name) {
        return list(name, each -> each.node.asText(""));
    }

    <T> Map<String, T> map(String name, Function<JsonFields, T> value) {
        Map<String, T> map = new LinkedHashMap<>();
        node.path(name)
                .properties()
                .forEach(field -> map.put(field.getKey(), value.apply(new JsonFields(field.getValue()))));
        return map;
    }

    Map<String, String> texts(String name) {
        return map(name, field -> field.node.asText(""));
    }
}
