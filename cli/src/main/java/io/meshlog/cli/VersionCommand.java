package io.meshlog.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code meshlog version}. */
@Command(
        name = "version",
        header = "Show the version of this command and of the Java it runs on",
        footerHeading = "%nExamples:%n",
        footer = "  meshlog version")
final class VersionCommand implements Callable<Integer> {
    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.line("meshlog " + version());
        terminal.line("java " + Runtime.version());
        terminal.flush();
        return ExitCode.OK;
    }

    /** From the jar's manifest; classes that were never packed have none. */
    static String version() {
        @Nullable String packed = Meshlog.class.getPackage().getImplementationVersion();
        return packed == null ? "unpacked" : packed;
    }
}
