package io.meshlog.cli.query;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.completion.FleetNames;
import io.meshlog.schemas.v1.Selector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What of the fleet a command is about. Each option narrows; a list means any of it. */
public final class SelectorOptions {
    @Option(
            names = "--cluster",
            paramLabel = "CLUSTER",
            completionCandidates = FleetNames.OfClusters.class,
            split = ",",
            description = "Only of these clusters; repeat it or separate with commas.")
    List<String> clusters = new ArrayList<>();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            completionCandidates = FleetNames.OfNamespaces.class,
            split = ",",
            description = "Only of these namespaces.")
    List<String> namespaces = new ArrayList<>();

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "KEY=VALUE",
            split = ",",
            description = "Only with all of these labels.")
    List<String> labels = new ArrayList<>();

    /** The selector so far, without kinds and names. */
    public Selector.Builder selector() {
        return Selector.newBuilder()
                .addAllClusters(clusters)
                .addAllNamespaces(namespaces)
                .putAllLabels(labels());
    }

    private Map<String, String> labels() {
        Map<String, String> byKey = new LinkedHashMap<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            if (equals < 1) {
                throw new CliException(
                        ExitCode.USAGE, "--selector says \"%s\", which is not KEY=VALUE".formatted(label));
            }
            byKey.put(label.substring(0, equals), label.substring(equals + 1));
        }
        return byKey;
    }

    /** The options again, as they were given, for a command to be typed next. */
    public List<String> asArguments() {
        List<String> arguments = new ArrayList<>();
        clusters.forEach(cluster -> arguments.addAll(List.of("--cluster", cluster)));
        namespaces.forEach(namespace -> arguments.addAll(List.of("-n", namespace)));
        labels.forEach(label -> arguments.addAll(List.of("-l", label)));
        return arguments;
    }
}
