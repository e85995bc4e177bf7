package io.meshlog.publisher.k8s.read;

import io.meshlog.publisher.k8s.read.Tree.Mapping;
import io.meshlog.publisher.k8s.read.Tree.Nothing;
import io.meshlog.publisher.k8s.read.Tree.Scalar;
import io.meshlog.publisher.k8s.read.Tree.Sequence;
import java.util.TreeMap;

/** One text for equal documents: keys sorted by their UTF-16 units, no white space, only what JSON asks for escaped. */
final class CanonicalJson {
    private CanonicalJson() {}

    static void write(Tree tree, StringBuilder json) {
        switch (tree) {
            case Nothing nothing -> json.append("null");
            case Scalar scalar -> {
                if (scalar.value() instanceof Number || scalar.value() instanceof Boolean) {
                    json.append(scalar.value());
                } else {
                    text(scalar.value().toString(), json);
                }
            }
            case Sequence sequence -> {
                json.append('[');
                String before = "";
                for (Tree item : sequence.items()) {
                    json.append(before);
                    write(item, json);
                    before = ",";
                }
                json.append(']');
            }
            case Mapping mapping -> {
                json.append('{');
                String[] before = {""};
                new TreeMap<>(mapping.entries()).forEach((key, value) -> {
                    json.append(before[0]);
                    text(key, json);
                    json.append(':');
                    write(value, json);
                    before[0] = ",";
                });
                json.append('}');
            }
        }
    }

    private static void text(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < ' ') {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}
