package io.meshlog.cli.backup;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.print.ProgressBar;
import io.meshlog.events.checkpoint.DamagedCheckpointException;
import io.meshlog.events.log.LogLostException;
import io.meshlog.events.log.Topics;
import io.meshlog.projector.backup.FleetExport;
import io.meshlog.projector.backup.FleetExport.Exported;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshlog admin export-checkpoint}. */
@Command(
        name = "export-checkpoint",
        header = "Write the fleet to a file: its newest checkpoint and the events after it",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog admin export-checkpoint --fleet demo --kafka kafka:9092 --out demo.checkpoint",
            "  meshlog admin export-checkpoint --fleet demo --kafka kafka:9092 --out demo.checkpoint --without-events",
            "",
            "Reads Kafka itself: nothing of the fleet has to run. To move a fleet, stop its mesh-apis first, so that",
            "no event comes after the last that is written.",
            "Exit codes: 0 ok, 1 error, 2 usage."
        })
public final class ExportCheckpointCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Option(names = "--fleet", paramLabel = "NAME", required = true, description = "The fleet's name.")
    String fleet = "";

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to. What is there is replaced.")
    Path out = Path.of("");

    @Option(names = "--without-events", description = "Only the checkpoint: what was said after it is not in the file.")
    boolean withoutEvents;

    public ExportCheckpointCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Path file = terminal.resolve(out);
        try (ProgressBar bar = ProgressBar.of(terminal, "writing parts and events", 0)) {
            Exported done =
                    new FleetExport(kafka.connection(terminal), topics()).export(file, !withoutEvents, bar::reached);
            bar.clear();
            done.passedOver().forEach(words -> terminal.say("meshlog: passed over a damaged checkpoint: " + words));
            terminal.line("checkpoint %s at revision %d and %d events after it: %d bytes in %s"
                    .formatted(done.checkpoint().id(), done.checkpoint().revision(), done.events(), done.bytes(), out));
            terminal.flush();
            return ExitCode.OK;
        } catch (DamagedCheckpointException | LogLostException | KafkaException wrong) {
            throw new CliException(ExitCode.ERROR, String.valueOf(wrong.getMessage()));
        } catch (IOException unwritable) {
            throw new CliException(ExitCode.ERROR, "%s cannot be written: %s".formatted(out, unwritable));
        }
    }

    private Topics topics() {
        try {
            return new Topics(fleet);
        } catch (IllegalArgumentException wrong) {
            throw new CliException(ExitCode.USAGE, "--" + wrong.getMessage());
        }
    }
}
