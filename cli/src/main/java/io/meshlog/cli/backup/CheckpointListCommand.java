package io.meshlog.cli.backup;

import io.grpc.StatusRuntimeException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerFailure;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.print.OutputFormat;
import io.meshlog.schemas.v1.ListCheckpointsRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshlog checkpoint list}. */
@Command(
        name = "list",
        header = "Show the checkpoints there are, newest first",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog checkpoint list",
            "  meshlog checkpoint list -o jsonl | jq .revision",
            "",
            "One that was cut short is not shown, and is never used.",
            "Exit codes: 0 ok, 1 error, 2 usage, 4 timeout, 5 denied."
        })
public final class CheckpointListCommand implements Callable<Integer> {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final Terminal terminal;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (the default), json, yaml, jsonl or name.")
    OutputFormat format = OutputFormat.TABLE;

    public CheckpointListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ServerAddress address = server.address(terminal);
        try (MeshConnection connection = MeshConnection.open(address)) {
            new CheckpointPrinter(terminal, format)
                    .all(connection
                            .admin(Optional.of(server.timeout().orElse(DEFAULT_TIMEOUT)))
                            .listCheckpoints(ListCheckpointsRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            throw ServerFailure.of(e, address);
        }
        terminal.flush();
        return ExitCode.OK;
    }
}
