package io.meshlog.cli.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.bench.Point.Figure;
import io.meshlog.cli.print.Json;
import io.meshlog.cli.print.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A series as people, programs and eyes read it. */
final class BenchReport {
    private static final double MANY = 100;
    private static final double FEW = 1;

    private final Series series;
    private final Scenario scenario;
    private final List<Point> points;
    private final String machine;

    /** @param machine in words; what the figures are of */
    BenchReport(Series series, Scenario scenario, List<Point> points, String machine) {
        this.series = series;
        this.scenario = scenario;
        this.points = List.copyOf(points);
        this.machine = machine;
    }

    void print(Terminal terminal) {
        terminal.line(series.title() + ": " + words());
        terminal.line("On " + machine);
        print(terminal, figures());
        List<String> parts = parts();
        List<String> headers = new ArrayList<>(List.of(series.amount().toUpperCase(Locale.ROOT)));
        parts.forEach(part -> headers.add(part.toUpperCase(Locale.ROOT) + " CPU s, MiB"));
        terminal.line("");
        Table table = new Table(terminal, headers);
        for (Point point : points) {
            List<String> row = new ArrayList<>(List.of(number(point.amount())));
            row.addAll(used(point, parts));
            table.add(row);
        }
        table.end();
        terminal.line("");
        terminal.flush();
    }

    private void print(Terminal terminal, List<Figure> figures) {
        List<String> headers = new ArrayList<>(List.of(series.amount().toUpperCase(Locale.ROOT)));
        figures.forEach(figure -> headers.add(figure.toString().toUpperCase(Locale.ROOT)));
        Table table = new Table(terminal, headers);
        for (Point point : points) {
            table.add(row(point, figures));
        }
        table.end();
    }

    private List<Figure> figures() {
        return points.stream()
                .flatMap(point -> point.figures().keySet().stream())
                .distinct()
                .toList();
    }

    private List<String> parts() {
        return points.stream()
                .flatMap(point -> point.parts().keySet().stream())
                .distinct()
                .toList();
    }

    private static List<String> row(Point point, List<Figure> figures) {
        List<String> row = new ArrayList<>(List.of(number(point.amount())));
        figures.forEach(figure -> row.add(number(point.figure(figure))));
        return row;
    }

    private static List<String> used(Point point, List<String> parts) {
        return parts.stream()
                .map(point.parts()::get)
                .map(usage -> usage == null ? "-" : number(usage.cpuSeconds()) + ", " + number(usage.rssMib()))
                .toList();
    }

    private String words() {
        Scenario.Shape shape = scenario.shape();
        return "%d clusters of %d nodes, %d identities, %d endpoints, %d services; %d changes/s for %d s; %d watches; seed %d"
                .formatted(
                        scenario.clusters(),
                        shape.nodes(),
                        shape.identities(),
                        shape.endpoints(),
                        shape.services(),
                        scenario.churn().rate(),
                        scenario.churn().duration().toSeconds(),
                        scenario.watches(),
                        scenario.seed());
    }

    /** The series as one object. */
    JsonObject json() {
        JsonObject tree = new JsonObject();
        tree.addProperty("series", series.toString());
        tree.addProperty("amount", series.amount());
        tree.addProperty("machine", machine);
        tree.add("scenario", scenarioJson());
        JsonArray rows = new JsonArray();
        for (Point point : points) {
            JsonObject row = new JsonObject();
            row.addProperty("amount", point.amount());
            point.figures().forEach((figure, value) -> row.addProperty(figure.toString(), rounded(value)));
            JsonObject parts = new JsonObject();
            point.parts().forEach((name, usage) -> {
                JsonObject part = new JsonObject();
                part.addProperty("cpuSeconds", rounded(usage.cpuSeconds()));
                part.addProperty("rssMiB", rounded(usage.rssMib()));
                parts.add(name, part);
            });
            row.add("parts", parts);
            rows.add(row);
        }
        tree.add("points", rows);
        return tree;
    }

    private JsonObject scenarioJson() {
        JsonObject tree = new JsonObject();
        Scenario.Shape shape = scenario.shape();
        tree.addProperty("clusters", scenario.clusters());
        tree.addProperty("nodes", shape.nodes());
        tree.addProperty("identities", shape.identities());
        tree.addProperty("endpoints", shape.endpoints());
        tree.addProperty("services", shape.services());
        tree.addProperty("rate", scenario.churn().rate());
        tree.addProperty("seconds", scenario.churn().duration().toSeconds());
        tree.addProperty("watches", scenario.watches());
        tree.addProperty("missed", scenario.missed());
        tree.addProperty("seed", scenario.seed());
        JsonObject churn = new JsonObject();
        scenario.churn().weights().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(weight -> churn.addProperty(weight.getKey().plural(), weight.getValue()));
        tree.add("churn", churn);
        return tree;
    }

    /**
     * Prints it for a document.
     *
     * @param command that made it
     * @param drawn the files of its curves, in the document's folder
     */
    void printMarkdown(Terminal terminal, String command, List<Path> drawn) {
        terminal.line("## " + series.title());
        terminal.line("");
        terminal.line("On %s.".formatted(machine));
        terminal.line("");
        terminal.line("```console\n$ %s\n```".formatted(command));
        terminal.line("");
        List<Figure> figures = figures();
        List<String> headers = new ArrayList<>(List.of(series.amount()));
        figures.forEach(figure -> headers.add(figure.toString()));
        List<String> parts = parts();
        parts.forEach(part -> headers.add(part + " CPU s, MiB"));
        terminal.line("| " + String.join(" | ", headers) + " |");
        terminal.line("|" + "---|".repeat(headers.size()));
        for (Point point : points) {
            List<String> cells = row(point, figures);
            cells.addAll(used(point, parts));
            terminal.line("| " + String.join(" | ", cells) + " |");
        }
        terminal.line("");
        drawn.forEach(file -> terminal.line("![%s](%s)".formatted(series.title(), file.getFileName())));
        terminal.line("");
        terminal.flush();
    }

    /** Writes {@code SERIES.json} and the curves; the files of those. */
    List<Path> save(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(series + ".json"), Json.pretty(json()) + "\n");
        List<Path> files = new ArrayList<>();
        for (List<Figure> together : series.plots()) {
            List<SvgPlot.Curve> curves = new ArrayList<>();
            for (Figure figure : together) {
                List<SvgPlot.At> at = points.stream()
                        .map(point -> new SvgPlot.At(point.amount(), point.figure(figure)))
                        .filter(one -> one.y() > 0)
                        .toList();
                if (!at.isEmpty()) {
                    curves.add(new SvgPlot.Curve(figure.toString(), at));
                }
            }
            if (!curves.isEmpty()) {
                String name = "%s-%s.svg"
                        .formatted(
                                series,
                                together.getFirst()
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-'));
                Path file = folder.resolve(name);
                Files.writeString(file, SvgPlot.draw(series.title(), series.amount(), curves));
                files.add(file);
            }
        }
        return files;
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        String format = value >= MANY || value == Math.rint(value) ? "%,.0f" : value >= FEW ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    private static double rounded(double value) {
        return Math.rint(value * 1_000) / 1_000;
    }
}
