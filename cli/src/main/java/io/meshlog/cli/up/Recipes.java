package io.meshlog.cli.up;

import io.meshlog.cli.leash.Leash;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How each part is started. Configuration files are written anew at each start, into {@code config}, where they also show
 * how a part is run on its own.
 */
final class Recipes {
    static final String FLEET = "demo";

    /** A broker or registry that takes longer is not going to answer. */
    private static final Duration OWN_START = Duration.ofMinutes(2);

    /** These wait for others, which may be down for as long as somebody needs to repair them. */
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final Installation installation;
    private final DataFolder data;
    private final Ports ports;

    Recipes(Installation installation, DataFolder data, Ports ports) {
        this.installation = installation;
        this.data = data;
        this.ports = ports;
    }

    PartSpec broker() {
        List<String> program = List.of(
                "-cp",
                installation.brokerJar().toString(),
                "io.meshlog.broker.BrokerMain",
                "--data",
                folder("kafka").toString(),
                "--port",
                Integer.toString(ports.kafka()),
                "--controller-port",
                Integer.toString(ports.controller()),
                "--parent",
                self());
        return part(
                "broker",
                Jvm.command(192, List.of("-XX:TieredStopAtLevel=1"), program),
                OWN_START,
                () -> Probe.connects(ports.kafka()));
    }

    PartSpec registry() {
        List<String> options = List.of(
                "-XX:TieredStopAtLevel=1",
                // as its own manifest asks, which counts only for -jar
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + ports.registry(),
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=" + ports.registryManagement(),
                "-Dquarkus.banner.enabled=false",
                "-Dquarkus.http.access-log.enabled=false",
                "-Dapicurio.datasource.url=jdbc:h2:file:"
                        + folder("registry").resolve("db").toAbsolutePath(),
                "-Dapicurio.rules.global.compatibility=FULL_TRANSITIVE");
        List<String> program = List.of(
                "-cp",
                leash() + File.pathSeparator + installation.registryRunner(),
                Leash.class.getName(),
                self(),
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint");
        return part(
                "registry",
                Jvm.command(160, options, program),
                OWN_START,
                () -> Probe.isOk(ports.registryManagement(), "/health/ready"));
    }

    PartSpec projector() {
        Path config = config("projector", """
                # Made by `meshlog up` at each start; copy it to change it.
                fleet: %s
                dataDir: %s
                kafka:
                  bootstrapServers: 127.0.0.1:%d
                  replicationFactor: 1
                registry:
                  url: http://127.0.0.1:%d/apis/ccompat/v7
                streams:
                  standbys: 0
                  sessionTimeoutMs: 2000
                decider:
                  found: true
                http:
                  bind: 127.0.0.1:%d
                """.formatted(
                        FLEET, quoted(folder("projector")), ports.kafka(), ports.registry(), ports.projectorHttp()));
        return part(
                "projector",
                command(96, "projector", "--config", config.toString()),
                FOR_EVER,
                () -> Probe.isOk(ports.projectorHttp(), "/readyz"));
    }

    /** @param etcdCluster whose state the etcd face shows; null for that of the cluster a client speaks for */
    PartSpec meshApi(@Nullable String etcdCluster) {
        Path config = config("mesh-api", """
                # Made by `meshlog up` at each start; copy it to change it.
                fleet: %s
                name: mesh-api-0
                dataDir: %s
                kafka:
                  bootstrapServers: 127.0.0.1:%d
                registry:
                  url: http://127.0.0.1:%d/apis/ccompat/v7
                grpc:
                  bind: 127.0.0.1:%d
                http:
                  bind: 127.0.0.1:%d
                etcd:
                  bind: 127.0.0.1:%d
                %sinsecureDev: true
                """.formatted(
                        FLEET,
                        quoted(folder("mesh-api")),
                        ports.kafka(),
                        ports.registry(),
                        ports.grpc(),
                        ports.http(),
                        ports.etcd(),
                        etcdCluster == null ? "" : "  cluster: %s\n".formatted(etcdCluster)));
        return part(
                "mesh-api",
                command(128, "mesh-api", "--config", config.toString()),
                FOR_EVER,
                () -> Probe.isOk(ports.http(), "/readyz"));
    }

    PartSpec publishers(Path exampleFleet) {
        return part(
                "publishers",
                command(
                        64,
                        "publisher",
                        "--example-fleet",
                        exampleFleet.toString(),
                        "--server",
                        server(),
                        "--insecure-dev",
                        "--http",
                        "127.0.0.1:" + ports.publishersHttp()),
                FOR_EVER,
                () -> Probe.isOk(ports.publishersHttp(), "/readyz"));
    }

    /** Where clients connect. */
    String server() {
        return "127.0.0.1:" + ports.grpc();
    }

    private List<String> command(int heapMb, String... arguments) {
        List<String> options = List.of("-XX:TieredStopAtLevel=1", "-Dio.netty.allocator.numDirectArenas=1");
        List<String> program =
                new ArrayList<>(List.of("-cp", installation.commandJar().toString(), "io.meshlog.cli.Meshlog"));
        program.addAll(List.of(arguments));
        program.addAll(List.of("--with-process", self()));
        return Jvm.command(heapMb, options, program);
    }

    private PartSpec part(String name, List<String> command, Duration readyWithin, BooleanSupplier answers) {
        return new PartSpec(name, command, Map.of(), answers, readyWithin, log(name));
    }

    Path log(String part) {
        return data.resolve("logs").resolve(part + ".log");
    }

    private Path folder(String part) {
        return data.resolve(part);
    }

    private Path config(String part, String yaml) {
        try {
            Path file = data.resolve("config").resolve(part + ".yaml");
            Files.createDirectories(data.resolve("config"));
            return Files.writeString(file, yaml);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A class path of the one class that the registry is started with. */
    private Path leash() {
        String name = Leash.class.getName().replace('.', '/') + ".class";
        Path classPath = data.resolve("config").resolve("leash");
        Path file = classPath.resolve(name);
        try (InputStream bytes = Objects.requireNonNull(Leash.class.getResourceAsStream("/" + name))) {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.copy(bytes, file, StandardCopyOption.REPLACE_EXISTING);
            return classPath;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String self() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }
}
