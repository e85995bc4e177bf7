package io.meshlog.cli.serve;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.publisher.Publisher;
import io.meshlog.publisher.PublisherConfig;
import io.meshlog.publisher.PublisherConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshlog publisher}. */
@Command(
        name = "publisher",
        header = "Run a publisher: it says in the fleet what a cluster holds",
        description = {
            "Runs in the foreground until SIGTERM or Ctrl-C.",
            "Settings come from the file, from variables MESHLOG_PUBLISHER_*, from --set and the other options; the",
            "later go first."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog publisher --config publisher.yaml",
            "  meshlog publisher --source kubernetes --cluster eastus --cluster-id 1 \\",
            "      --kubeconfig eastus.kubeconfig --config gateway-certificates.yaml",
            "  meshlog publisher --source etcd --cluster eastus --cluster-id 1 \\",
            "      --etcd-config clustermesh-etcd.yaml --config gateway-certificates.yaml",
            "  meshlog publisher --source manifests --cluster eastus --cluster-id 1 \\",
            "      --manifests examples/three-clusters/eastus --server 127.0.0.1:7400 --insecure-dev",
            "  meshlog publisher --example-fleet examples/three-clusters --server 127.0.0.1:7400 --insecure-dev",
            "",
            "Exit codes: 0 stopped, 1 error, 2 wrong configuration."
        })
public final class PublisherCommand implements Callable<Integer> {
    static final String PREFIX = "MESHLOG_PUBLISHER_";

    private final Terminal terminal;

    @Mixin
    ServeOptions options = new ServeOptions();

    @Mixin
    SourceOptions source = new SourceOptions();

    @Mixin
    ExportOptions export = new ExportOptions();

    @Option(names = "--server", paramLabel = "HOST:PORT", split = ",", description = "The gateways, tried in turn.")
    @Nullable
    List<String> servers;

    @Option(names = "--insecure-dev", description = "Plaintext, and the server believes the name. On loopback only.")
    boolean insecureDev;

    @Option(
            names = "--example-fleet",
            paramLabel = "DIR",
            description =
                    "Instead of one cluster: each folder in it that has a cluster.yaml, admitted to the fleet first.")
    @Nullable
    Path exampleFleet;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description = "Where /healthz, /readyz and /metrics are served. Default: nowhere.")
    @Nullable
    String http;

    public PublisherCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        @Nullable Path file = options.file(terminal);
        if (exampleFleet != null && source.isSaid()) {
            throw new CliException(ExitCode.USAGE, "--example-fleet brings its own clusters and sources");
        }
        if (exampleFleet != null && (servers == null || servers.isEmpty())) {
            throw new CliException(ExitCode.USAGE, "--example-fleet needs --server");
        }
        options.beginLogging(terminal);
        return Foreground.run(terminal, "publisher", options.companion, () -> {
            if (exampleFleet != null && servers != null) {
                return ExampleFleet.start(terminal.resolve(exampleFleet), servers.getFirst(), httpAddress());
            }
            return single(file);
        });
    }

    private AutoCloseable single(@Nullable Path file) throws IOException {
        Map<String, String> environment = options.environment(PREFIX);
        source.addTo(environment, terminal);
        export.addTo(environment);
        if (servers != null) {
            environment.put(PREFIX + "GATEWAYS", String.join(",", servers));
        }
        if (insecureDev) {
            environment.put(PREFIX + "SECURITY_MODE", "insecure-dev");
        }
        PublisherConfig config = file == null
                ? PublisherConfigFile.ofEnvironment(environment)
                : PublisherConfigFile.read(file, environment);
        Publisher publisher = new Publisher(config);
        publisher.start();
        return StatusPage.beside(httpAddress(), () -> List.of(publisher.status()), publisher);
    }

    private @Nullable ServerAddress httpAddress() {
        return http == null ? null : ServerAddress.parse(http, "--http");
    }
}
