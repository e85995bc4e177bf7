package io.meshlog.events.etcd.value;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a proto2 message by number, each as it came: a {@code Long} or a {@code byte[]}. */
record Proto2Fields(Map<Integer, List<Object>> values) {

    /** @throws InvalidValueException if it is no message of numbers and bytes */
    static Proto2Fields of(byte[] bytes) {
        Map<Integer, List<Object>> values = new HashMap<>();
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int number = WireFormat.getTagFieldNumber(tag);
                Object value = switch (WireFormat.getTagWireType(tag)) {
                    case WireFormat.WIRETYPE_VARINT -> in.readInt64();
                    case WireFormat.WIRETYPE_LENGTH_DELIMITED -> in.readByteArray();
                    default -> throw new InvalidValueException("field %d is of no known type".formatted(number));
                };
                values.computeIfAbsent(number, none -> new ArrayList<>()).add(value);
            }
        } catch (IOException garbled) {
            throw new InvalidValueException("the value is no protobuf", garbled);
        }
        return new Proto2Fields(values);
    }

    boolean has(int number) {
        return values.containsKey(number);
    }

    long number(int number) {
        return values.getOrDefault(number, List.of()).stream()
                .filter(Long.class::isInstance)
                .map(Long.class::cast)
                .findFirst()
                .orElse(0L);
    }

    @Nullable
    Boolean truth(int number) {
        return has(number) ? (Boolean) (number(number) != 0) : null;
    }

    private List<byte[]> octets(int number) {
        return values.getOrDefault(number, List.of()).stream()
                .filter(byte[].class::isInstance)
                .map(byte[].class::cast)
                .toList();
    }

    List<String> texts(int number) {
        return octets(number).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    @Nullable
    String text(int number) {
        List<String> texts = texts(number);
        return texts.isEmpty() ? null : texts.getFirst();
    }

    String textOrEmpty(int number) {
        String text = text(number);
        return text == null ? "" : text;
    }

    List<Proto2Fields> messages(int number) {
        return octets(number).stream().map(Proto2Fields::of).toList();
    }

    /** The first message of the field; one without fields where there is none. */
    Proto2Fields message(int number) {
        List<Proto2Fields> messages = messages(number);
        return messages.isEmpty() ? new Proto2Fields(Map.of()) : messages.getFirst();
    }

    Map<String, String> map(int number) {
        Map<String, String> map = new LinkedHashMap<>();
        messages(number).forEach(entry -> map.put(entry.textOrEmpty(1), entry.textOrEmpty(2)));
        return map;
    }
}
