package io.meshlog.cli;

import java.io.PrintWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code meshlog} command. */
@Command(
        name = "meshlog",
        header = "The event log that a fleet of Kubernetes clusters keeps its mesh state in",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog up                        start an example fleet on this machine",
            "  meshlog status                    how the fleet is, and what it lacks",
            "  meshlog get services              what it holds",
            "  meshlog watch services            and every change",
            "  meshlog COMMAND --help            more on a command, with examples",
            "",
            "Exit codes: 0 ok, 1 error, 2 usage, 3 degraded, 4 timeout, 5 denied."
        })
public final class Meshlog {
    /** How long an interrupted command may take to end in good order. */
    private static final long ORDERLY_END_SECONDS = 60;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    private Meshlog() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        if (Commands.isClient(arguments)) {
            // What a client has to say it says itself; making a logging system ready takes longer than most answers.
            System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        Terminal terminal = Terminal.system();
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted(terminal.stopSignal(), ended), "stop"));
        int exitCode = run(terminal, arguments);
        ended.complete(exitCode);
        System.exit(exitCode);
    }

    /** Runs the command; answers its exit code. */
    public static int run(Terminal terminal, String... arguments) {
        String[] orHelp = arguments.length == 0 ? new String[] {"--help"} : arguments;
        return commandLine(terminal, orHelp[0]).execute(orHelp);
    }

    /** Ctrl-C and SIGTERM: a command that heeds them ends by itself, and its code becomes the process's. */
    private static void interrupted(StopSignal stop, CompletableFuture<Integer> ended) {
        if (ended.isDone() || !stop.heeded()) {
            return;
        }
        stop.stop();
        try {
            Runtime.getRuntime().halt(ended.get(ORDERLY_END_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            Runtime.getRuntime().halt(ExitCode.ERROR);
        }
    }

    /** The command with all its subcommands. */
    static CommandLine wholeCommandLine(Terminal terminal) {
        return commandLine(terminal, "");
    }

    private static CommandLine commandLine(Terminal terminal, String wanted) {
        CommandLine line = new CommandLine(new Meshlog());
        Commands.add(line, terminal, wanted);
        line.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, terminal))
                .setParameterExceptionHandler((failure, args) -> misused(failure, terminal))
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
                .setOut(terminal.out())
                .setErr(terminal.err());
        return line;
    }

    private static int failed(Exception failure, Terminal terminal) throws Exception {
        return switch (failure) {
            case OutputClosedException closed -> ExitCode.OK;
            case CliException told -> {
                terminal.say("meshlog: " + told.getMessage());
                told.advice().forEach(advice -> terminal.say("  " + advice));
                yield told.exitCode();
            }
            default -> unexpected(failure, terminal);
        };
    }

    private static int unexpected(Exception failure, Terminal terminal) throws Exception {
        terminal.say("meshlog: " + failure);
        if (!terminal.environment("MESHLOG_DEBUG").isEmpty()) {
            throw failure;
        }
        terminal.say("  Set MESHLOG_DEBUG=1 to see where.");
        return ExitCode.ERROR;
    }

    private static int misused(ParameterException failure, Terminal terminal) {
        CommandLine command = failure.getCommandLine();
        terminal.say("meshlog: " + failure.getMessage());
        PrintWriter err = terminal.err();
        if (failure instanceof UnmatchedArgumentException) {
            UnmatchedArgumentException.printSuggestions(failure, err);
        }
        terminal.say("  Usage and examples:  %s --help"
                .formatted(command.getCommandSpec().qualifiedName()));
        return ExitCode.USAGE;
    }
}
