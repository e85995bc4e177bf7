package io.meshlog.cli.serve;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster is published and where its objects come from. */
public final class SourceOptions {
    @Option(
            names = "--source",
            paramLabel = "KIND",
            description = "Where the objects come from: kubernetes, etcd, manifests.")
    @Nullable
    SourceKind source;

    @Option(names = "--cluster", paramLabel = "NAME", description = "The cluster's name in the fleet.")
    @Nullable
    String cluster;

    @Option(names = "--cluster-id", paramLabel = "N", description = "Its Cilium cluster id, unique in the fleet.")
    @Nullable
    Integer clusterId;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "How to reach the cluster. Else as a pod is told, or as kubectl would.")
    @Nullable
    Path kubeconfig;

    @Option(
            names = "--leader-election",
            description = "Several publishers of the cluster elect one by a Lease; the others stand by.")
    boolean leaderElection;

    @Option(
            names = "--etcd-config",
            paramLabel = "FILE",
            description = "How to reach the cluster's clustermesh etcd, in Cilium's own format.")
    @Nullable
    Path etcdConfig;

    @Option(names = "--manifests", paramLabel = "DIR", description = "The folder of manifests; edits are seen.")
    @Nullable
    Path manifests;

    /** Where a publisher's objects can come from. */
    public enum SourceKind {
        KUBERNETES,
        ETCD,
        MANIFESTS
    }

    /** Whether a source or its cluster was named. */
    boolean isSaid() {
        return source != null
                || cluster != null
                || clusterId != null
                || kubeconfig != null
                || leaderElection
                || etcdConfig != null
                || manifests != null;
    }

    /** @throws CliException if options are of different sources */
    void addTo(Map<String, String> environment, Terminal terminal) {
        SourceKind kind = kind();
        put(environment, "SOURCE", kind == null ? null : kind.name().toLowerCase(Locale.ROOT));
        put(environment, "CLUSTER_NAME", cluster);
        put(environment, "CLUSTER_ID", clusterId);
        put(environment, "KUBERNETES_KUBECONFIG", kubeconfig == null ? null : terminal.resolve(kubeconfig));
        put(environment, "KUBERNETES_LEADER_ELECTION", leaderElection ? true : null);
        put(environment, "ETCD_CONFIG", etcdConfig == null ? null : terminal.resolve(etcdConfig));
        put(environment, "MANIFESTS_DIRECTORY", manifests == null ? null : terminal.resolve(manifests));
    }

    /** What was said, or what options that only one source has say; null where the configuration is to say it. */
    private @Nullable SourceKind kind() {
        SourceKind kind = source;
        kind = agreed(kind, kubeconfig != null, SourceKind.KUBERNETES, "--kubeconfig");
        kind = agreed(kind, leaderElection, SourceKind.KUBERNETES, "--leader-election");
        kind = agreed(kind, etcdConfig != null, SourceKind.ETCD, "--etcd-config");
        return agreed(kind, manifests != null, SourceKind.MANIFESTS, "--manifests");
    }

    private static @Nullable SourceKind agreed(
            @Nullable SourceKind sofar, boolean said, SourceKind only, String option) {
        if (said && sofar != null && sofar != only) {
            throw new CliException(
                    ExitCode.USAGE,
                    "%s is for --source %s, this is --source %s"
                            .formatted(
                                    option,
                                    only.name().toLowerCase(Locale.ROOT),
                                    sofar.name().toLowerCase(Locale.ROOT)));
        }
        return said ? only : sofar;
    }

    static void put(Map<String, String> environment, String variable, @Nullable Object value) {
        if (value != null) {
            environment.put(PublisherCommand.PREFIX + variable, value.toString());
        }
    }
}
