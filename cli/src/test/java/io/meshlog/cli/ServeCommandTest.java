package io.meshlog.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.meshlog.schemas.v1.AdmitRequest;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ServeCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"projector", "mesh-api", "publisher"})
    void aMissingFileIsNamed(String server) {
        // when
        Cli.Ended ended = new Cli().in(folder).run(server, "--config", "none.yaml");

        // then
        assertThat(ended).isEqualTo(new Cli.Ended(2, "", "meshlog: --config none.yaml: there is no such file\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "projector, fleet: demo, dataDir",
        "mesh-api, fleet: demo, name: is missing",
        "publisher, 'cluster: {name: a}', cluster.id",
    })
    void aWrongSettingIsNamed(String server, String yaml, String setting) throws IOException {
        // given
        Files.writeString(folder.resolve("part.yaml"), yaml);

        // when
        Cli.Ended ended = new Cli().in(folder).run(server, "--config", "part.yaml", "--log-level", "error");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).startsWith("meshlog: " + server + ": ").contains(setting);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--source kubernetes --manifests m | --manifests is for --source manifests, this is --source kubernetes",
                "--source manifests --kubeconfig k | --kubeconfig is for --source kubernetes",
                "--manifests m --leader-election | --manifests is for --source manifests, this is --source kubernetes",
                "--source kubernetes --kubeconfig none | kubernetes.kubeconfig: ",
                "--kubeconfig k --leader-election | kubernetes.lease.namespace: is missing",
                "--manifests m --service-v2 both | export.serviceV2: \"both\" is none of services-only",
                "--manifests m --max-connected-clusters 300 | export.maxConnectedClusters: 300 is neither 255 nor 511",
                "--manifests m --endpoints auto | export.endpoints: \"auto\" is neither",
                "--example-fleet x --source manifests | --example-fleet brings its own clusters",
            })
    void optionsThatMakeNoSenseAreNamed(String options, String error) {
        // given
        String all =
                "publisher --cluster a --cluster-id 1 --server 127.0.0.1:1 --insecure-dev --log-level error " + options;

        // when
        Cli.Ended ended = new Cli().in(folder).run(all.split(" "));

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains(error);
    }

    @Test
    void anExampleFleetNeedsAServer() {
        assertThat(new Cli().run("publisher", "--example-fleet", "x").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void anExampleFleetWithoutClustersIsNamed() {
        // when
        Cli.Ended ended = new Cli().run("publisher", "--example-fleet", folder.toString(), "--server", "127.0.0.1:1");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("no folder in " + folder + " has a cluster.yaml");
    }

    @Test
    void anExampleFleetIsAdmittedAsSoonAsTheFleetAnswersAndStopsInGoodOrder() throws Exception {
        // given
        Files.createDirectory(folder.resolve("edge"));
        Files.writeString(
                folder.resolve("edge/cluster.yaml"),
                "{apiVersion: meshlog.io/v1alpha1, kind: MeshlogCluster, name: edge, id: 3, podCIDRs: [10.3.0.0/16]}");
        FakeMesh server = new FakeMesh();
        server.failure = Status.UNAVAILABLE;
        int httpPort = freePort();
        Cli cli = new Cli();

        // when
        CompletableFuture<Cli.Ended> publisher = cli.start(
                "publisher",
                "--example-fleet",
                folder.toString(),
                "--server",
                server.address(),
                "--http",
                "127.0.0.1:" + httpPort);
        await().until(() -> !server.requests.isEmpty());
        assertThat(codeOf(httpPort)).isEqualTo(503);
        server.failure = Status.OK;

        // then
        await().until(() -> server.requests.size() > 1);
        assertThat(server.lastRequest(AdmitRequest.class).getCluster().getPodCidrsList())
                .containsExactly("10.3.0.0/16");
        cli.stop();
        assertThat(publisher.get(30, TimeUnit.SECONDS).exitCode()).isEqualTo(ExitCode.OK);
        server.kill();
    }

    private static int codeOf(int port) throws IOException {
        return ((HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/readyz")
                        .toURL()
                        .openConnection())
                .getResponseCode();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
