package io.meshlog.cli.watch;

import com.google.protobuf.ByteString;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.OutputClosedException;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.completion.KindWords;
import io.meshlog.cli.print.OutputFormat;
import io.meshlog.cli.print.WatchPrinter;
import io.meshlog.cli.query.Kinds;
import io.meshlog.cli.query.SelectorOptions;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshlog watch}: what the fleet holds, and every change to it. */
@Command(
        name = "watch",
        header = "Show resources and then every change to them, as it comes",
        description = {
            "Prints the state, says when it is complete, then prints changes until Ctrl-C. Without kinds: all but",
            "sessions, jobs and fleet. When the server goes away the watch waits for it and goes on where it was.",
            "At its end it says on standard error how to go on later from there."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog watch                                 everything",
            "  meshlog watch services -n shop                services of one namespace",
            "  meshlog watch ep svc --cluster eastus -o jsonl | jq .upsert.key",
            "  meshlog watch --until-synced -o jsonl         the state, then end",
            "  meshlog watch --from-revision 1200            only what changed after it",
            "  meshlog watch services --resume TOKEN         go on where a watch ended",
            "",
            "JSON, YAML and jsonl carry the API's messages: upsert, removal, synced, bookmark, resync.",
            "Exit codes: 0 ok (also after Ctrl-C), 1 error, 2 usage, 4 timeout, 5 denied."
        })
public final class WatchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Mixin
    SelectorOptions selection = new SelectorOptions();

    @Parameters(
            paramLabel = "KIND",
            arity = "0..*",
            completionCandidates = KindWords.class,
            description = "Only these kinds, as in `get`.")
    List<String> kindWords = new ArrayList<>();

    @ArgGroup
    @Nullable
    Start start;

    @Option(names = "--until-synced", description = "End when the state, or what changed since the start, is complete.")
    boolean untilSynced;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (the default), wide, json, yaml, jsonl (a change per line) or name.")
    OutputFormat format = OutputFormat.TABLE;

    /** Where to begin, other than with the state. */
    static final class Start {
        @Option(
                names = "--from-revision",
                paramLabel = "REVISION",
                required = true,
                description = "Only what changed after it.")
        @Nullable
        Long fromRevision;

        @Option(names = "--resume", paramLabel = "TOKEN", required = true, description = "Only what changed since.")
        @Nullable
        String resume;
    }

    public WatchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (server.timeout().isPresent() && !untilSynced) {
            throw new CliException(ExitCode.USAGE, "--timeout is for --until-synced: a watch has no end of its own");
        }
        WatchProgress progress = new WatchProgress(request());
        WatchLoop loop = new WatchLoop(
                terminal,
                () -> server.address(terminal),
                new WatchPrinter(terminal, format),
                progress,
                untilSynced,
                server.timeout());
        try {
            loop.run();
            terminal.flush();
        } catch (OutputClosedException e) {
            terminal.stopSignal().stop();
            throw e;
        } finally {
            farewell(progress);
        }
        return ExitCode.OK;
    }

    private WatchRequest request() {
        Selector.Builder selector = selection.selector();
        for (String word : kindWords) {
            if (!word.equalsIgnoreCase("all")) {
                selector.addKinds(Kinds.required(word).plural());
            }
        }
        WatchRequest.Builder request = WatchRequest.newBuilder().setSelector(selector);
        if (start != null && start.fromRevision != null) {
            request.setAfterRevision(start.fromRevision);
        } else if (start != null && start.resume != null) {
            request.setResumeToken(ResumeToken.parse(start.resume));
        }
        return request.build();
    }

    private void farewell(WatchProgress progress) {
        ByteString token = progress.token();
        if (token == null) {
            return;
        }
        String text = ResumeToken.text(token);
        terminal.say("");
        terminal.say("Complete up to revision %d. Resume token: %s".formatted(progress.revision(), text));
        terminal.say("Go on from there:  " + resumeCommand(text));
    }

    private String resumeCommand(String token) {
        List<String> arguments = new ArrayList<>(List.of("meshlog", "watch"));
        arguments.addAll(kindWords);
        arguments.addAll(selection.asArguments());
        if (format != OutputFormat.TABLE) {
            arguments.addAll(List.of("-o", format.toString()));
        }
        arguments.addAll(server.asArguments());
        arguments.addAll(List.of("--resume", token));
        return arguments.stream().map(WatchCommand::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
