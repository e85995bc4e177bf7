package io.meshlog.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code meshlog} command. */
@Command(
        name = "meshlog",
        description = "Keeps the mesh state of a fleet of Kubernetes clusters.",
        mixinStandardHelpOptions = true,
        versionProvider = Meshlog.Version.class,
        subcommands = Meshlog.VersionCommand.class)
public final class Meshlog {
    private Meshlog() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Meshlog()).execute(args));
    }

    @Command(name = "version", description = "Prints the version.")
    static final class VersionCommand implements Runnable {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public void run() {
            spec.root().commandLine().printVersionHelp(spec.commandLine().getOut());
        }
    }

    /** The version of the jar that is running; "development" when it runs from class files. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Meshlog.class.getPackage().getImplementationVersion();
            return new String[] {"meshlog " + (version == null ? "development" : version)};
        }
    }
}
