package io.meshlog.cli.completion;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerFailure;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.kind.ResourceKind;
import io.meshlog.cli.kind.ResourceName;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.ListResponse;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Selector;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code meshlog names}, for the script of {@link CompletionScript}: the names of a sort, one a line, sorted.
 *
 * <p>Bounds, for a person waits with a finger on the key: what came within {@value #PATIENCE_MS} ms, and at most {@value
 * #MOST} names. Only names in letters, digits, dots, dashes and underscores are shown: they end up in a shell.
 */
@Command(name = "names", hidden = true, header = "Show names of the fleet, for completion in a shell")
public final class NamesCommand implements Callable<Integer> {
    private static final long PATIENCE_MS = 2_000;
    private static final int MOST = 1_000;
    private static final Pattern HARMLESS = Pattern.compile("[a-zA-Z0-9][-._a-zA-Z0-9]*");

    private final Terminal terminal;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "NAMES", description = "clusters or namespaces.")
    FleetNames wanted = FleetNames.CLUSTERS;

    public NamesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ServerAddress address = server.address(terminal);
        NavigableSet<String> names = new TreeSet<>();
        try (MeshConnection connection = MeshConnection.open(address)) {
            collect(connection, names);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
                throw ServerFailure.of(e, address);
            }
        }
        names.forEach(terminal::line);
        terminal.flush();
        return ExitCode.OK;
    }

    private void collect(MeshConnection connection, NavigableSet<String> names) {
        Duration limit = server.timeout().orElse(Duration.ofMillis(PATIENCE_MS));
        ListRequest request = ListRequest.newBuilder().setSelector(selector()).build();
        Iterator<ListResponse> responses = connection.mesh(Optional.of(limit)).list(request);
        while (names.size() < MOST && responses.hasNext()) {
            responses.next().getResourcesList().stream()
                    .map(this::name)
                    .filter(name -> HARMLESS.matcher(name).matches())
                    .takeWhile(name -> names.size() < MOST)
                    .forEach(names::add);
        }
    }

    private Selector selector() {
        Selector.Builder selector = Selector.newBuilder();
        switch (wanted) {
            case CLUSTERS -> selector.addKinds(ResourceKind.CLUSTERS.plural());
            case NAMESPACES ->
                Arrays.stream(ResourceKind.values())
                        .filter(ResourceKind::namespaced)
                        .forEach(kind -> selector.addKinds(kind.plural()));
        }
        return selector.build();
    }

    private String name(Resource resource) {
        ResourceName name = ResourceName.of(resource);
        return switch (wanted) {
            case CLUSTERS -> name.name();
            case NAMESPACES -> name.namespace();
        };
    }
}
