package io.meshlog.cli.query;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerFailure;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.completion.KindWords;
import io.meshlog.cli.kind.ResourceKind;
import io.meshlog.cli.kind.ResourceName;
import io.meshlog.cli.print.Json;
import io.meshlog.cli.print.ListPrinter;
import io.meshlog.cli.print.ListTable;
import io.meshlog.cli.print.OutputFormat;
import io.meshlog.cli.print.ProgressBar;
import io.meshlog.cli.print.Yaml;
import io.meshlog.schemas.v1.GetRequest;
import io.meshlog.schemas.v1.GetResponse;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.ListResponse;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshlog get}: what the fleet holds now. */
@Command(
        name = "get",
        header = "Show resources of the fleet",
        description = {
            "Kinds: nodes (no), identities (id), endpoints (ep), services (svc), endpointslices (slices, eps),",
            "serviceexports (svcex), policies (pol), clusterconfigs (cc), opaque, violations, clusters, sessions, jobs, fleet; `all` for all but the last three.",
            "",
            "A name is NAME, NAMESPACE/NAME, CLUSTER/NAMESPACE/NAME, or a whole key as -o name prints it.",
            "JSON and YAML are a list with the revision it is of; where only one resource can be meant, the resource."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog get services                          all services of all clusters",
            "  meshlog get svc -n shop --cluster eastus      those of one namespace of one cluster",
            "  meshlog get svc shop/web                      one service in every cluster that has it",
            "  meshlog get svc eastus/shop/web -o yaml       one service, whole",
            "  meshlog get nodes -l topology.kubernetes.io/region=eastus -o wide",
            "  meshlog get violations                        what the fleet refused, and why",
            "  meshlog get all -o name | wc -l",
            "",
            "Exit codes: 0 ok, 1 error or not found, 2 usage, 4 timeout, 5 denied."
        })
public final class GetCommand implements Callable<Integer> {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final Terminal terminal;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Mixin
    SelectorOptions selection = new SelectorOptions();

    @Parameters(
            index = "0",
            paramLabel = "KIND",
            completionCandidates = KindWords.class,
            description = "A kind, `all`, or a whole key.")
    String kindWord = "";

    @Parameters(index = "1..*", paramLabel = "NAME", arity = "0..*", description = "Only these.")
    List<String> names = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (the default), wide, json, yaml, jsonl (a resource per line) or name.")
    OutputFormat format = OutputFormat.TABLE;

    @Option(names = "--linearizable", description = "Wait until the replica has everything decided before this moment.")
    boolean linearizable;

