package io.meshlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.Cluster;
import io.meshlog.schemas.v1.CommandResponse;
import io.meshlog.schemas.v1.ExpelRequest;
import io.meshlog.schemas.v1.RaiseFeatureLevelRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminCommandTest {
    private final FakeMesh server = new FakeMesh();
    private final Cli cli = Cli.withServer(server);

    @AfterEach
    void stop() throws InterruptedException {
        server.kill();
    }

    @Test
    void admitSendsTheCluster() {
        // when
        Cli.Ended ended = cli.run(
                "admin",
                "admit",
                "edge",
                "--id",
                "7",
                "--pod-cidr",
                "10.7.0.0/16,10.8.0.0/16",
                "--node-cidr",
                "172.16.7.0/24",
                "--max-resources",
                "500");

        // then
        assertThat(ended).isEqualTo(new Cli.Ended(0, "cluster edge admitted at revision 43\n", ""));
        assertThat(server.lastRequest(AdmitRequest.class).getCluster())
                .isEqualTo(Cluster.newBuilder()
                        .setName("edge")
                        .setId(7)
                        .addPodCidrs("10.7.0.0/16")
                        .addPodCidrs("10.8.0.0/16")
                        .addNodeCidrs("172.16.7.0/24")
                        .setMaxResources(500)
                        .build());
    }

    @Test
    void admittingTheSameAgainSaysSo() {
        // given
        server.commandResponse = CommandResponse.newBuilder().setRevision(43).build();

        // then
        assertThat(cli.run("admin", "admit", "edge", "--id", "7").out())
                .isEqualTo("cluster edge admitted already, nothing changed; revision 43\n");
    }

    @Test
    void expelSendsTheReason() {
        // when
        Cli.Ended ended = cli.run("admin", "expel", "edge", "--reason", "moved", "-o", "jsonl");

        // then
        assertThat(ended.out()).isEqualTo("{\"revision\":43,\"changed\":true}\n");
        assertThat(server.lastRequest(ExpelRequest.class).getReason()).isEqualTo("moved");
    }

    @Test
    void aRefusalIsToldWithItsRule() {
        // given
        server.failure = Status.FAILED_PRECONDITION.withDescription("CLUSTER_CONFLICT: id 7 is cluster west's");

        // when
        Cli.Ended ended = cli.run("admin", "admit", "edge", "--id", "7");

        // then
        assertThat(ended)
                .isEqualTo(new Cli.Ended(1, "", "meshlog: refused: CLUSTER_CONFLICT: id 7 is cluster west's\n"));
    }

    @Test
    void anIdIsNeeded() {
        // when
        Cli.Ended ended = cli.run("admin", "admit", "edge");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("--id", "meshlog admin admit --help");
    }

    @Test
    void raiseFeatureLevelSendsTheLevel() {
        // when
        Cli.Ended ended = cli.run("admin", "raise-feature-level", "2");

        // then
        assertThat(ended).isEqualTo(new Cli.Ended(0, "feature level 2 at revision 43\n", ""));
        assertThat(server.lastRequest(RaiseFeatureLevelRequest.class).getLevel())
                .isEqualTo(2);
    }
}
