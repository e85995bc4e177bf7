package io.meshlog.cli.backup;

import io.meshlog.cli.Terminal;
import io.meshlog.cli.print.Json;
import io.meshlog.cli.print.OutputFormat;
import io.meshlog.cli.print.SafeText;
import io.meshlog.cli.print.Table;
import io.meshlog.cli.print.Yaml;
import io.meshlog.schemas.v1.Checkpoint;
import io.meshlog.schemas.v1.CheckpointResponse;
import io.meshlog.schemas.v1.ListCheckpointsResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Checkpoints on a terminal. For one thread. */
final class CheckpointPrinter {
    private static final List<String> HEADERS = List.of("ID", "REVISION", "EVENT", "PARTS", "BYTES", "MS", "WRITTEN");

    private final Terminal terminal;
    private final OutputFormat format;

    CheckpointPrinter(Terminal terminal, OutputFormat format) {
        this.terminal = terminal;
        this.format = format;
    }

    /** What was asked for and is not there yet, so that it has no name. */
    void asked(CheckpointResponse asked) {
        switch (format) {
            case JSON -> terminal.line(Json.pretty(Json.wholeTree(asked)));
            case YAML -> terminal.data(Yaml.of(Json.wholeTree(asked)));
            case JSONL -> terminal.line(Json.compact(Json.wholeTree(asked)));
            default ->
                terminal.line("a checkpoint at revision %d or above was asked for; see: meshlog checkpoint list"
                        .formatted(asked.getRevision()));
        }
    }

    void one(Checkpoint checkpoint) {
        switch (format) {
            case JSON -> terminal.line(Json.pretty(Json.wholeTree(checkpoint)));
            case YAML -> terminal.data(Yaml.of(Json.wholeTree(checkpoint)));
            case JSONL -> terminal.line(Json.compact(Json.wholeTree(checkpoint)));
            default ->
                rows(ListCheckpointsResponse.newBuilder()
                        .addCheckpoints(checkpoint)
                        .build());
        }
    }

    void all(ListCheckpointsResponse checkpoints) {
        switch (format) {
            case JSON -> terminal.line(Json.pretty(Json.wholeTree(checkpoints)));
            case YAML -> terminal.data(Yaml.of(Json.wholeTree(checkpoints)));
            case JSONL ->
                checkpoints.getCheckpointsList().forEach(each -> terminal.line(Json.compact(Json.wholeTree(each))));
            default -> rows(checkpoints);
        }
    }

    private void rows(ListCheckpointsResponse checkpoints) {
        if (format == OutputFormat.NAME) {
            checkpoints.getCheckpointsList().forEach(each -> terminal.line(SafeText.of(each.getId())));
            return;
        }
        Table table = new Table(terminal, HEADERS);
        for (Checkpoint each : checkpoints.getCheckpointsList()) {
            table.add(List.of(
                    SafeText.of(each.getId()),
                    Long.toString(each.getRevision()),
                    Long.toString(each.getEventOffset()),
                    Integer.toString(each.getParts()),
                    Long.toString(each.getBytes()),
                    Long.toString(each.getTookMs()),
                    Instant.ofEpochMilli(each.getWrittenAtMs())
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString()));
        }
        table.end();
    }
}
