package io.meshlog.cli.publish;

import io.grpc.StatusRuntimeException;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.ClientTls;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerFailure;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.completion.FleetNames;
import io.meshlog.cli.print.ProgressBar;
import io.meshlog.cli.print.SafeText;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.export.ExportPolicy;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.export.Skipped;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.meshlog.publisher.k8s.read.FieldException;
import io.meshlog.publisher.once.OneOffFailedException;
import io.meshlog.publisher.once.OneOffSession;
import io.meshlog.publisher.outbox.OutboxListener.Refused;
import io.meshlog.publisher.source.manifest.ManifestException;
import io.meshlog.publisher.source.manifest.ManifestObjects;
import io.meshlog.schemas.v1.ClusterStatus;
import io.meshlog.schemas.v1.StatusRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshlog publish}. */
@Command(
        name = "publish",
        header = "Publish manifests once, in a cluster's name",
        description = {
            "Declares what the manifests export, by the rules a publisher goes by, beside what the cluster has",
            "declared. Nothing is withdrawn but with --delete, and the cluster's publisher is not disturbed:",
            "when that publishes a snapshot the next time, what it does not have itself is withdrawn."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog publish service.yaml --cluster eastus",
            "  meshlog publish manifests/ --cluster eastus --dry-run",
            "  meshlog publish service.yaml --cluster eastus --delete",
            "",
            "Exit codes: 0 ok, 1 error or refused by the fleet, 2 usage, 4 timeout, 5 denied."
        })
public final class PublishCommand implements Callable<Integer> {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    private final Terminal terminal;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files of manifests, and folders of them.")
    List<Path> paths = new ArrayList<>();

    @Option(
            names = "--cluster",
            paramLabel = "CLUSTER",
            required = true,
            completionCandidates = FleetNames.OfClusters.class,
            description = "The cluster that declares them.")
    String cluster = "";

    @Option(names = "--delete", description = "Withdraw what the manifests export instead.")
    boolean delete;

    @Option(names = "--dry-run", description = "Only say what would be declared, and what would not and why.")
    boolean dryRun;

    public PublishCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ServerAddress address = server.address(terminal);
        ManifestObjects manifests = manifests();
        ExportPolicy policy = new ExportPolicy(ExportSettings.ofCluster(cluster, clusterId(address)));
        List<Skipped> skipped = policy.replace(manifests.objects());
        SortedMap<ResourceKey, Declared> declared = new TreeMap<>(policy.declared());
        // what a cluster is able to do is its publisher's to say
        declared.values().removeIf(resource -> resource.kind() == Kind.CLUSTER_CONFIG);
        List<ResourceKey> keys = List.copyOf(declared.keySet());
        manifests.ignored().stream()
                .sorted()
                .forEach(kind -> terminal.say("Not exported: objects of " + SafeText.of(kind)));
        skipped.forEach(one -> terminal.say(
                "Not exported: %s: %s".formatted(SafeText.of(one.object().toString()), SafeText.of(one.reason()))));
        if (keys.isEmpty()) {
            throw new CliException(ExitCode.ERROR, "the manifests export nothing");
        }
        List<Statement> statements = new ArrayList<>();
        declared.forEach((key, resource) ->
                statements.add(delete ? new Statement.Delete(key) : new Statement.Upsert(key, Value.of(resource))));
        return dryRun ? show(keys) : send(address, keys, statements);
    }

    private ManifestObjects manifests() {
        try {
            return ManifestObjects.read(paths.stream().map(terminal::resolve).toList());
        } catch (ManifestException | FieldException wrong) {
            throw new CliException(ExitCode.ERROR, String.valueOf(wrong.getMessage()));
        }
    }

    private int clusterId(ServerAddress address) {
        try (MeshConnection connection = MeshConnection.open(address)) {
            Duration limit = server.timeout().orElse(DEFAULT_TIMEOUT);
            List<ClusterStatus> clusters = connection
                    .mesh(Optional.of(limit))
                    .status(StatusRequest.getDefaultInstance())
                    .getClustersList();
            return clusters.stream()
                    .filter(one -> one.getName().equals(cluster))
                    .map(ClusterStatus::getId)
                    .findFirst()
                    .orElseThrow(() -> new CliException(
                            ExitCode.ERROR,
                            "cluster %s is not admitted to the fleet".formatted(SafeText.of(cluster)),
                            "The clusters are: "
                                    + clusters.stream()
                                            .map(ClusterStatus::getName)
                                            .collect(Collectors.joining(", ")),
                            "Admit it:  meshlog admin admit NAME --id ID"));
        } catch (StatusRuntimeException failed) {
            throw ServerFailure.of(failed, address);
        }
    }

    private int show(List<ResourceKey> keys) {
        keys.forEach(key -> terminal.line((delete ? "would withdraw " : "would declare ") + SafeText.of(key.value())));
        terminal.flush();
        return ExitCode.OK;
    }

    private int send(ServerAddress address, List<ResourceKey> keys, List<Statement> statements) {
        ClientTls tls = address.tls();
        GatewaySecurity security = tls == null
                ? new GatewaySecurity.InsecureDev("one-off")
                : new GatewaySecurity.MutualTls(tls.authority(), tls.certificate(), tls.key());
        try (OneOffSession session =
                        new OneOffSession(List.of(address.authority()), security, cluster, "meshlog publish");
                ProgressBar bar = ProgressBar.of(terminal, "publishing", statements.size())) {
            Duration limit = server.timeout().orElse(DEFAULT_TIMEOUT);
            OneOffSession.Outcome outcome = session.say(statements, limit, bar::reached);
            bar.clear();
            return report(keys, outcome);
        } catch (OneOffFailedException failed) {
            throw new CliException(
                    failed.isTimeout() ? ExitCode.TIMEOUT : ExitCode.ERROR,
                    SafeText.of(String.valueOf(failed.getMessage())));
        }
    }

    private int report(List<ResourceKey> keys, OneOffSession.Outcome outcome) {
        for (Refused refused : outcome.refused()) {
            terminal.say("Refused: %s: %s: %s"
                    .formatted(
                            SafeText.of(keys.get((int) refused.sequence() - 1).value()),
                            refused.rule(),
                            SafeText.of(refused.message())));
        }
        terminal.line("%d %s, %d refused, at revision %d"
                .formatted(
                        keys.size() - outcome.refused().size(),
                        delete ? "withdrawn" : "declared",
                        outcome.refused().size(),
                        outcome.revision()));
        terminal.flush();
        return outcome.refused().isEmpty() ? ExitCode.OK : ExitCode.ERROR;
    }
}
