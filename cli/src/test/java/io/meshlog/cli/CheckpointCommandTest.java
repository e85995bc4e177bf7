package io.meshlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.schemas.v1.Checkpoint;
import io.meshlog.schemas.v1.ListCheckpointsRequest;
import io.meshlog.schemas.v1.ListCheckpointsResponse;
import io.meshlog.schemas.v1.RefoundRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointCommandTest {
    private final FakeMesh server = new FakeMesh();
    private final Cli cli = Cli.withServer(server);

    @TempDir
    Path folder;

    @AfterEach
    void stop() throws InterruptedException {
        server.kill();
    }

    private static Checkpoint checkpoint(String id, long place, long revision) {
        return Checkpoint.newBuilder()
                .setId(id)
                .setPlace(place)
                .setRevision(revision)
                .setEventOffset(12)
                .setParts(3)
                .setBytes(4096)
                .setTookMs(70)
                .setWrittenAtMs(1_700_000_000_000L)
                .build();
    }

    @Test
    void waitShowsTheOneThatWasAskedFor_andNotOneFromBefore() {
        // given
        ListCheckpointsResponse before = ListCheckpointsResponse.newBuilder()
                .addCheckpoints(checkpoint("before", 4, FakeMesh.REVISION))
                .build();
        server.checkpoints.clear();
        server.checkpoints.add(before);
        server.checkpoints.add(before.toBuilder()
                .addCheckpoints(0, checkpoint("asked", 5, FakeMesh.REVISION))
                .build());

        // when
        Cli.Ended ended = cli.run("checkpoint", "--wait");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ended.out())
                .contains("ID", "REVISION", "PARTS", "BYTES", "MS")
                .contains("asked", "4096", "2023-11-14T22:13:20Z")
                .doesNotContain("before");
    }

    @Test
    void listShowsAll_asManyAsThereAre() {
        // given
        server.checkpoints.clear();
        server.checkpoints.add(ListCheckpointsResponse.newBuilder()
                .addCheckpoints(checkpoint("newer", 9, 8))
                .addCheckpoints(checkpoint("older", 4, 7))
                .build());

        // then
        assertThat(cli.run("checkpoint", "list", "-o", "name").out()).isEqualTo("newer\nolder\n");
        assertThat(server.lastRequest(ListCheckpointsRequest.class).getLimit()).isZero();
    }

    @Test
    void withoutWaitItSaysWhereToLook() {
        assertThat(cli.run("checkpoint").out()).contains("meshlog checkpoint list");
    }

    @Test
    void refoundSendsTheReason_andNeedsOne() {
        assertThat(cli.run("admin", "refound", "--reason", "disk lost").out())
                .isEqualTo("the log is refounded at revision 43\n");
        assertThat(server.lastRequest(RefoundRequest.class).getReason()).isEqualTo("disk lost");
        assertThat(cli.run("admin", "refound").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aFileThatIsNoCheckpointIsRefusedInWords() throws Exception {
        // given
        Path file = Files.writeString(folder.resolve("no.checkpoint"), "something else");

        // when
        Cli.Ended ended = cli.run("admin", "restore", "--from", file.toString(), "--kafka", "127.0.0.1:1");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(ended.err()).contains("no.checkpoint is no checkpoint of Meshlog");
        assertThat(cli.run("admin", "restore", "--from", file.toString(), "--kafka", "nowhere")
                        .err())
                .contains("\"nowhere\" is not host:port");
    }
}
