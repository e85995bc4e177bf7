package io.meshlog.it.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.cli.ExitCode;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.faults.ScriptedCluster;
import io.meshlog.it.projector.FleetOnKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code meshlog publish} beside a running publisher of the same cluster. */
class PublishTest {
    private static final String GOOD = """
            apiVersion: cilium.io/v2
            kind: CiliumNode
            metadata: {name: by-hand}
            spec: {addresses: [{type: InternalIP, ip: 192.168.1.77}]}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: nobody-exports-this, namespace: default}
            """;
    private static final String REFUSED = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: cilium.io/v2
            kind: CiliumEndpoint
            metadata: {name: lost, namespace: shop}
            status:
              identity: {id: 65800}
              networking: {addressing: [{ipv4: 10.9.0.7}], node: 192.168.1.77}
              state: ready
            """;

    @TempDir
    Path folder;

    private EmbeddedKafka broker;
    private FleetInProcess fleet;

    @BeforeEach
    void startFleet() {
        broker = FleetOnKafka.broker(folder);
        fleet = FleetInProcess.onOneBroker("publish", broker, folder);
    }

    @AfterEach
    void stopFleet() {
        fleet.close();
        broker.close();
    }

    private TypedCommand meshlog(String... arguments) {
        return TypedCommand.run(folder, fleet.grpcPort(), arguments);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private String names() {
        return meshlog("get", "nodes", "-o", "name").out();
    }

    @Test
    void whatIsPublishedByHand_isThere_besideWhatThePublisherSays_andGoneOnDemand() throws Exception {
        // given
        String good = file("good.yaml", GOOD);
        assertThat(names()).contains(ScriptedCluster.key(0)).doesNotContain("by-hand");

        // when it is only asked what would happen
        TypedCommand dry = meshlog("publish", good, "--cluster", ScriptedCluster.NAME, "--dry-run");

        // then
        assertThat(dry.code()).as(dry.err()).isEqualTo(ExitCode.OK);
        assertThat(dry.out()).isEqualTo("would declare eastus/nodes/by-hand\n");
        assertThat(dry.err()).contains("Not exported: objects of v1 ConfigMap");
        assertThat(names()).doesNotContain("by-hand");

        // when
        TypedCommand done = meshlog("publish", good, "--cluster", ScriptedCluster.NAME);

        // then
        assertThat(done.code()).as(done.err()).isEqualTo(ExitCode.OK);
        assertThat(done.out()).startsWith("1 declared, 0 refused, at revision ");
        assertThat(names()).contains("eastus/nodes/by-hand", ScriptedCluster.key(0));

        // when the publisher goes on, and it is withdrawn by hand
        fleet.cluster.sayOne();
        await().atMost(FleetOnKafka.PATIENCE).until(() -> names().contains(ScriptedCluster.key(1)));
        TypedCommand withdrawn = meshlog("publish", good, "--cluster", ScriptedCluster.NAME, "--delete");

        // then
        assertThat(withdrawn.code()).as(withdrawn.err()).isEqualTo(ExitCode.OK);
        assertThat(names()).doesNotContain("by-hand").contains(ScriptedCluster.key(0), ScriptedCluster.key(1));
    }

    @Test
    void whatTheFleetRefuses_isSaid_andTheRestIsThere() throws Exception {
        // given an address that another cluster was admitted with
        String both = file("both.yaml", GOOD + "---\n" + REFUSED);
        assertThat(meshlog("admin", "admit", "westus", "--id", "2", "--pod-cidr", "10.9.0.0/16")
                        .code())
                .isEqualTo(ExitCode.OK);

        // when
        TypedCommand ended = meshlog("publish", both, "--cluster", ScriptedCluster.NAME);

        // then
        assertThat(ended.code()).as(ended.out() + ended.err()).isEqualTo(ExitCode.ERROR);
        assertThat(ended.out()).startsWith("1 declared, 1 refused, at revision ");
        assertThat(ended.err()).contains("Refused: eastus/endpoints/10.9.0.7: ADDRESS_OF_OTHER_CLUSTER");
        assertThat(names()).contains("by-hand");
    }

    @Test
    void mistakesAreSaidInWords_beforeAnythingIs() throws Exception {
        String good = file("good.yaml", GOOD);

        assertThat(meshlog("publish", good, "--cluster", "nowhere").err())
                .contains("cluster nowhere is not admitted", "eastus");
        assertThat(meshlog("publish", file("twice.yaml", GOOD + "---\n" + GOOD), "--cluster", ScriptedCluster.NAME)
                        .err())
                .contains("by-hand stands in", "and again in");
        assertThat(meshlog("publish", file("broken.yaml", "a: ["), "--cluster", ScriptedCluster.NAME)
                        .err())
                .contains("broken.yaml");
        assertThat(meshlog("publish", folder.resolve("none").toString(), "--cluster", ScriptedCluster.NAME)
                        .err())
                .contains("none");
        assertThat(names()).doesNotContain("by-hand");
    }
}
