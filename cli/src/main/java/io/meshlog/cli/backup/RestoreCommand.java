package io.meshlog.cli.backup;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.print.ProgressBar;
import io.meshlog.events.checkpoint.DamagedCheckpointException;
import io.meshlog.events.log.TopicException;
import io.meshlog.events.wire.RegistryException;
import io.meshlog.projector.backup.FleetRestore;
import io.meshlog.projector.backup.FleetRestore.Restored;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshlog admin restore}. */
@Command(
        name = "restore",
        header = "Put a fleet from a file into a Kafka that has none of it",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog admin restore --from demo.checkpoint --kafka new-kafka:9092",
            "  meshlog admin restore --from demo.checkpoint --kafka kafka:9092 --refound \"disk lost on 3 May\"",
            "",
            "Makes the fleet's topics; refuses ones that hold something. Then start projectors and mesh-apis on it,",
            "each with an empty data folder. Revisions, versions and digests are the ones from before.",
            "Exit codes: 0 ok, 1 error, 2 usage."
        })
public final class RestoreCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Option(names = "--from", paramLabel = "FILE", required = true, description = "What export-checkpoint wrote.")
    Path from = Path.of("");

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            description = "Of the topics. Default: 3, or as many brokers as there are.")
    short replicationFactor = -1;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = "The schema registry of the new place. Without: records carry schema id 0.")
    @Nullable
    URI registry;

    @Option(
            names = "--refound",
            paramLabel = "REASON",
            description = "Give the log a new id, because acknowledged events are not in the file: readers begin anew.")
    @Nullable
    String refound;

    public RestoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (refound != null && refound.isBlank()) {
            throw new CliException(ExitCode.USAGE, "--refound: is empty, say why the log gets a new id");
        }
        FleetRestore.Options options = new FleetRestore.Options(replicationFactor, registry, refound);
        try (ProgressBar bar = ProgressBar.of(terminal, "restoring parts and events", 0)) {
            Restored done =
                    new FleetRestore(kafka.connection(terminal), options).restore(terminal.resolve(from), bar::reached);
            bar.clear();
            terminal.line("fleet %s restored: checkpoint %s at revision %d and %d events after it"
                    .formatted(
                            done.fleet(),
                            done.checkpoint().id(),
                            done.checkpoint().revision(),
                            done.events()));
            terminal.line("Now start its projectors and mesh-apis on %s, each with an empty data folder."
                    .formatted(kafka.servers));
            terminal.flush();
            return ExitCode.OK;
        } catch (DamagedCheckpointException
                | IllegalStateException
                | TopicException
                | RegistryException
                | KafkaException wrong) {
            throw new CliException(ExitCode.ERROR, String.valueOf(wrong.getMessage()));
        } catch (IOException unreadable) {
            throw new CliException(ExitCode.ERROR, "%s cannot be read: %s".formatted(from, unreadable));
        }
    }
}
