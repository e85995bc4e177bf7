package io.meshlog.cli.print;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** The JSON tree as YAML 1.2, in ASCII: what is not is escaped, so that nothing in it can steer a terminal. */
public final class Yaml {
    private static final DumpSettings SETTINGS = DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndent(2)
            .setUseUnicodeEncoding(false)
            .setWidth(Integer.MAX_VALUE)
            .build();

    private Yaml() {}

    /** The tree over several lines, ended by a line break. */
    public static String of(JsonElement tree) {
        return new Dump(SETTINGS).dumpToString(plain(tree));
    }

    private static Object plain(JsonElement tree) {
        if (tree.isJsonObject()) {
            Map<String, Object> map = new LinkedHashMap<>();
            tree.getAsJsonObject().entrySet().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        if (tree.isJsonArray()) {
            List<Object> list = new ArrayList<>();
            tree.getAsJsonArray().forEach(element -> list.add(plain(element)));
            return list;
        }
        return plain(tree.getAsJsonPrimitive());
    }

    private static Object plain(JsonPrimitive primitive) {
        if (primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        return primitive.isNumber() ? (Object) primitive.getAsLong() : primitive.getAsString();
    }
}
