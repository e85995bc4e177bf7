package io.meshlog.cli.serve;

import io.meshlog.cli.Terminal;
import io.meshlog.meshapi.MeshApi;
import io.meshlog.meshapi.MeshApiConfigFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code meshlog mesh-api}. */
@Command(
        name = "mesh-api",
        header = "Run a mesh-api: it serves the fleet's state and takes in what clusters publish",
        description = {
            "Runs in the foreground until SIGTERM or Ctrl-C.",
            "Settings come from the file, from variables MESHLOG_API_*, from --set; the later go first."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog mesh-api --config mesh-api.yaml",
            "  meshlog mesh-api --config mesh-api.yaml --set grpc.bind=127.0.0.1:7500 --set name=replica-2",
            "",
            "Exit codes: 0 stopped, 1 error, 2 wrong configuration."
        })
public final class MeshApiCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    ServeOptions options = new ServeOptions();

    public MeshApiCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        @Nullable Path file = options.file(terminal);
        options.beginLogging(terminal);
        return Foreground.run(
                terminal,
                "mesh-api",
                options.companion,
                () -> MeshApi.start(
                        MeshApiConfigFile.read(file, options.environment(MeshApiConfigFile.VARIABLE_PREFIX))));
    }
}
