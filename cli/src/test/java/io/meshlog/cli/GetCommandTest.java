package io.meshlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.meshlog.schemas.v1.GetRequest;
import io.meshlog.schemas.v1.ListRequest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GetCommandTest {
    private final FakeMesh server = new FakeMesh();
    private final Cli cli = Cli.withServer(server);

    @AfterEach
    void stop() throws InterruptedException {
        server.kill();
    }

    static Stream<Arguments> kindsAndFormats() {
        return Stream.of(
                        "all",
                        "nodes",
                        "identities",
                        "endpoints",
                        "services",
                        "endpointslices",
                        "opaque",
                        "violations",
                        "clusters",
                        "sessions",
                        "jobs",
                        "fleet")
                .flatMap(kind -> Stream.of("table", "wide", "json", "yaml", "jsonl", "name")
                        .map(format -> Arguments.of(kind, format)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndFormats")
    void everyKindPrintsInEveryFormat(String kind, String format) {
        // when
        Cli.Ended ended = cli.run("get", kind, "-o", format);

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ended.err()).isEmpty();
        Golden.verify("get-" + kind + "." + format, ended.out());
    }

    @ParameterizedTest
    @CsvSource({
        "nodes, nodes",
        "node, nodes",
        "NO, nodes",
        "identity, identities",
        "id, identities",
        "ep, endpoints",
        "svc, services",
        "service, services",
        "eps, endpointslices",
        "slice, endpointslices",
        "violation, violations"
    })
    void aKindHasSeveralWords(String word, String kind) {
        // when
        cli.run("get", word);

        // then
        assertThat(server.lastRequest(ListRequest.class).getSelector().getKindsList())
                .containsExactly(kind);
    }

    @Test
    void filtersReachTheServer() {
        // when
        cli.run(
                "get",
                "svc",
                "--cluster",
                "eastus,westeu",
                "-n",
                "shop",
                "-n",
                "bank",
                "-l",
                "app=web,tier=front",
                "--linearizable");

        // then
        ListRequest request = server.lastRequest(ListRequest.class);
        assertThat(request.getLinearizable()).isTrue();
        assertThat(request.getSelector().getClustersList()).containsExactly("eastus", "westeu");
        assertThat(request.getSelector().getNamespacesList()).containsExactly("shop", "bank");
        assertThat(request.getSelector().getLabelsMap()).containsOnlyKeys("app", "tier");
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "shop/web"})
    void aShortNameFindsItInEveryCluster(String name) {
        // when
        Cli.Ended ended = cli.run("get", "services", name, "-o", "name");

        // then
        assertThat(ended.out()).isEqualTo("eastus/services/shop/web\nwesteu/services/shop/web\n");
    }

    @ParameterizedTest
    @CsvSource({"services, eastus/shop/web", "services, eastus/services/shop/web", "eastus/services/shop/web,"})
    void aWholeNameIsAskedForByItsKey(String kind, String name) {
        // when
        Cli.Ended ended = name == null ? cli.run("get", kind, "-o", "json") : cli.run("get", kind, name, "-o", "json");

        // then
        assertThat(server.lastRequest(GetRequest.class).getKey()).isEqualTo("eastus/services/shop/web");
        Golden.verify("get-one.json", ended.out());
    }

    @Test
    void aNameAndOptionsTogetherCanBeWhole() {
        // when
        Cli.Ended ended = cli.run("get", "svc", "web", "--cluster", "eastus", "-n", "shop");

        // then
        assertThat(server.lastRequest(GetRequest.class).getKey()).isEqualTo("eastus/services/shop/web");
        assertThat(ended.out().lines()).hasSize(2);
    }

    @Test
    void aSlashInANameOfAKindWithoutNamespacesIsReadBothWays() {
        assertThat(cli.run("get", "opaque", "cilium/future/v9/x", "-o", "name").out())
                .isEqualTo("eastus/opaque/cilium/future/v9/x\n");
        assertThat(cli.run("get", "nodes", "westeu/node-1", "-o", "name").out()).isEqualTo("westeu/nodes/node-1\n");
        assertThat(cli.run("get", "violations", "eastus/nodes/evil", "-o", "name")
                        .out())
                .isEqualTo("eastus/violations/nodes/evil\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "eastus/shop/nothing"})
    void whatIsNotThereIsAnError(String name) {
        // when
        Cli.Ended ended = cli.run("get", "services", name);

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).isEqualTo("meshlog: there is no service \"" + name + "\"\n");
    }

    @Test
    void anEmptyListIsNoErrorAndNoTable() {
        // given
        server.resources.clear();

        // when
        Cli.Ended table = cli.run("get", "services");
        Cli.Ended json = cli.run("get", "services", "-o", "json");
        Cli.Ended yaml = cli.run("get", "services", "-o", "yaml");

        // then
        assertThat(table).isEqualTo(new Cli.Ended(0, "", "No services match.\n"));
        assertThat(JsonParser.parseString(json.out()))
                .isEqualTo(JsonParser.parseString("{\"items\":[],\"revision\":42}"));
        assertThat(yaml.out()).isEqualTo("items: []\nrevision: 42\n");
    }

    @Test
    void anUnknownKindNamesTheKnown() {
        // when
        Cli.Ended ended = cli.run("get", "pods");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("there is no kind \"pods\"", "endpointslices");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-o xml", "--timeout soon", "-l app", "--nonsense"})
    void whatCannotBeMeantIsAUsageError(String options) {
        // when
        Cli.Ended ended = cli.run(("get services " + options).split(" "));

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).startsWith("meshlog: ");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void onATerminalHeadersAreBoldUnlessNoColorIsSet() {
        assertThat(cli.onTerminal().run("get", "nodes").out()).startsWith("\u001b[1mCLUSTER");
        assertThat(cli.environment("NO_COLOR", "1").run("get", "nodes").out()).startsWith("CLUSTER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "wide", "json", "jsonl", "yaml", "name"})
    void nothingAClusterSaidReachesTheTerminalRaw(String format) {
        // when
        Cli.Ended ended = cli.run("get", "violations", "-o", format);

        // then
        assertThat(ended.out().replace("\n", "")).doesNotContain("\u001b", "\u009b", "\u202e", "\r");
    }
}
