package io.meshlog.cli.query;

import io.grpc.StatusRuntimeException;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerFailure;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.print.Json;
import io.meshlog.cli.print.OutputFormat;
import io.meshlog.cli.print.StatusText;
import io.meshlog.cli.print.Yaml;
import io.meshlog.schemas.v1.Component;
import io.meshlog.schemas.v1.StatusRequest;
import io.meshlog.schemas.v1.StatusResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshlog status}: how the fleet is, and what it lacks. */
@Command(
        name = "status",
        header = "Show how the fleet is, and what it lacks",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog status",
            "  meshlog status --server mesh.example.org:7171 -o json | jq .replica.state",
            "  meshlog status > /dev/null && echo all is well",
            "",
            "Exit codes: 0 all is well, 1 error, 2 usage, 3 something is lacking, 4 timeout, 5 denied."
        })
public final class StatusCommand implements Callable<Integer> {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (the default), wide, json, yaml or jsonl.")
    OutputFormat format = OutputFormat.TABLE;

    public StatusCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (format == OutputFormat.NAME) {
            throw new CliException(ExitCode.USAGE, "a status has no name: -o is table, wide, json, yaml or jsonl");
        }
        ServerAddress address = server.address(terminal);
        StatusResponse status;
        try (MeshConnection connection = MeshConnection.open(address)) {
            status = connection
                    .mesh(Optional.of(server.timeout().orElse(DEFAULT_TIMEOUT)))
                    .status(StatusRequest.getDefaultInstance());
        } catch (StatusRuntimeException e) {
            throw ServerFailure.of(e, address);
        }
        switch (format) {
            case JSON -> terminal.line(Json.pretty(Json.wholeTree(status)));
            case YAML -> terminal.data(Yaml.of(Json.wholeTree(status)));
            case JSONL -> terminal.line(Json.compact(Json.wholeTree(status)));
            default -> new StatusText(terminal, format == OutputFormat.WIDE).print(status);
        }
        terminal.flush();
        return degraded(status) ? ExitCode.DEGRADED : ExitCode.OK;
    }

    private static boolean degraded(StatusResponse status) {
        return status.getConditionsCount() > 0
                || !status.getReplica().getSynced()
                || !status.getComponentsList().stream().allMatch(Component::getHealthy);
    }
}
