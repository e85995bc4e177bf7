package io.meshlog.bench.baseline;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured: rows of columns, told as they come, and written as JSON and as a Markdown table. */
final class Figures {
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    private final List<String> columns = new ArrayList<>();
    private final JsonObject json = new JsonObject();

    /** From here on figures are of this column. */
    void column(String name) {
        columns.add(name);
        json.add(name, new JsonObject());
    }

    /**
     * Keeps one figure of the column at hand.
     *
     * @param words for the table
     * @param values for the JSON
     */
    void add(String row, String words, Map<String, ? extends Number> values) {
        String column = columns.getLast();
        rows.computeIfAbsent(row, none -> new LinkedHashMap<>()).put(column, words);
        JsonObject figure = new JsonObject();
        values.forEach(figure::addProperty);
        json.getAsJsonObject(column).add(row, figure);
        System.out.printf("%s | %s | %s%n", column, row, words);
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        JsonObject machine = new JsonObject();
        machine.addProperty("cores", Runtime.getRuntime().availableProcessors());
        machine.addProperty("java", Runtime.version().toString());
        machine.addProperty("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        json.add("machine", machine);
        Files.writeString(
                folder.resolve("baseline.json"),
                new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n");
        Files.writeString(folder.resolve("baseline.md"), markdown());
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("| |");
        columns.forEach(column -> text.append(' ').append(column).append(" |"));
        text.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
        rows.forEach((row, words) -> {
            text.append("| ").append(row).append(" |");
            columns.forEach(column ->
                    text.append(' ').append(words.getOrDefault(column, "-")).append(" |"));
            text.append('\n');
        });
        return text.toString();
    }
}
