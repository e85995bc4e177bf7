package io.meshlog.cli.print;

import io.meshlog.cli.Terminal;
import io.meshlog.cli.kind.ResourceKind;
import io.meshlog.schemas.v1.ClusterStatus;
import io.meshlog.schemas.v1.Component;
import io.meshlog.schemas.v1.Fleet;
import io.meshlog.schemas.v1.Replica;
import io.meshlog.schemas.v1.Session;
import io.meshlog.schemas.v1.StatusResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A status for people: the fleet, the replica that answers, the clusters, the other parts, and what is lacking. */
public final class StatusText {
    /** The kinds clusters declare, in the order of their columns. */
    private static final List<ResourceKind> COUNTED = List.of(
            ResourceKind.NODES,
            ResourceKind.IDENTITIES,
            ResourceKind.ENDPOINTS,
            ResourceKind.SERVICES,
            ResourceKind.ENDPOINT_SLICES,
            ResourceKind.SERVICE_EXPORTS,
            ResourceKind.POLICIES,
            ResourceKind.CLUSTER_CONFIGS,
            ResourceKind.OPAQUE);

    private final Terminal terminal;
    private final boolean wide;

    public StatusText(Terminal terminal, boolean wide) {
        this.terminal = terminal;
        this.wide = wide;
    }

    /** Prints all of it. */
    public void print(StatusResponse status) {
        Fleet fleet = status.getFleet();
        fact(
                "Fleet",
                "%s, log %s, feature level %d"
                        .formatted(
                                or(fleet.getName(), "not founded"),
                                or(fleet.getLogId(), "-"),
                                fleet.getFeatureLevel()));
        fact("Revision", Long.toString(status.getRevision()));
        replica(status.getReplica());
        conditions(status.getConditionsList());
        if (status.getClustersCount() > 0) {
            terminal.line("");
            clusters(status.getClustersList());
        }
        if (status.getComponentsCount() > 0) {
            terminal.line("");
            components(status.getComponentsList());
        }
    }

    private void replica(Replica replica) {
        String synced = replica.getSynced() ? "synced" : "NOT synced";
        fact(
                "Replica",
                "%s %s: %s, %s, state of %s ago, %d resources, %d watches"
                        .formatted(
                                replica.getName(),
                                replica.getVersion(),
                                replica.getState(),
                                synced,
                                age(replica.getStalenessMs()),
                                replica.getResources(),
                                replica.getWatches()));
    }

    private void conditions(List<String> conditions) {
        if (conditions.isEmpty()) {
            fact("Lacks", "nothing", Style.GREEN);
        }
        conditions.forEach(condition -> fact("Lacks", condition, Style.RED));
    }

    private void clusters(List<ClusterStatus> clusters) {
        List<String> headers = new ArrayList<>(List.of("CLUSTER", "ID", "CONNECTED", "SNAPSHOT"));
        COUNTED.forEach(kind -> headers.add(kind.plural().toUpperCase(Locale.ROOT)));
        headers.add("VIOLATIONS");
        if (wide) {
            headers.addAll(List.of("EPOCH", "SEQUENCE", "INCARNATION"));
        }
        Table table = new Table(terminal, headers);
        clusters.forEach(cluster -> table.add(cells(cluster)));
        table.end();
    }

    private List<String> cells(ClusterStatus cluster) {
        Session session = cluster.getSession();
        String snapshot = !cluster.hasSession() ? "none yet" : session.getSnapshotComplete() ? "complete" : "partial";
        List<String> cells = new ArrayList<>(List.of(
                cluster.getName(), Integer.toString(cluster.getId()), cluster.getConnected() ? "yes" : "no", snapshot));
        COUNTED.forEach(kind -> cells.add(Long.toString(cluster.getResourcesOrDefault(kind.plural(), 0))));
        cells.add(Long.toString(cluster.getViolations()));
        if (wide) {
            cells.add(Long.toString(session.getEpoch()));
            cells.add(Long.toString(session.getSequence()));
            cells.add(or(session.getIncarnation(), "-"));
        }
        return cells;
    }

    private void components(List<Component> components) {
        Table table = new Table(terminal, List.of("COMPONENT", "HEALTHY", "STATE"));
        components.forEach(component ->
                table.add(List.of(component.getName(), component.getHealthy() ? "yes" : "no", component.getState())));
        table.end();
    }

    private void fact(String name, String value) {
        terminal.line("%-9s %s".formatted(name, SafeText.of(value)));
    }

    private void fact(String name, String value, Style style) {
        terminal.line("%-9s %s".formatted(name, style.of(SafeText.of(value), terminal.colour())));
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    private static String age(long ms) {
        if (ms < 1_000) {
            return ms + " ms";
        }
        return ms < 120_000 ? ms / 1_000 + " s" : ms / 60_000 + " min";
    }
}
