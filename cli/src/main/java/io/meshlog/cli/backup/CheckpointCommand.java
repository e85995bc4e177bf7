package io.meshlog.cli.backup;

import io.grpc.StatusRuntimeException;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerFailure;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.print.OutputFormat;
import io.meshlog.schemas.v1.Checkpoint;
import io.meshlog.schemas.v1.CheckpointRequest;
import io.meshlog.schemas.v1.CheckpointResponse;
import io.meshlog.schemas.v1.ListCheckpointsRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshlog checkpoint}: asks the fleet to keep its whole state. */
@Command(
        name = "checkpoint",
        header = "Keep the fleet's whole state as a checkpoint now",
        synopsisSubcommandLabel = "[list]",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog checkpoint --wait",
            "  meshlog checkpoint list",
            "",
            "The projector makes one each day by itself. Rebuilds and moves begin with the newest.",
            "Exit codes: 0 ok, 1 error or refused by the fleet, 2 usage, 4 timeout, 5 denied."
        })
public final class CheckpointCommand implements Callable<Integer> {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DEFAULT_WAIT = Duration.ofMinutes(10);
    private static final long LOOK_MS = 500;
    private static final int LOOKED_AT = 3;

    private final Terminal terminal;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(names = "--wait", description = "Wait until it is there, and show it.")
    boolean wait;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (the default), json, yaml, jsonl or name.")
    OutputFormat format = OutputFormat.TABLE;

    public CheckpointCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (format == OutputFormat.NAME && !wait) {
            throw new CliException(
                    ExitCode.USAGE, "a checkpoint has a name once it is there: -o name goes with --wait");
        }
        ServerAddress address = server.address(terminal);
        Duration limit = server.timeout().orElse(wait ? DEFAULT_WAIT : DEFAULT_TIMEOUT);
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        try (MeshConnection connection = MeshConnection.open(address)) {
            CheckpointResponse asked =
                    connection.admin(Optional.of(limit)).checkpoint(CheckpointRequest.getDefaultInstance());
            if (!wait) {
                new CheckpointPrinter(terminal, format).asked(asked);
            } else {
                new CheckpointPrinter(terminal, format).one(await(connection, asked, deadlineNanos));
            }
            terminal.flush();
            return ExitCode.OK;
        } catch (StatusRuntimeException e) {
            throw ServerFailure.of(e, address);
        }
    }

    private static Checkpoint await(MeshConnection connection, CheckpointResponse asked, long deadlineNanos)
            throws InterruptedException {
        while (true) {
            Checkpoint made = find(connection, asked, deadlineNanos);
            if (made != null) {
                return made;
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new CliException(
                        ExitCode.TIMEOUT,
                        "the checkpoint at revision %d is not there yet".formatted(asked.getRevision()),
                        "The projector's log says why; see whether one runs:  meshlog status",
                        "It may still come:  meshlog checkpoint list");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        }
    }

    private static @Nullable Checkpoint find(MeshConnection connection, CheckpointResponse asked, long deadlineNanos) {
        Duration left = Duration.ofNanos(Math.max(Duration.ofSeconds(1).toNanos(), deadlineNanos - System.nanoTime()));
        List<Checkpoint> newest = connection
                .admin(Optional.of(left))
                .listCheckpoints(
                        ListCheckpointsRequest.newBuilder().setLimit(LOOKED_AT).build())
                .getCheckpointsList();
        return newest.reversed().stream()
                .filter(each -> each.getPlace() >= asked.getPlace() && each.getRevision() >= asked.getRevision())
                .findFirst()
                .orElse(null);
    }
}
