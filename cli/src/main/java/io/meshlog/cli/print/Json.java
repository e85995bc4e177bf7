package io.meshlog.cli.print;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.util.Map;

/**
 * Protobuf's JSON mapping, but with 64-bit numbers as numbers: {@code jq 'select(.revision > 100)'} compares them, and
 * every protobuf parser reads them back. Revisions stay far below 2^53, beyond which a reader of floats would round.
 */
public final class Json {
    private static final Gson PRETTY =
            new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();
    private static final Gson COMPACT = new GsonBuilder().disableHtmlEscaping().create();

    private Json() {}

    /** The message as a tree, without fields that are empty. */
    public static JsonObject tree(Message message) {
        return tree(message, JsonFormat.printer());
    }

    /** The message as a tree with every field, also those that are zero or false. */
    public static JsonObject wholeTree(Message message) {
        return tree(message, JsonFormat.printer().alwaysPrintFieldsWithNoPresence());
    }

    /** Over several lines, indented. */
    public static String pretty(JsonElement tree) {
        return SafeText.inJson(PRETTY.toJson(tree));
    }

    /** On one line. */
    public static String compact(JsonElement tree) {
        return SafeText.inJson(COMPACT.toJson(tree));
    }

    private static JsonObject tree(Message message, JsonFormat.Printer printer) {
        try {
            JsonObject tree = JsonParser.parseString(printer.print(message)).getAsJsonObject();
            numbers(message, tree);
            return tree;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("only a message with Any can fail to print", e);
        }
    }

    private static void numbers(MessageOrBuilder message, JsonObject tree) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            JsonElement value = tree.get(field.getJsonName());
            if (value == null) {
                continue;
            }
            if (field.isMapField()) {
                mapNumbers(message, field, value.getAsJsonObject());
            } else if (field.isRepeated()) {
                for (int i = 0; i < value.getAsJsonArray().size(); i++) {
                    JsonElement element = value.getAsJsonArray().get(i);
                    value.getAsJsonArray().set(i, number(field, message.getRepeatedField(field, i), element));
                }
            } else {
                tree.add(field.getJsonName(), number(field, message.getField(field), value));
            }
        }
    }

    private static void mapNumbers(MessageOrBuilder message, FieldDescriptor field, JsonObject tree) {
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
            Message entry = (Message) message.getRepeatedField(field, i);
            FieldDescriptor valueField = entry.getDescriptorForType().findFieldByNumber(2);
            String key = entry.getField(entry.getDescriptorForType().findFieldByNumber(1))
                    .toString();
            tree.add(key, number(valueField, entry.getField(valueField), tree.get(key)));
        }
    }

    private static JsonElement number(FieldDescriptor field, Object value, JsonElement printed) {
        if (value instanceof Message inner && printed instanceof JsonObject tree) {
            numbers(inner, tree);
        } else if (field.getJavaType() == FieldDescriptor.JavaType.LONG) {
            return new JsonPrimitive((Long) value);
        }
        return printed;
    }

    /** A tree of one field, for results that have no message of their own. */
    public static JsonObject object(Map<String, JsonElement> fields) {
        JsonObject tree = new JsonObject();
        fields.forEach(tree::add);
        return tree;
    }
}
