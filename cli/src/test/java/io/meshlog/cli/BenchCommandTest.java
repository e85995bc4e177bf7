package io.meshlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.ClusterStatus;
import io.meshlog.schemas.v1.ExpelRequest;
import io.meshlog.schemas.v1.Fleet;
import io.meshlog.schemas.v1.StatusResponse;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    private final FakeMesh mesh = new FakeMesh();
    private final Cli cli = Cli.withServer(mesh);

    private static StatusResponse fleet(String... clusters) {
        StatusResponse.Builder status = StatusResponse.newBuilder()
                .setFleet(Fleet.newBuilder().setName("demo").setMaxConnectedClusters(255));
        for (String cluster : clusters) {
            status.addClusters(ClusterStatus.newBuilder().setName(cluster).setId(status.getClustersCount() + 1));
        }
        return status.build();
    }

    @Test
    void aFleetWithClustersOfItsOwnIsLeftAlone() {
        // given
        mesh.status = fleet("eastus", "westeurope");

        // when
        Cli.Ended ended = cli.run("bench");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(ended.err()).contains("fleet demo has 2 clusters of its own, for example eastus", "--yes");
        assertThat(mesh.requests).noneMatch(AdmitRequest.class::isInstance).noneMatch(ExpelRequest.class::isInstance);
    }

    @Test
    void whatAnEarlierRunLeftIsExpelledAndNothingElse() {
        // given: a fleet that takes no publishers, so that the run ends after it has admitted its first cluster
        mesh.status = fleet("eastus", "meshlog-bench-000");
        mesh.resources = new ArrayList<>();

        // when
        Cli.Ended ended = cli.run("bench", "--yes");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(ended.err())
                .contains("Expelled 1 simulated clusters that an earlier run left.", "cluster meshlog-bench-000: ");
        assertThat(mesh.requests.stream()
                        .filter(ExpelRequest.class::isInstance)
                        .map(one -> ((ExpelRequest) one).getCluster()))
                .isNotEmpty()
                .containsOnly("meshlog-bench-000");
        assertThat(mesh.lastRequest(AdmitRequest.class).getCluster().getId()).isEqualTo(255);
    }

    @Test
    void moreClustersThanTheFleetHasRoomForAreRefused() {
        // given
        mesh.status = fleet();
        mesh.resources = new ArrayList<>();

        // when
        Cli.Ended ended = cli.run("bench", "--clusters", "256");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("--clusters is 256, the fleet has room for 255: it takes 255 in all");
    }

    @Test
    void aWrongAmountIsToldBeforeAnythingIsAsked() {
        // when
        Cli.Ended ended = cli.run("bench", "--endpoints", "0");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("--endpoints is 0, it has to be within 1 and 30000");
        assertThat(mesh.requests).isEmpty();
    }
}