    public GetCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<ResourceKind> kinds = kinds();
        List<NameQuery> queries =
                names.stream().map(name -> NameQuery.of(kinds.getFirst(), name)).toList();
        ServerAddress address = server.address(terminal);
        try (MeshConnection connection = MeshConnection.open(address)) {
            Optional<String> exactKey = queries.size() == 1 ? queries.getFirst().exactKey(selection) : Optional.empty();
            return exactKey.isPresent()
                    ? one(connection, kinds.getFirst(), exactKey.get())
                    : list(connection, kinds, queries);
        } catch (StatusRuntimeException e) {
            throw ServerFailure.of(e, address);
        } finally {
            terminal.flush();
        }
    }

    /** The kinds asked for; none for all. A whole key in the place of the kind becomes the name. */
    private List<ResourceKind> kinds() {
        if (kindWord.equalsIgnoreCase("all")) {
            if (!names.isEmpty()) {
                throw new CliException(
                        ExitCode.USAGE, "a name needs its kind, for example: get services " + names.getFirst());
            }
            return List.of();
        }
        ResourceKind ofKey = ResourceKind.ofWord(ResourceName.ofKey(kindWord).kind());
        if (ofKey != null && names.isEmpty()) {
            names.add(kindWord);
            return List.of(ofKey);
        }
        return List.of(Kinds.required(kindWord));
    }

    private int one(MeshConnection connection, ResourceKind kind, String key) {
        GetResponse response;
        try {
            response = connection
                    .mesh(timeout())
                    .get(GetRequest.newBuilder()
                            .setKey(key)
                            .setLinearizable(linearizable)
                            .build());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return notFound(kind, List.of(names.getFirst()));
            }
            throw e;
        }
        Resource resource = response.getResource();
        switch (format) {
            case JSON -> terminal.line(Json.pretty(Json.tree(resource)));
            case YAML -> terminal.data(Yaml.of(Json.tree(resource)));
            default -> {
                ListPrinter printer = printer(kind, "");
                printer.add(resource);
                printer.end(response.getRevision());
            }
        }
        return ExitCode.OK;
    }

    private int list(MeshConnection connection, List<ResourceKind> kinds, List<NameQuery> queries) {
        if (kinds.isEmpty() && format.forPeople()) {
            return tables(connection);
        }
        ListPrinter printer =
                kinds.isEmpty() ? ListPrinter.forPrograms(format, terminal) : printer(kinds.getFirst(), "");
        List<NameQuery> missing = new ArrayList<>(queries);
        long printed = print(connection, selector(kinds, queries), printer, queries, missing);
        if (!missing.isEmpty()) {
            return notFound(
                    kinds.getFirst(), missing.stream().map(NameQuery::text).toList());
        }
        if (printed == 0 && format.forPeople()) {
            terminal.say("No " + kinds.getFirst().plural() + " match.");
        }
        return ExitCode.OK;
    }

    /** People see a table for each kind, so each is asked for on its own. */
    private int tables(MeshConnection connection) {
        long printed = 0;
        for (ResourceKind kind : Kinds.SHOWN_BY_DEFAULT) {
            String heading = (printed == 0 ? "" : "\n") + kind.plural().toUpperCase(Locale.ROOT) + "\n";
            printed += print(
                    connection,
                    selector(List.of(kind), List.of()),
                    printer(kind, heading),
                    List.of(),
                    new ArrayList<>());
        }
        if (printed == 0) {
            terminal.say("Nothing matches.");
        }
        return ExitCode.OK;
    }

    private long print(
            MeshConnection connection,
            Selector selector,
            ListPrinter printer,
            List<NameQuery> queries,
            List<NameQuery> missing) {
        ListRequest request = ListRequest.newBuilder()
                .setSelector(selector)
                .setLinearizable(linearizable)
                .build();
        long printed = 0;
        long received = 0;
        long revision = 0;
        try (ProgressBar bar = ProgressBar.besideData(terminal, "receiving")) {
            for (Iterator<ListResponse> responses = connection.mesh(timeout()).list(request); responses.hasNext(); ) {
                ListResponse response = responses.next();
                revision = response.getRevision();
                received += response.getResourcesCount();
                bar.reached(received);
                for (Resource resource : response.getResourcesList()) {
                    ResourceName name = ResourceName.of(resource);
                    if (queries.isEmpty() || queries.stream().anyMatch(query -> query.matches(name))) {
                        missing.removeIf(query -> query.matches(name));
                        printer.add(resource);
                        printed++;
                    }
                }
            }
        }
        printer.end(revision);
        return printed;
    }

    private Selector selector(List<ResourceKind> kinds, List<NameQuery> queries) {
        Selector.Builder selector = selection.selector();
        kinds.forEach(kind -> selector.addKinds(kind.plural()));
        queries.forEach(query -> selector.addAllNames(query.names()));
        return selector.build();
    }

    private ListPrinter printer(ResourceKind kind, String heading) {
        return format.forPeople()
                ? new ListTable(terminal, format == OutputFormat.WIDE, kind, heading)
                : ListPrinter.forPrograms(format, terminal);
    }

    private int notFound(ResourceKind kind, List<String> missing) {
        terminal.flush();
        missing.forEach(name -> terminal.say("meshlog: there is no %s \"%s\"".formatted(kind.singular(), name)));
        return ExitCode.ERROR;
    }

    private Optional<Duration> timeout() {
        return Optional.of(server.timeout().orElse(DEFAULT_TIMEOUT));
    }
}
