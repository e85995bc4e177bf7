package io.meshlog.cli;

import io.meshlog.cli.admin.AdminCommand;
import io.meshlog.cli.admin.AdmitCommand;
import io.meshlog.cli.admin.ExpelCommand;
import io.meshlog.cli.admin.RaiseFeatureLevelCommand;
import io.meshlog.cli.admin.RefoundCommand;
import io.meshlog.cli.backup.CheckpointCommand;
import io.meshlog.cli.backup.CheckpointListCommand;
import io.meshlog.cli.backup.ExportCheckpointCommand;
import io.meshlog.cli.backup.RestoreCommand;
import io.meshlog.cli.bench.BenchCommand;
import io.meshlog.cli.completion.NamesCommand;
import io.meshlog.cli.mirror.MirrorCommand;
import io.meshlog.cli.publish.PublishCommand;
import io.meshlog.cli.query.GetCommand;
import io.meshlog.cli.query.StatusCommand;
import io.meshlog.cli.serve.MeshApiCommand;
import io.meshlog.cli.serve.ProjectorCommand;
import io.meshlog.cli.serve.PublisherCommand;
import io.meshlog.cli.up.UpCommand;
import io.meshlog.cli.watch.WatchCommand;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * The commands by name. Only the one that was asked for is made, and so loaded: a client command answers fast because
 * nothing of the servers is touched. Where none of them was asked for, all are made, for the help text.
 */
final class Commands {
    private static final List<String> CLIENTS = List.of(
            "up",
            "status",
            "get",
            "watch",
            "publish",
            "admin",
            "checkpoint",
            "mirror",
            "bench",
            "completion",
            "version");
    private static final List<String> SERVERS = List.of("projector", "mesh-api", "publisher");
    private static final List<String> HIDDEN = List.of("rehearse", "names");

    private Commands() {}

    static void add(CommandLine line, Terminal terminal, String wanted) {
        List<String> names =
                Stream.of(CLIENTS, SERVERS, HIDDEN).flatMap(List::stream).toList();
        List<String> needed = names.contains(wanted) ? List.of(wanted) : names;
        needed.forEach(name -> line.addSubcommand(name, command(name, terminal)));
    }

    /** Whether the arguments name no server, which alone writes a log. */
    static boolean isClient(String... arguments) {
        return arguments.length == 0 || !SERVERS.contains(arguments[0]);
    }

    private static Object command(String name, Terminal terminal) {
        return switch (name) {
            case "status" -> new StatusCommand(terminal);
            case "get" -> new GetCommand(terminal);
            case "watch" -> new WatchCommand(terminal);
            case "admin" ->
                new CommandLine(new AdminCommand())
                        .addSubcommand("admit", new AdmitCommand(terminal))
                        .addSubcommand("expel", new ExpelCommand(terminal))
                        .addSubcommand("refound", new RefoundCommand(terminal))
                        .addSubcommand("raise-feature-level", new RaiseFeatureLevelCommand(terminal))
                        .addSubcommand("export-checkpoint", new ExportCheckpointCommand(terminal))
                        .addSubcommand("restore", new RestoreCommand(terminal));
            case "checkpoint" ->
                new CommandLine(new CheckpointCommand(terminal))
                        .addSubcommand("list", new CheckpointListCommand(terminal));
            case "mirror" -> new MirrorCommand(terminal);
            case "bench" -> new BenchCommand(terminal);
            case "completion" -> new CompletionCommand(terminal);
            case "names" -> new NamesCommand(terminal);
            case "up" -> new UpCommand(terminal);
            case "projector" -> new ProjectorCommand(terminal);
            case "mesh-api" -> new MeshApiCommand(terminal);
            case "publisher" -> new PublisherCommand(terminal);
            case "rehearse" -> new Rehearsal();
            case "publish" -> new PublishCommand(terminal);
            case "version" -> new VersionCommand(terminal);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
