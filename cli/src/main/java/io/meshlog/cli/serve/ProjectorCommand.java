package io.meshlog.cli.serve;

import io.meshlog.cli.Terminal;
import io.meshlog.projector.Projector;
import io.meshlog.projector.ProjectorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code meshlog projector}. */
@Command(
        name = "projector",
        header = "Run a projector: it folds the fleet's events into its changelog",
        description = {
            "Runs in the foreground until SIGTERM or Ctrl-C. Of several, one folds and the others stand by.",
            "Settings come from the file, from variables MESHLOG_PROJECTOR_*, from --set; the later go first."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog projector --config projector.yaml",
            "  meshlog projector --config projector.yaml --set streams.commitIntervalMs=20 --log-level debug",
            "  MESHLOG_PROJECTOR_FLEET=demo meshlog projector --set kafka.bootstrapServers=kafka:9092 \\",
            "      --set dataDir=/var/lib/meshlog",
            "",
            "Exit codes: 0 stopped, 1 error, 2 wrong configuration."
        })
public final class ProjectorCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    ServeOptions options = new ServeOptions();

    public ProjectorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        @Nullable Path file = options.file(terminal);
        options.beginLogging(terminal);
        return Foreground.run(terminal, "projector", options.companion, () -> start(file));
    }

    private AutoCloseable start(@Nullable Path file) throws IOException {
        String yaml = file == null ? "" : Files.readString(file);
        Projector projector =
                new Projector(ProjectorConfig.read(yaml, options.environment(ProjectorConfig.VARIABLE_PREFIX)));
        projector.start();
        return projector;
    }
}
